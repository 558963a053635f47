"""What crosses the trust line: typed messages in MessagePack, size-capped, never pickle.

The parent sends `Load` and `Call`; a worker answers with `Started`, `Loaded`, `Returned` or `Raised`.
Nothing a worker sends is believed: `decode_reply` checks type, length, dtype and element count
before any array is built from the bytes.
"""

import math
from typing import Final, Literal

import msgspec

__all__ = [
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


class WireError(ValueError):
    """A message that is not what the protocol allows."""


class _Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag=True):
    pass


class Array(_Message, frozen=True, kw_only=True):
    """A dense array in C order, little-endian; `origin` says which library it came from or goes to."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes
    origin: Literal["torch", "numpy"] = "torch"


class Number(_Message, frozen=True, kw_only=True):
    """A Python bool, int or float."""

    value: bool | int | float


class Text(_Message, frozen=True, kw_only=True):
    """A Python string, cut to a length."""

    text: str


class Nothing(_Message, frozen=True, kw_only=True):
    """None."""


class Items(_Message, frozen=True, kw_only=True):
    """A tuple, list, named tuple or dict; `names` are the keys or field names where there are any."""

    type_name: str
    items: "tuple[Value, ...]"
    names: tuple[str, ...] = ()


class Opaque(_Message, frozen=True, kw_only=True):
    """Anything else: its type's name and what is wrong with it, or a short text."""

    type_name: str
    text: str = ""


Value = Array | Number | Text | Nothing | Items | Opaque


class Load(_Message, frozen=True, kw_only=True):
    """Execute a file statement by statement, leaving out the statements numbered in `skip`."""

    code: str
    filename: str
    seed: int
    skip: tuple[int, ...] = ()


class Call(_Message, frozen=True, kw_only=True):
    """Call function number `function` of the loaded file, after seeding every generator."""

    function: int
    positional: tuple[Value, ...]
    named: dict[str, Value]
    seed: int


class ParameterInfo(_Message, frozen=True, kw_only=True):
    """One parameter as `inspect.signature` shows it; `kind` is its lower-case name there."""

    name: str
    kind: str
    default: str | None = None


class FunctionInfo(_Message, frozen=True, kw_only=True):
    """A function found after loading, in order of definition."""

    name: str
    line: int
    parameters: tuple[ParameterInfo, ...]


class Variable(_Message, frozen=True, kw_only=True):
    """A top-level variable left after loading."""

    name: str
    value: Value


class Failure(_Message, frozen=True, kw_only=True):
    """A top-level statement that could not be executed."""

    statement: int
    line: int
    type_name: str
    text: str


class Started(_Message, frozen=True, kw_only=True):
    """Progress of a `Load`: statement `statement`, at `line`, begins."""

    statement: int
    line: int


class Loaded(_Message, frozen=True, kw_only=True):
    """The answer to `Load`."""

    functions: tuple[FunctionInfo, ...]
    variables: tuple[Variable, ...]
    failures: tuple[Failure, ...]
    printed: str
    notes: tuple[str, ...] = ()


class Returned(_Message, frozen=True, kw_only=True):
    """A call that returned; `after` holds the arguments as the call left them, in the order sent.

    Checks see `after` in the order of the probe's arguments.
    """

    value: Value
    after: tuple[Value, ...]
    printed: str = ""


class Raised(_Message, frozen=True, kw_only=True):
    """A call that raised; `line` is the innermost line of the student's own file.

    `place` is that line in words, which the grader fills in: a worker does not know where a line came from.
    """

    type_name: str
    text: str
    line: int | None = None
    printed: str = ""
    place: str = ""


Request = Load | Call
Reply = Started | Loaded | Returned | Raised

_request_decoder = msgspec.msgpack.Decoder(Request)
_reply_decoder = msgspec.msgpack.Decoder(Reply)


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
    if depth > 4:
        raise WireError("values nested more than four deep")
    if isinstance(value, Items):
        for item in value.items:
            _check(item, depth + 1)
    elif isinstance(value, Array):
        size = DTYPE_SIZES.get(value.dtype)
        if size is None:
            raise WireError(f"unknown dtype {value.dtype!r}")
        if len(value.shape) > 8 or any(n < 0 for n in value.shape):
            raise WireError(f"impossible shape {value.shape}")
        count = math.prod(value.shape)
        if count * size != len(value.data) or len(value.data) > MAX_ARRAY_BYTES:
            raise WireError(f"{len(value.data)} bytes for {value.shape} {value.dtype}")
