"""Convert objects of student code to protocol values, and protocol values to arguments.

Tensors are copied the moment they are recorded, because students update in place. An object's own claims are
ignored: its real type is used, and the content of a tuple, list, dict, array or tensor is read without
calling its class's `len`, iteration, `shape` or `_fields`. Whatever is unreadable, or too large, is named
instead.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
import torch

from grader import protocol
from grader.worker import list_packing
from grader.worker.safe_names import different, name_of, plain

__all__ = ["Attributes", "Room", "from_wire", "is_statable", "to_wire"]

MAX_TEXT: Final = 10_000
MAX_SIDE_BY_SIDE: Final = 10

FEW: Final = 50
"""This many numbers of a list are sent individually; more are packed into an array if possible."""

TOO_LARGE_PARTS: Final = 5
"""Parts of a value that may be left out for their size; with more of them, the whole value is."""

SPARE_VALUES: Final = 400
"""Reserved for values that are too large themselves, at most one for each argument or variable."""

_INT64: Final = range(-(2**63), 2**63)
_UNREADABLE: Final = "value that cannot be read"
_TOO_MANY: Final = f"more than {protocol.MAX_NUMBERS:,} numbers"


class Attributes(dict[str, Any]):
    """The content of an object of the student's own class."""


class Room:
    """The remaining room in one message: numbers, values, characters of text."""

    def __init__(
        self, numbers: int = protocol.MAX_NUMBERS, values: int = protocol.MAX_VALUES - SPARE_VALUES
    ) -> None:
        self.numbers = numbers
        self.values = values
        self.characters = 100_000
        self._had = self.state()

    def take(self, numbers: int = 0, characters: int = 0) -> None:
        """Make room for one more value. Raises _FullError if there is none."""
        self.values -= 1
        self.numbers -= numbers
        self.characters -= characters
        if self.numbers < 0:
            raise _FullError(_TOO_MANY)
        if self.values < 0:
            raise _FullError(f"more than {self._had[1]:,} values")
        if self.characters < 0:
            raise _FullError("more text than is read")

    @property
    def used(self) -> tuple[int, int, int]:
        """Numbers, values and characters taken: a larger tuple means more of the message."""
        return self._had[0] - self.numbers, self._had[1] - self.values, self._had[2] - self.characters

    def holds(self, used: tuple[int, int, int]) -> bool:
        """Take as much as another room used, if it fits."""
        left = (self.numbers - used[0], self.values - used[1], self.characters - used[2])
        if min(left) < 0:
            return False
        self.restore(left)
        return True

    def state(self) -> tuple[int, int, int]:
        """A snapshot for `restore`."""
        return self.numbers, self.values, self.characters

    def restore(self, state: tuple[int, int, int]) -> None:
        """Undo everything taken since the snapshot."""
        self.numbers, self.values, self.characters = state


class _FullError(Exception):
    """The value is too large for one message."""


def is_statable(value: object) -> bool:
    """Whether a value is a number with a fraction, an array of numbers, or a few of these side by side."""
    if isinstance(value, tuple | list):
        return 0 < len(value) <= MAX_SIDE_BY_SIDE and all(map(is_statable, value))
    return isinstance(value, float | np.floating | np.ndarray | torch.Tensor)


def to_wire(value: object, room: Room | None = None) -> protocol.Value:
    """Return a copy of the value as a protocol value; an unsupported value becomes `Opaque`.

    Never raises. In a tuple, list or dict, a part that is too large for the message is named, and the rest is
    included.
    """
    room = room or Room()
    before = room.state()
    try:
        return _value(value, room, 0)
    except _FullError as full:
        text = f"{name_of(type(value))} of {full}"
    except BaseException:  # student code ran and may raise anything
        text = _UNREADABLE
    room.restore(before)
    return protocol.Opaque(type_name=name_of(type(value)), text=text)


def _value(value: Any, room: Room, depth: int) -> protocol.Value:
    kind = type(value)
    usual = _USUAL.get(kind)
    if usual is not None:
        return usual(value, room)
    for base, reader in _READERS:
        if issubclass(kind, base):
            return reader(value, room)
    if issubclass(kind, tuple | list | dict):
        return _items(value, room, depth) if depth < protocol.MAX_DEPTH else _opaque(value, room)
    held = _held(value) if depth < protocol.MAX_DEPTH else None
    return _items(held, room, depth) if held else _opaque(value, room)


def _opaque(value: object, room: Room, text: str = "") -> protocol.Opaque:
    room.take(characters=len(text))
    return protocol.Opaque(type_name=name_of(type(value)), text=text)


def _nothing(value: None, room: Room) -> protocol.Value:
    room.take()
    return protocol.Nothing()


def _number(value: Any, room: Room) -> protocol.Value:
    """Subclasses may implement `float(value)` in any way, so the base class is called."""
    kind = type(value)
    number: bool | int | float
    if kind is bool:
        number = value
    elif issubclass(kind, int):
        number = int.__int__(value)
        if number not in _INT64:
            room.take()
            return protocol.Opaque(type_name="int", text="very large whole number")
    else:
        number = float.__float__(value)
    room.take(numbers=1)
    return protocol.Number(value=number)


def _text(value: str, room: Room) -> protocol.Value:
    text = str.__str__(value)[:MAX_TEXT].encode("utf-8", "replace").decode("utf-8")
    room.take(characters=len(text))
    return protocol.Text(text=text)


