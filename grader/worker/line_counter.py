"""Counting the lines of a student's file that a call runs: how much work it is, the same on every machine."""

import contextlib
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

__all__ = ["LineCount", "counting"]


class LineCount:
    """How often lines of one file were run, each as often as it was come to."""

    def __init__(self, filename: str) -> None:
        self._filename = filename
        self.lines = 0

    def trace(self, frame: FrameType, event: str, argument: object) -> Any:
        """Follow the functions of the file, as `sys.settrace` asks for."""
        if frame.f_code.co_filename != self._filename:
            return None
        if event == "line":
            self.lines += 1
        return self.trace


@contextlib.contextmanager
def counting(filename: str, wanted: bool) -> Iterator[LineCount]:
    """Count inside the block; nothing is counted, and nothing slower, where it is not wanted."""
    count = LineCount(filename)
    if not wanted:
        yield count
        return
    sys.settrace(count.trace)
    try:
        yield count
    finally:
        sys.settrace(None)
