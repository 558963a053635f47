"""The messages of the protocol and the values in them, with the limits that their types state."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

__all__ = [
    "ATTRIBUTES",
    "DTYPE_SIZES",
    "MAX_DEPTH",
    "MAX_NAME",
    "MAX_NUMBERS",
    "MAX_REPLY_BYTES",
    "MAX_VALUES",
    "OUT_OF_MEMORY",
    "Array",
    "Call",
    "Failure",
    "FunctionInfo",
    "Items",
    "Kind",
    "Load",
    "Loaded",
    "Nothing",
    "Number",
    "Opaque",
    "ParameterInfo",
    "Raised",
    "Ready",
    "Record",
    "RecordedCall",
    "RecordedValue",
    "Reply",
    "Request",
    "Returned",
    "ShownText",
    "Started",
    "Text",
    "TooMuchError",
    "Value",
    "Variable",
    "WireError",
]

MAX_REPLY_BYTES: Final = 1_000_000
"""Bytes of one message. Checked before the message is decoded, so it also bounds the objects built from it."""

MAX_NUMBERS: Final = 20_000
"""Numbers in one message, in arrays, lists and variables together: far more than any matrix a lab asks for."""

MAX_VALUES: Final = 5_000
"""Values in one message, counting each array, text and number in a list: reading them one by one takes
milliseconds."""

MAX_DEPTH: Final = 4
"""Levels of nested lists."""

MAX_NAME: Final = 100
"""Characters of a name; names have no control characters."""

DTYPE_SIZES: Final = {
    "float64": 8,
    "float32": 4,
    "float16": 2,
    "int64": 8,
    "int32": 4,
    "int16": 2,
    "int8": 1,
    "uint8": 1,
    "bool": 1,
    "complex64": 8,
    "complex128": 16,
}
"""Element types that may cross, with their size in bytes; named as in numpy and torch."""


Name = Annotated[str, Meta(max_length=MAX_NAME, pattern=r"\A[^\x00-\x1f\x7f-\x9f]*\Z")]
Kind = Literal["positional_only", "positional_or_keyword", "var_positional", "keyword_only", "var_keyword"]
Sentence = Annotated[str, Meta(max_length=1_000)]
Page = Annotated[str, Meta(max_length=1_000_000)]
Count = Annotated[int, Meta(ge=0, lt=2**31)]
"""Lengths and sizes are checked while a message is decoded, before the objects they measure are built."""


class WireError(ValueError):
    """A message that the protocol does not allow. Its text contains nothing that the worker sent."""


class TooMuchError(WireError):
    """A message that is larger than the protocol allows; the text says which limit it exceeds."""


class _Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag=True):
    pass


class Array(_Message, frozen=True, kw_only=True):
    """A dense array in C order, little-endian; `origin` says which library it comes from or goes to.

    A long list of numbers, or of rows of equal length, crosses as a float64 array whose origin is `list`.
    """

    dtype: Annotated[str, Meta(max_length=20)]
    shape: Annotated[tuple[int, ...], Meta(max_length=8)]
    data: bytes
    origin: Literal["torch", "numpy", "list"] = "torch"


class Number(_Message, frozen=True, kw_only=True):
    """A Python bool, int or float."""

    value: bool | Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)] | float


class Text(_Message, frozen=True, kw_only=True):
    """A Python string, cut to the maximum length."""

    text: Annotated[str, Meta(max_length=20_000)]


class Nothing(_Message, frozen=True, kw_only=True):
    """None."""


OUT_OF_MEMORY: Final = 88
"""The exit status of a worker whose file left no memory for the rest."""

ATTRIBUTES = "Attributes"
"""The type name for the content of an object of the student's own class."""


class Items(_Message, frozen=True, kw_only=True):
    """A tuple, list, named tuple or dict; `names` are the keys or field names, all different: of each item,
    or none."""

    type_name: Name
    items: "Annotated[tuple[Value, ...], Meta(max_length=MAX_VALUES)]"
    names: Annotated[tuple[Name, ...], Meta(max_length=MAX_VALUES)] = ()


class Opaque(_Message, frozen=True, kw_only=True):
    """Anything else: its type's name and what is wrong with it, or a short text."""

    type_name: Name
    text: Sentence = ""


Value = Array | Number | Text | Nothing | Items | Opaque


class Load(_Message, frozen=True, kw_only=True):
    """Execute a file statement by statement, leaving out the statements numbered in `skip`.

    From statement number `brief_from` on, only imports and definitions are executed.
    """

    code: str
    filename: str
    seed: int
    skip: tuple[int, ...] = ()
    before: str = ""
    """Imports that are executed first: those that the code of a report leaves out."""
    brief_from: int | None = None


