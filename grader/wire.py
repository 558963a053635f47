"""What crosses the trust line: typed messages in MessagePack, size-capped, never pickle.

A new worker says `Ready`. The parent sends `Load` and `Call`; a worker answers with `Started`, `Loaded`, `Returned` or `Raised`.
Nothing a worker sends is believed: `decode_reply` checks type, length, dtype and element count
before any array is built from the bytes.
"""

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "ATTRIBUTES",
    "DTYPE_SIZES",
    "MAX_ARRAY_BYTES",
    "MAX_REPLY_BYTES",
    "Array",
    "Call",
    "Failure",
    "FunctionInfo",
    "Items",
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
    "Value",
    "Variable",
    "WireError",
    "decode_reply",
    "decode_request",
    "dtype_name",
    "encode",
]

MAX_ARRAY_BYTES: Final = 4 * 1024 * 1024
"""One array: half a million float64, far beyond any matrix a lab asks for."""

MAX_REPLY_BYTES: Final = 32 * 1024 * 1024
"""One message: variables and printed text of a whole file."""

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
"""Element types that may cross, with their size in bytes; names as numpy's and torch's."""


MAX_ITEMS: Final = 20_000
"""Entries of one list, tuple or dict."""

Name = Annotated[str, Meta(max_length=100)]
Sentence = Annotated[str, Meta(max_length=1_000)]
Page = Annotated[str, Meta(max_length=1_000_000)]
Count = Annotated[int, Meta(ge=0, lt=2**31)]
"""Lengths and sizes are checked while a message is decoded, before what they measure is built."""


class WireError(ValueError):
    """A message that is not what the protocol allows."""


class _Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag=True):
    pass


class Array(_Message, frozen=True, kw_only=True):
    """A dense array in C order, little-endian; `origin` says which library it came from or goes to."""

    dtype: Name
    shape: Annotated[tuple[int, ...], Meta(max_length=64)]
    data: Annotated[bytes, Meta(max_length=MAX_ARRAY_BYTES)]
    origin: Literal["torch", "numpy"] = "torch"


class Number(_Message, frozen=True, kw_only=True):
    """A Python bool, int or float."""

    value: bool | int | float


class Text(_Message, frozen=True, kw_only=True):
    """A Python string, cut to a length."""

    text: Annotated[str, Meta(max_length=20_000)]


class Nothing(_Message, frozen=True, kw_only=True):
    """None."""


ATTRIBUTES = "Attributes"
"""The type name of what an object of the student's own holds."""


class Items(_Message, frozen=True, kw_only=True):
    """A tuple, list, named tuple or dict; `names` are the keys or field names where there are any."""

    type_name: Name
    items: "Annotated[tuple[Value, ...], Meta(max_length=MAX_ITEMS)]"
    names: Annotated[tuple[Name, ...], Meta(max_length=MAX_ITEMS)] = ()


class Opaque(_Message, frozen=True, kw_only=True):
    """Anything else: its type's name and what is wrong with it, or a short text."""

    type_name: Name
    text: Sentence = ""


Value = Array | Number | Text | Nothing | Items | Opaque


class Load(_Message, frozen=True, kw_only=True):
    """Execute a file statement by statement, leaving out the statements numbered in `skip`."""

    code: str
    filename: str
    seed: int
    skip: tuple[int, ...] = ()


class Call(_Message, frozen=True, kw_only=True):
    """Call function number `function` of the loaded file, after seeding every generator.

    With `counted` the lines of the file that it runs are counted, which makes it slower.
    """

    function: int
    positional: tuple[Value, ...]
    named: dict[str, Value]
    seed: int
    counted: bool = False


class ParameterInfo(_Message, frozen=True, kw_only=True):
    """One parameter as `inspect.signature` shows it; `kind` is its lower-case name there."""

    name: Name
    kind: Name
    default: Name | None = None


class FunctionInfo(_Message, frozen=True, kw_only=True):
    """A function found after loading, in order of definition."""

    name: Name
    line: Count
    parameters: Annotated[tuple[ParameterInfo, ...], Meta(max_length=300)]
    made_with: Annotated[tuple[Name, ...], Meta(max_length=300)] | None = None
    """Of a method for whose every call an object is made: the parameters that its class is made with."""
    shared: Annotated[tuple[Name, ...], Meta(max_length=300)] = ()
    """Those of them that the method takes as well."""
    within: Name | None = None
    """The function that it is defined in."""


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
    """The first message of a worker: it is locked in, and no student's code has run yet."""


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
    """A call that returned; `after` holds the arguments as the call left them, in the order sent.

    Checks see `after` in the order of the probe's arguments. `lines` is 0 where they were not counted.
    """

    value: Value
    after: Annotated[tuple[Value, ...], Meta(max_length=300)]
    printed: Page = ""
    lines: Count = 0


class Raised(_Message, frozen=True, kw_only=True):
    """A call that raised; `line` is the innermost line of the student's own file.

    `place` is that line in words, which the grader fills in: a worker does not know where a line came from.
    """

    type_name: Name
    text: Sentence
    line: Count | None = None
    printed: Page = ""
    shapes: Annotated[tuple[tuple[Name, Name], ...], Meta(max_length=16)] = ()
    """Names on that line and the shapes of the matrices they stood for."""
    place: Name = ""


Request = Load | Call
Reply = Ready | Started | Loaded | Returned | Raised

_request_decoder = msgspec.msgpack.Decoder(Request)
_reply_decoder = msgspec.msgpack.Decoder(Reply)


@lru_cache
def dtype_name(dtype: "np.dtype[Any]") -> str:
    """What the wire calls a dtype. NumPy puts the name together anew each time it is asked for."""
    return dtype.name


def encode(message: Request | Reply) -> bytes:
    """Return the message as MessagePack."""
    return msgspec.msgpack.encode(message)


def decode_request(data: bytes) -> Request:
    """Decode what the parent sent. Trusted: used in the worker only."""
    request: Request = _request_decoder.decode(data)
    return request


def decode_reply(data: bytes) -> Reply:
    """Decode and check what a worker sent.

    Raises WireError where the message is malformed, nests too deeply, or holds an array whose bytes
    do not fit its dtype and shape.
    """
    if len(data) > MAX_REPLY_BYTES:
        raise WireError(f"message of {len(data)} bytes; at most {MAX_REPLY_BYTES} are read")
    try:
        reply: Reply = _reply_decoder.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise WireError(f"not a message of this protocol: {error}") from error
    if isinstance(reply, Returned):
        _check(reply.value)
        for value in reply.after:
            _check(value)
    elif isinstance(reply, Loaded):
        for variable in reply.variables:
            _check(variable.value)
    return reply


def _check(value: Value, depth: int = 0) -> None:
    if isinstance(value, Items):
        if depth >= 4:
            raise WireError("values nested more than four deep")
        for item in value.items:
            if type(item) is not Number:  # most are, and were checked while they were decoded
                _check(item, depth + 1)
    elif isinstance(value, Array):
        size = DTYPE_SIZES.get(value.dtype)
        if size is None:
            raise WireError(f"unknown dtype {value.dtype!r}")
        if len(value.shape) > 8 or min(value.shape, default=0) < 0:
            raise WireError(f"impossible shape {value.shape}")
        count = math.prod(value.shape)
        if count * size != len(value.data) or len(value.data) > MAX_ARRAY_BYTES:
            raise WireError(f"{len(value.data)} bytes for {value.shape} {value.dtype}")
