"""What crosses the trust line: typed messages in MessagePack, size-capped, never pickle.

A new worker says `Ready`. The parent sends `Load` and `Call`; a worker answers with `Started`, `Loaded`,
`Returned` or `Raised`. Nothing a worker sends is believed: `decode_reply` bounds the bytes before it builds
anything from them, and then checks counts, names, dtypes and shapes, so that no message can make its reader
raise.
"""

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

if TYPE_CHECKING:
    import numpy as np

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
    "Reply",
    "Request",
    "Returned",
    "Started",
    "Text",
    "TooMuchError",
    "Value",
    "Variable",
    "WireError",
    "decode_reply",
    "decode_request",
    "dtype_name",
    "encode",
    "is_shape",
    "kept_bytes",
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


class Failure(_Message, frozen=True, kw_only=True):
    """A top-level statement that could not be executed."""

    statement: Count
    line: Count
    type_name: Name
    text: Sentence


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

_request_decoder = msgspec.msgpack.Decoder(Request)
_reply_decoder = msgspec.msgpack.Decoder(Reply)


@lru_cache
def dtype_name(dtype: "np.dtype[Any]") -> str:
    """The protocol's name of a dtype. NumPy rebuilds the name each time it is asked for."""
    return dtype.name


def encode(message: Request | Reply) -> bytes:
    """Return the message as MessagePack."""
    return msgspec.msgpack.encode(message)


def decode_request(data: bytes) -> Request:
    """Decode a message from the parent. Trusted: used only in the worker."""
    request: Request = _request_decoder.decode(data)
    return request


def decode_reply(data: bytes) -> Reply:
    """Decode and check a message from a worker.

    Raises TooMuchError if it is too large, and WireError if it is malformed, nests too deeply, repeats a
    name, or contains an array whose bytes do not match its dtype and shape.
    """
    if len(data) > MAX_REPLY_BYTES:
        raise TooMuchError(f"more than {MAX_REPLY_BYTES // 10**6} MB")
    try:
        reply: Reply = _reply_decoder.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise WireError("it is no message of this protocol") from error
    if isinstance(reply, Returned):
        _check_values((reply.value, *reply.after))
    elif isinstance(reply, Loaded):
        _check_values(variable.value for variable in reply.variables)
        _check_distinct(variable.name for variable in reply.variables)
        for function in reply.functions:
            _check_distinct(parameter.name for parameter in function.parameters)
            _check_distinct(function.made_with or ())
            _check_distinct(function.shared)
    return reply


def is_shape(shape: tuple[int, ...]) -> bool:
    """Whether an array of this shape may cross: even the sides of an empty array must have a product that
    fits."""
    if len(shape) > 8 or min(shape, default=0) < 0:
        return False
    count = math.prod(shape) or math.prod([max(side, 1) for side in shape])
    return count <= MAX_NUMBERS


def kept_bytes(reply: Reply) -> int:
    """Approximate memory that a stored message takes."""
    if isinstance(reply, Returned):
        return sum(map(_bytes_of, (reply.value, *reply.after))) + len(reply.printed)
    if isinstance(reply, Raised):
        return _VALUE_BYTES + len(reply.text) + len(reply.printed)
    return len(encode(reply))


_VALUE_BYTES: Final = 200
"""What a value takes in addition to its data: Python objects for its fields."""


def _bytes_of(value: Value) -> int:
    if isinstance(value, Array):
        return _VALUE_BYTES + len(value.data)
    if isinstance(value, Items):
        return _VALUE_BYTES + 100 * len(value.names) + sum(map(_bytes_of, value.items))
    return _VALUE_BYTES + (4 * len(value.text) if isinstance(value, Text | Opaque) else 0)


def _check_values(values: Iterable[Value]) -> None:
    numbers = count = 0
    waiting = [(value, 0) for value in values]
    while waiting:
        value, depth = waiting.pop()
        count += 1
        if isinstance(value, Array):
            numbers += _checked_size(value)
        elif isinstance(value, Number):
            numbers += 1
        elif isinstance(value, Items):
            if depth >= MAX_DEPTH:
                raise WireError("its values nest more than four deep")
            if value.names:
                if len(value.names) != len(value.items):
                    raise WireError("it names other values than it has")
                _check_distinct(value.names)
            waiting += [(item, depth + 1) for item in value.items]
    if numbers > MAX_NUMBERS:
        raise TooMuchError(f"more than {MAX_NUMBERS:,} numbers")
    if count > MAX_VALUES:
        raise TooMuchError(f"more than {MAX_VALUES:,} values")


def _checked_size(array: Array) -> int:
    """The number of elements in the array."""
    size = DTYPE_SIZES.get(array.dtype)
    if size is None:
        raise WireError("it has an array of an unknown dtype")
    if not is_shape(array.shape):
        if min(array.shape, default=0) < 0 or 0 in array.shape:
            raise WireError("it has an array of an impossible shape")
        raise TooMuchError(f"more than {MAX_NUMBERS:,} numbers")
    count = math.prod(array.shape)
    if count * size != len(array.data):
        raise WireError(f"it has an array with {len(array.data)} bytes for {count} numbers of {size} each")
    return count


def _check_distinct(names: Iterable[str]) -> None:
    listed = tuple(names)
    if len(set(listed)) != len(listed):
        raise WireError("it gives one name to several things")