class Call(_Message, frozen=True, kw_only=True):
    """Call function number `function` of the loaded file, after seeding every generator.

    With `counted`, the lines of the file that run are counted, which makes the call slower.
    """

    function: int
    positional: tuple[Value, ...]
    named: dict[str, Value]
    seed: int
    counted: bool = False


class ParameterInfo(_Message, frozen=True, kw_only=True):
    """One parameter as `inspect.signature` shows it; `kind` is its lower-case name there."""

    name: Name
    kind: Kind
    default: Name | None = None


class FunctionInfo(_Message, frozen=True, kw_only=True):
    """A function found after loading, in order of definition."""

    name: Name
    line: Count
    parameters: Annotated[tuple[ParameterInfo, ...], Meta(max_length=300)]
    made_with: Annotated[tuple[Name, ...], Meta(max_length=300)] | None = None
    """For a method whose object is created for every call: the parameters of its class's constructor."""
    shared: Annotated[tuple[Name, ...], Meta(max_length=300)] = ()
    """Those of them that the method takes as well."""
    within: Name | None = None
    """The function that contains its definition."""


class Variable(_Message, frozen=True, kw_only=True):
    """A top-level variable left after loading."""

    name: Name
    value: Value


class RecordedCall(_Message, frozen=True, kw_only=True):
    """A call that the program itself made while it was loaded, of a function defined at line `defined` (0: a
    library's).

    `line` is the line of the call, `printed` the number of lines printed when it returned.
    """

    name: Name
    defined: Count
    line: Count
    printed: Count
    arguments: Annotated[tuple[Variable, ...], Meta(max_length=300)]
    result: Value


class RecordedValue(_Message, frozen=True, kw_only=True):
    """A value that the program was about to show or to replace, with the line and the number of lines printed before."""

    name: Name
    line: Count
    printed: Count
    value: Value


class ShownText(_Message, frozen=True, kw_only=True):
    """A text that a picture shows, such as the title of a plot."""

    line: Count
    text: Sentence


class Record(_Message, frozen=True, kw_only=True):
    """What a program did while it was loaded, each part in order. A statement, like everything a worker sends."""

    calls: Annotated[tuple[RecordedCall, ...], Meta(max_length=200)] = ()
    shown: Annotated[tuple[RecordedValue, ...], Meta(max_length=200)] = ()
    replaced: Annotated[tuple[RecordedValue, ...], Meta(max_length=200)] = ()
    texts: Annotated[tuple[ShownText, ...], Meta(max_length=200)] = ()

    def values(self) -> "Iterator[Value]":
        """Every value in it."""
        for call in self.calls:
            yield from (argument.value for argument in call.arguments)
            yield call.result
        yield from (each.value for each in (*self.shown, *self.replaced))


class Failure(_Message, frozen=True, kw_only=True):
    """A top-level statement that could not be executed."""

    statement: Count
    line: Count
    """The line of the program that it ended in, which may be one of a function."""
    type_name: Name
    text: Sentence
    begins: Count = 0
    """The first line of the statement."""


class Ready(_Message, frozen=True, kw_only=True):
    """The first message of a worker: it is locked, and no student code has run yet."""


class Started(_Message, frozen=True, kw_only=True):
    """Progress of a `Load`: statement `statement`, at `line`, begins."""

    statement: Count
    line: Count


class Loaded(_Message, frozen=True, kw_only=True):
    """The answer to `Load`."""

    functions: Annotated[tuple[FunctionInfo, ...], Meta(max_length=200)]
    variables: Annotated[tuple[Variable, ...], Meta(max_length=500)]
    failures: Annotated[tuple[Failure, ...], Meta(max_length=1_000)]
    printed: Page
    notes: Annotated[tuple[Sentence, ...], Meta(max_length=10)] = ()
    record: Record = Record()
    errors: Page = ""
    """What it wrote to stderr."""


class Returned(_Message, frozen=True, kw_only=True):
    """A call that returned; `after` contains the arguments after the call, in the order sent.

    Checks see `after` in the order of the probe's arguments. `lines` is 0 if they were not counted.
    """

    value: Value
    after: Annotated[tuple[Value, ...], Meta(max_length=300)]
    printed: Page = ""
    lines: Count = 0


class Raised(_Message, frozen=True, kw_only=True):
    """A call that raised; `line` is the innermost line of the student's own file.

    `place` is that line in words. The grader fills it in, because a worker does not know where a line came
    from.
    """

    type_name: Name
    text: Sentence
    line: Count | None = None
    printed: Page = ""
    shapes: Annotated[tuple[tuple[Name, Name], ...], Meta(max_length=16)] = ()
    """Names on that line and the shapes of the matrices they refer to."""
    place: Name = ""


Request = Load | Call
Reply = Ready | Started | Loaded | Returned | Raised
