"""The output of student code, kept up to a limit: the beginning and the end, where results are."""

import io
from typing import Any

__all__ = ["Capture"]

HALF = 100_000
"""Bytes: with as much again for the end, and everything else a file leaves, it fits into one message."""


class _Kept(io.RawIOBase):
    def __init__(self) -> None:
        self.head = bytearray()
        self.tail = bytearray()
        self.lost = False
        self.lines = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        chunk = bytes(data)
        self.lines += chunk.count(b"\n")
        room = HALF - len(self.head)
        self.head += chunk[: max(room, 0)]
        self.tail += chunk[max(room, 0) :]
        if len(self.tail) > 2 * HALF:
            self.lost = True
            del self.tail[:-HALF]
        return len(chunk)


class Capture:
    """A text stream to use as `sys.stdout`; `take` returns what was written since the last call."""

    def __init__(self) -> None:
        self._renew()

    def _renew(self) -> None:
        self._kept = _Kept()
        self.stream = io.TextIOWrapper(self._kept, encoding="utf-8", errors="replace", write_through=True)  # type: ignore[type-var]

    @property
    def is_open(self) -> bool:
        """Whether the stream can still be written to: a program may have closed or detached it."""
        try:
            return not self.stream.closed
        except ValueError:  # the state that `detach()` leaves behind
            return False

    @property
    def lines(self) -> int:
        """The number of lines written since the last `take`."""
        return self._kept.lines

    def take(self) -> str:
        """Return the text kept, with a line in place of the dropped part, and start again."""
        kept = self._kept
        self._renew()
        gap = b"\n[... output left out ...]\n" if kept.lost else b""
        return bytes(kept.head + gap + kept.tail[-HALF:]).decode("utf-8", "replace")
