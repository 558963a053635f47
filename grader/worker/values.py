"""Objects of student code into values of the wire, and values of the wire into arguments.

Tensors are copied the moment they are recorded: students update in place.
"""

import dataclasses
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from grader import wire

__all__ = ["Attributes", "from_wire", "is_figure", "to_wire"]

MAX_TEXT = 10_000
MAX_ITEMS = 20_000
MAX_DEPTH = 4
MAX_SIDE_BY_SIDE = 10
_INT64 = range(-(2**63), 2**63)


class Attributes(dict[str, Any]):
    """What an object of the student's own holds."""


def is_figure(value: object) -> bool:
    """Whether a value is a number with a fraction, an array of numbers, or a few of these side by side."""
    if isinstance(value, tuple | list):
        return 0 < len(value) <= MAX_SIDE_BY_SIDE and all(map(is_figure, value))
    return isinstance(value, float | np.floating | np.ndarray | torch.Tensor)


def to_wire(value: object, depth: int = 0) -> wire.Value:
    """Return a copy of the value as the wire knows it; whatever it does not know becomes `Opaque`."""
    if value is None:
        return wire.Nothing()
    if isinstance(value, bool):
        return wire.Number(value=bool(value))
    if isinstance(value, int):
        number = int(value)
        return (
            wire.Number(value=number) if number in _INT64 else wire.Opaque(type_name="int", text="very large")
        )
    if isinstance(value, float) and not isinstance(value, np.generic):
        return wire.Number(value=float(value))
    if isinstance(value, str):
        return wire.Text(text=str(value)[:MAX_TEXT].encode("utf-8", "replace").decode("utf-8"))
    if isinstance(value, torch.Tensor):
        return _tensor(value)
    if isinstance(value, np.ndarray | np.generic):
        return _array(np.asarray(value), "numpy")
    if isinstance(value, tuple | list | dict) and depth < MAX_DEPTH and len(value) <= MAX_ITEMS:
        return _items(value, depth)
    if dataclasses.is_dataclass(value) and not isinstance(value, type) and depth < MAX_DEPTH:
        return _items(
            {field.name: getattr(value, field.name, None) for field in dataclasses.fields(value)}, depth
        )
    held = _held(value) if depth < MAX_DEPTH else None
    return _items(held, depth) if held else wire.Opaque(type_name=type(value).__name__[:100])


def _held(value: object) -> Attributes | None:
    """What was put into an object of a plain class of the student's own; None of any other."""
    if isinstance(value, torch.nn.Module):
        return None
    if type(value).__module__ != "__main__" and not isinstance(value, SimpleNamespace):
        return None
    try:
        return Attributes(vars(value))
    except Exception:  # what a class makes of `__dict__` is up to the student
        return None


def _items(value: Any, depth: int) -> wire.Items:
    names: tuple[str, ...] = ()
    items = value
    if isinstance(value, Mapping):
        names, items = tuple(str(key)[:100] for key in value), value.values()
    elif hasattr(value, "_fields"):
        names = tuple(str(name)[:100] for name in value._fields)
    return wire.Items(
        type_name=type(value).__name__[:100],
        items=tuple(to_wire(item, depth + 1) for item in items),
        names=names,
    )


def _tensor(value: torch.Tensor) -> wire.Value:
    name = type(value).__name__[:100]
    with torch._C.DisableTorchFunctionSubclass():
        if value.layout != torch.strided:
            return wire.Opaque(type_name=name, text=f"sparse tensor of shape {tuple(value.shape)}"[:500])
        if value.device.type != "cpu":
            return wire.Opaque(type_name=name, text=f"tensor without values, on device {value.device.type}")
        dtype = str(value.dtype).removeprefix("torch.")
        if dtype not in wire.DTYPE_SIZES:
            return wire.Opaque(type_name=name, text=f"tensor of dtype {dtype}")
        plain = value.detach().resolve_conj().resolve_neg().contiguous()
        return _array(plain.numpy(), "torch")


def _array(value: "np.ndarray[Any, Any]", origin: Any) -> wire.Value:
    dtype = wire.dtype_name(value.dtype)
    if dtype not in wire.DTYPE_SIZES:
        return wire.Opaque(type_name="ndarray", text=f"array of dtype {dtype[:40]}")
    if value.nbytes > wire.MAX_ARRAY_BYTES:
        return wire.Opaque(
            type_name="Tensor", text=f"array of shape {value.shape}, too large to look at"[:500]
        )
    data = np.ascontiguousarray(value).astype(value.dtype.newbyteorder("<"), copy=False).tobytes()
    return wire.Array(dtype=dtype, shape=value.shape, data=data, origin=origin)


def from_wire(value: wire.Value) -> Any:
    """Return the argument a value stands for; arrays are fresh and writable."""
    if isinstance(value, wire.Array):
        array = np.frombuffer(value.data, dtype=value.dtype).reshape(value.shape).copy()
        return torch.from_numpy(array) if value.origin == "torch" else array
    if isinstance(value, wire.Number):
        return value.value
    if isinstance(value, wire.Text):
        return value.text
    if isinstance(value, wire.Items):
        return tuple(from_wire(item) for item in value.items)
    return None
