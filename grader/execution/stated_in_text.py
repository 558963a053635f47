"""The values that a submission states in text, printed or submitted: found by confined processes, with
limits."""

import math
from collections.abc import Sequence
from typing import Final

import msgspec

from grader.sandbox.reader_client import MEMORY, Readers
from grader.sandbox.reader_messages import ReaderSettings, State, decoded
from grader.sources.stated_text import Stated

__all__ = ["CPU_SECONDS", "TEXT_SECONDS", "stated_in_each"]

CPU_SECONDS: Final = 10.0
"""CPU seconds for all texts of one submission; a megabyte takes one."""

TEXT_SECONDS: Final = 5.0
"""For one of them."""

TOO_MUCH: Final = (
    "What is printed or written takes more time to read than results do; of some of it no value was taken."
)


def stated_in_each(readers: Readers, texts: Sequence[str]) -> tuple[list[list[Stated]], tuple[str, ...]]:
    """The values that each text states, and a sentence if some texts could not be read within the limits."""
    found: list[list[Stated]] = [[] for _ in texts]
    waiting = [number for number, text in enumerate(texts) if text.strip()]
    seconds = CPU_SECONDS
    notes: tuple[str, ...] = ()
    while waiting and seconds >= 1:
        settings = ReaderSettings(
            memory=MEMORY, file_size=0, cpu_seconds=math.ceil(seconds), item_seconds=TEXT_SECONDS
        )
        answers = readers.ask(State(tuple(texts[number] for number in waiting)), settings)
        seconds -= answers.cpu
        for body in answers.bodies[: len(waiting)]:
            try:
                found[waiting[0]] = decoded(body, list[Stated])
            except msgspec.MsgspecError:
                break
            waiting.pop(0)
        if waiting:
            waiting.pop(0)
            notes = (TOO_MUCH,)
    return found, notes
