"""Create classes from the labelled corpus: a number of students, drawn from a seed, with distinct files."""

import itertools
import random
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from tests.hostile.attack import Attack, Place, hand_in
from tests.tools.accuracy import cases

__all__ = ["draw", "hand_in_attacks", "right_labs", "usual_labs", "write_class", "wrong_labs"]

SUBMISSIONS: Final = Path(__file__).resolve().parents[2] / "submissions"

RIGHT_IN_THE_CLASS: Final = (
    "tamsin-quillfeather",
    "Bo Ångerholm",
    "wren-o'dallivar",
    "ignatius-brell",
    "jessamy-kittlewharf",
)
"""Students of the sample class whose work is entirely correct."""

USUAL: Final = (
    "lab_argparse.py",
    "lab_aufgaben.py",
    "lab_column_sweeps.py",
    "lab_main_guard.py",
    "lab_notebook_export.py",
    "lab_shared_core.py",
)
"""Correct labs that plain tests can run: with the sheet's names, with tensors, without failing statements."""


def right_labs() -> tuple[Path, ...]:
    """Whole labs without a mistake, from the corpus and from the sample class."""
    whole = [case.path for case in cases() if {"1.1", "2.1", "3.1"} <= set(case.right) and not case.variant]
    return (*whole, *(file for name in RIGHT_IN_THE_CLASS for file in (SUBMISSIONS / name).glob("*.py")))


def usual_labs() -> tuple[Path, ...]:
    """The correct labs that plain tests can run, too."""
    return tuple(path for path in right_labs() if path.name in USUAL)


def wrong_labs() -> tuple[Path, ...]:
    """Files with one mistake each."""
    return tuple(case.path for case in cases() if case.wrong)


def draw(labs: Sequence[Path], size: int, seed: int) -> tuple[Path, ...]:
    """Draw `size` labs in random order, each equally often as far as possible."""
    chooser = random.Random(seed)
    drawn: list[Path] = []
    while len(drawn) < size:
        drawn += chooser.sample(labs, len(labs))
    return tuple(drawn[:size])


def write_class(folder: Path, labs: Sequence[Path], numbers: Iterable[int] | None = None) -> tuple[Path, ...]:
    """Write one folder per student with a distinct copy of the lab; return the files.

    Students are graded in the order of their `numbers`, by default 0, 1, 2, …
    """
    files = []
    for lab, number in zip(labs, itertools.count() if numbers is None else numbers, strict=False):
        student = folder / f"student-{number:06d}"
        student.mkdir(parents=True)
        file = student / "lab1.py"
        shutil.copyfile(lab, file)
        with file.open("a", encoding="utf-8") as end:
            end.write(f"\n# handed in as number {number}\n")
        files.append(file)
    return tuple(files)


def hand_in_attacks(folder: Path, attacks: Sequence[Attack], aside: Path) -> None:
    """Add attacks to a class; the files that they target are in a folder beside it."""
    canary = aside / "canary"
    canary.mkdir(parents=True)
    for name in ("secret.txt", "target.txt"):
        (canary / name).write_text("canary sings\n", encoding="utf-8")
    hand_in(list(attacks), Place(folder, canary, aside / "out", 1, "987654321"))