def _tensor(value: torch.Tensor, room: Room) -> protocol.Value:
    with torch._C.DisableTorchFunctionSubclass():
        if type(value) is not torch.Tensor:
            value = torch.Tensor.as_subclass(value, torch.Tensor)
        if value.layout != torch.strided:
            return _opaque(value, room, f"sparse tensor of shape {tuple(value.shape)}"[:500])
        if value.device.type != "cpu":
            return _opaque(value, room, f"tensor without values, on device {value.device.type}")
        dtype = str(value.dtype).removeprefix("torch.")
        if dtype not in protocol.DTYPE_SIZES:
            return _opaque(value, room, f"tensor of dtype {dtype}")
        if not protocol.is_shape(tuple(value.shape)):
            return _too_large(value, tuple(value.shape), room)
        return _array(value.detach().resolve_conj().resolve_neg().contiguous().numpy(), room, "torch")


def _array(value: "np.ndarray[Any, Any]", room: Room, origin: Any = "numpy") -> protocol.Value:
    value = np.asarray(value)  # for a subclass, the array itself
    dtype = protocol.dtype_name(value.dtype)
    if dtype not in protocol.DTYPE_SIZES:
        return _opaque(value, room, f"array of dtype {plain(dtype)[:40]}")
    if not protocol.is_shape(value.shape):
        return _too_large(value, value.shape, room)
    room.take(numbers=value.size)
    data = np.ascontiguousarray(value).astype(value.dtype.newbyteorder("<"), copy=False).tobytes()
    return protocol.Array(dtype=dtype, shape=value.shape, data=data, origin=origin)


def _too_large(value: object, shape: tuple[int, ...], room: Room) -> protocol.Opaque:
    return _opaque(value, room, f"array of shape {shape}: {_TOO_MANY}"[:500])


_READERS: Final[tuple[tuple[Any, Callable[[Any, Room], protocol.Value]], ...]] = (
    (type(None), _nothing),
    (np.generic, _array),
    (bool | int | float, _number),
    (str, _text),
    (torch.Tensor, _tensor),
    (np.ndarray, _array),
)
"""Values that need no conversion. NumPy's numbers come first, because some are Python numbers too."""

_USUAL: Final[dict[type, Callable[[Any, Room], protocol.Value]]] = {
    torch.Tensor: _tensor,
    float: _number,
    int: _number,
    bool: _number,
}
"""The same for the values that nearly all functions take and return; this has to be fast."""


def _items(value: Any, room: Room, depth: int) -> protocol.Value:
    kind = type(value)
    names: tuple[str, ...] = ()
    items: Sequence[Any]
    most = room.numbers + room.values + 1
    if issubclass(kind, dict):
        entries = list(islice(dict.items(value), most))
        names, items = different(map(_key, (key for key, _ in entries))), [item for _, item in entries]
    elif issubclass(kind, tuple):
        items = tuple.__getitem__(value, slice(most))
        names = _fields(kind, len(items))
    else:
        items = list.__getitem__(value, slice(most))
    room.take(characters=sum(map(len, names)))
    if not names and len(items) > FEW:
        try:
            packed = list_packing.packed(items, room.numbers)
        except list_packing.TooManyError as error:
            raise _FullError(_TOO_MANY) from error
        if packed is not None:
            room.take(numbers=packed.size)
            return protocol.Array(dtype="float64", shape=packed.shape, data=packed.tobytes(), origin="list")
    parts = tuple(_parts(items, room, depth))
    return protocol.Items(type_name=name_of(kind), items=parts, names=names)


def _parts(items: Iterable[Any], room: Room, depth: int) -> Iterator[protocol.Value]:
    """The parts of a value. A return value is a few things side by side: one that is too large does not
    affect the others."""
    left_out = 0
    for item in items:
        before = room.state()
        try:
            yield _value(item, room, depth + 1)
        except _FullError as full:
            left_out += 1
            if depth or left_out > TOO_LARGE_PARTS or not before[1] or not _holds_others(item):
                raise
            room.restore(before)
            yield _opaque(item, room, f"{name_of(type(item))} of {full}")


def _holds_others(value: object) -> bool:
    return not issubclass(type(value), bool | int | float | str)


def _key(key: Any) -> str:
    kind = type(key)
    if kind is str:
        return plain(key)
    return plain(repr(key)) if kind in (int, float, bool, type(None)) else name_of(kind)


def _fields(kind: type, count: int) -> tuple[str, ...]:
    """The field names of a named tuple, if they are valid."""
    fields = getattr(kind, "_fields", ())
    if type(fields) is not tuple or len(fields) != count or not all(type(name) is str for name in fields):
        return ()
    return different(map(plain, fields))


def _held(value: object) -> dict[str, Any] | None:
    """The content of a dataclass or of an object of a plain class of the student's own; otherwise None."""
    kind = type(value)
    if issubclass(kind, torch.nn.Module | type):
        return None
    read = functools.partial(object.__getattribute__, value)
    if dataclasses.is_dataclass(kind):
        return {field.name: _or_none(read, field.name) for field in dataclasses.fields(kind)}
    if kind.__module__ != "__main__" and not issubclass(kind, SimpleNamespace):
        return None
    try:
        held = read("__dict__")
    except AttributeError:
        return None
    return Attributes(held) if type(held) is dict else None


def _or_none(read: Callable[[str], Any], name: str) -> Any:
    try:
        return read(name)
    except AttributeError:
        return None


def from_wire(value: protocol.Value) -> Any:
    """Return the argument that a value represents; arrays are fresh and writable."""
    if isinstance(value, protocol.Array):
        array = np.frombuffer(value.data, dtype=value.dtype).reshape(value.shape).copy()
        return torch.from_numpy(array) if value.origin == "torch" else array
    if isinstance(value, protocol.Number):
        return value.value
    if isinstance(value, protocol.Text):
        return value.text
    if isinstance(value, protocol.Items):
        return tuple(from_wire(item) for item in value.items)
    return None
