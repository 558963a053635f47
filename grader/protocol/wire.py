"""Encode messages, and decode them with every check that their types cannot state."""

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import msgspec

from grader.protocol.messages import (
    DTYPE_SIZES,
    MAX_DEPTH,
    MAX_NUMBERS,
    MAX_REPLY_BYTES,
    MAX_VALUES,
    Array,
    Items,
    Loaded,
    Number,
    Opaque,
    Raised,
    Reply,
    Request,
    Returned,
    Text,
    TooMuchError,
    Value,
    WireError,
)

if TYPE_CHECKING:
    import numpy as np

__all__ = ["decode_reply", "decode_request", "dtype_name", "encode", "is_shape", "kept_bytes"]

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
        _check_values((*(variable.value for variable in reply.variables), *reply.record.values()))
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
