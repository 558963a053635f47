"""Count the lines of a student's file that a call runs: a measure of work that is the same on every machine."""

import contextlib
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

__all__ = ["LineCount", "counting"]


class LineCount:
    """How many times lines of one file ran, counting each execution."""

    def __init__(self, filename: str) -> None:
        self._filename = filename
        self.lines = 0

    def trace(self, frame: FrameType, event: str, argument: object) -> Any:
        """Trace the functions of the file, as `sys.settrace` requires."""
        if frame.f_code.co_filename != self._filename:
            return None
        if event == "line":
            self.lines += 1
        return self.trace


@contextlib.contextmanager
def counting(filename: str, wanted: bool) -> Iterator[LineCount]:
    """Count inside the block; if not wanted, nothing is counted and nothing is slower."""
    count = LineCount(filename)
    if not wanted:
        yield count
        return
    sys.settrace(count.trace)
    try:
        yield count
    finally:
        sys.settrace(None)
