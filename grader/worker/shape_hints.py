"""Shapes of the matrices that a line used when it raised."""

import linecache
import re
from types import TracebackType
from typing import Any

import numpy as np
import torch

from grader.worker.safe_names import plain

__all__ = ["shapes_at"]

MAX_SHAPES = 8


def shapes_at(error: BaseException, filename: str) -> tuple[tuple[str, str], ...]:
    """Name and shape of every tensor or array named on the innermost line of the student's file."""
    frame, line = _innermost(error.__traceback__, filename)
    if frame is None:
        return ()
    names = dict.fromkeys(re.findall(r"[^\W\d]\w*", linecache.getline(filename, line)))
    known: dict[str, Any] = {**frame.f_globals, **frame.f_locals}
    found = [(plain(name)[:40], _shape(known[name])) for name in names if name in known]
    return tuple((name, shape) for name, shape in found if shape)[:MAX_SHAPES]


def _innermost(traceback: TracebackType | None, filename: str) -> tuple[Any, int]:
    found: tuple[Any, int] = (None, 0)
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == filename:
            found = traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next
    return found


def _shape(value: Any) -> str:
    if type(value) in (torch.Tensor, torch.nn.Parameter, np.ndarray):  # a subclass may report anything
        return plain(str(tuple(value.shape)))
    return ""
