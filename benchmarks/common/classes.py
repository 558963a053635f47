"""Classes made up from the labelled corpus: so many students, drawn from a seed, no two files alike."""

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
"""Students of the sample class who have everything right."""

USUAL: Final = (
    "lab_argparse.py",
    "lab_aufgaben.py",
    "lab_column_sweeps.py",
    "lab_main_guard.py",
    "lab_notebook_export.py",
    "lab_shared_core.py",
)
"""Right labs that plain tests can run: the sheet's names, tensors, nothing that fails where it is executed."""


def right_labs() -> tuple[Path, ...]:
    """Whole labs without a mistake: of the corpus, and of the sample class."""
    whole = [case.path for case in cases() if {"1.1", "2.1", "3.1"} <= set(case.right) and not case.variant]
    return (*whole, *(file for name in RIGHT_IN_THE_CLASS for file in (SUBMISSIONS / name).glob("*.py")))


def usual_labs() -> tuple[Path, ...]:
    """The right labs that plain tests can run too."""
    return tuple(path for path in right_labs() if path.name in USUAL)


def wrong_labs() -> tuple[Path, ...]:
    """Files with one mistake each."""
    return tuple(case.path for case in cases() if case.wrong)


def draw(labs: Sequence[Path], size: int, seed: int) -> tuple[Path, ...]:
    """So many of the labs in a random order, each as often as the others as far as that goes."""
    chooser = random.Random(seed)
    drawn: list[Path] = []
    while len(drawn) < size:
        drawn += chooser.sample(labs, len(labs))
    return tuple(drawn[:size])


def write_class(folder: Path, labs: Sequence[Path], numbers: Iterable[int] | None = None) -> tuple[Path, ...]:
    """One folder a student, with a copy of the lab that tells it from every other; return the files.

    Students are graded in the order of their `numbers`, which are 0, 1, 2, … where none are given.
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
    """Put attacks into a class; whatever they are after lies in a folder beside it."""
    canary = aside / "canary"
    canary.mkdir(parents=True)
    for name in ("secret.txt", "target.txt"):
        (canary / name).write_text("canary sings\n", encoding="utf-8")
    hand_in(list(attacks), Place(folder, canary, aside / "out", 1, "987654321"))
