"""Run code that asks for a graphics processor on the CPU: it computes the same there."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

import torch
from torch.overrides import TorchFunctionMode

__all__ = ["asks_for_a_gpu", "on_cpu"]

_DEVICES: Final = ("cuda", "mps", "xpu")
_ASKED: Final = re.compile(r"\b(?:cuda|mps|xpu)\b")


def asks_for_a_gpu(code: str) -> bool:
    """Whether the code names a device that the grading machine does not offer."""
    return _ASKED.search(code) is not None


def on_cpu() -> None:
    """From now on, replace every such device by the CPU, for the rest of the process."""
    _OnCpu().__enter__()  # type: ignore[no-untyped-call]


class _OnCpu(TorchFunctionMode):
    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        if func is torch.Tensor.cuda:
            return args[0]
        named = {
            name: _replaced(value) if name == "device" else value for name, value in (kwargs or {}).items()
        }
        return func(*map(_replaced, args), **named)


def _replaced(value: Any) -> Any:
    if isinstance(value, torch.device):
        return torch.device("cpu") if value.type in _DEVICES else value
    if isinstance(value, str) and value.partition(":")[0] in _DEVICES:
        return "cpu"
    return value
