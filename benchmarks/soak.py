"""A long run with everything in it: ``python -m benchmarks.soak [--size 5000]``.

A class of which one in twenty is hostile (`tests/hostile`) and one in ten wrong, with the search for its repair, graded
by the real command line and watched from outside. Goals: every student is in the results and gets what they deserve,
nothing is left running or lying about, and the last third of the run uses no more descriptors, memory and temporary
files than the first.
"""

import argparse
import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import psutil

from benchmarks.common import classes
from benchmarks.common.tables import Line, report
from benchmarks.common.watching import Watched, watch
from tests.hostile import crash, escape, forge, odd, resource, text
from tests.hostile.attack import Attack

HOSTILE: Final = 0.05
WRONG: Final = 0.10
MORE_MEMORY: Final = 30.0
"""MB by which the grader's own process may grow from the first third to the last."""

LEAST_RIGHT: Final = 2.5
"""Marks for three right functions; figures are not stated in every file, and explanations wait for a person."""

LIMIT: Final = "2"
"""Seconds of a call: a loop without end costs no more."""

WORD: Final = "soak-of-the-grader"
"""Stands in the names of folders, by which what is left running is found."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade the class and say what became of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=float, default=1.0, help="seconds between two looks")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix=f"{WORD}-") as folder:
        place = Path(folder)
        deserved = _class(place / "class", place, options.size, options.seed)
        temporary = place / "temporary"
        temporary.mkdir()
        lying: list[int] = []
        command = [
            sys.executable, "-m", "grader.cli", str(place / "class"), "--out", str(place / "out"),
            "--jobs", str(len(os.sched_getaffinity(0))), "--time-limit", LIMIT, "--no-cache", "--format", "plain",
        ]  # fmt: skip
        plain = {name: value for name, value in os.environ.items() if not name.startswith("GRADE_")}
        done = watch(
            command,
            {**plain, "TMPDIR": str(temporary)},
            options.every,
            lambda: lying.append(len(list(temporary.iterdir()))),
        )
        running = list(_running(folder))
        left = len(list(temporary.iterdir()))
        results = json.loads((place / "out" / "results.json").read_text(encoding="utf-8"))["submissions"]
    return report(list(told(done, deserved, results, lying, running, left)))


def _class(folder: Path, place: Path, size: int, seed: int) -> dict[str, tuple[float, float]]:
    """Write the class, kinds mixed; return for each student the least and the most marks that are right."""
    chooser = random.Random(seed)
    numbers = iter(chooser.sample(range(size), size))
    hostile, wrong = round(size * HOSTILE), round(size * WRONG)
    attacks = [
        attack
        for module in (forge, escape, resource, crash, text, odd)
        for attack in module.ATTACKS
        if "strict" in attack.holds
    ]
    deserved: dict[str, tuple[float, float]] = {}
    for attack in chooser.choices(attacks, k=hostile):
        student = f"student-{next(numbers):06d}"
        _hand_in(attack, folder / student, place / "aside" / student)
        deserved[student] = (0.0, attack.most + 1e-9)
    right = classes.draw(classes.right_labs(), size - hostile - wrong, seed)
    for file in classes.write_class(folder, right, numbers):
        deserved[file.parent.name] = (LEAST_RIGHT, 5.0)
    for file in classes.write_class(folder, classes.draw(classes.wrong_labs(), wrong, seed), numbers):
        deserved[file.parent.name] = (0.0, 4.0)
    return deserved


def _hand_in(attack: Attack, folder: Path, aside: Path) -> None:
    """Hand in one attack alone, under another name."""
    classes.hand_in_attacks(aside / "class", [attack], aside)
    folder.parent.mkdir(exist_ok=True)
    (aside / "class" / attack.name).rename(folder)


def _running(folder: str) -> Iterator[str]:
    """Every process that still has to do with the folder."""
    for process in psutil.process_iter(["pid", "cmdline", "cwd", "status"]):
        seen = " ".join(process.info["cmdline"] or []) + (process.info["cwd"] or "")
        if folder in seen and process.info["status"] != psutil.STATUS_ZOMBIE:
            yield f"{process.pid}"


def told(
    done: Watched,
    deserved: dict[str, tuple[float, float]],
    results: list[dict[str, Any]],
    lying: Sequence[int],
    running: Sequence[str],
    left: int,
) -> Iterator[Line]:
    """What became of the class, against what had to."""
    marks = {entry["student"]: entry["marks"] for entry in results}
    lost = deserved.keys() - marks.keys()
    unjust = {
        name for name, (least, most) in deserved.items() if name in marks and not least <= marks[name] <= most
    }
    faults = sum(e["verdict"] == "error" for entry in results for e in entry["exercises"])
    for name in sorted(unjust):
        print(f"{name}: {marks[name]} marks", file=sys.stderr)
    yield Line(f"{len(deserved):,} submissions", f"{done.wall / 60:.1f} min, {done.cpu:.0f} s CPU")
    yield Line("exit status", f"{done.status}", "0", done.status == 0)
    yield Line("lost", f"{len(lost)}", "0", not lost)
    yield Line("marks that nobody deserves", f"{len(unjust)}", "0", not unjust)
    yield Line("faults of the grader", f"{faults}", "0", faults == 0)
    yield Line("processes left", f"{len(running)}", "0", not running)
    yield Line("temporary files left", f"{left}", "0", left == 0)
    first, last = _thirds(done.moments)
    yield _flat("descriptors", [m.descriptors for m in first], [m.descriptors for m in last], 4)
    yield _flat("processes", [m.processes for m in first], [m.processes for m in last], 4)
    yield _flat("temporary folders", *_thirds(lying), 4)
    yield _flat("MB of the grader", [m.memory for m in first], [m.memory for m in last], MORE_MEMORY)


def _thirds(values: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
    third = max(1, len(values) // 3)
    return values[:third], values[-third:]


def _flat(what: str, first: Sequence[float], last: Sequence[float], more: float) -> Line:
    """The most in the first third beside the most in the last."""
    before, after = max(first, default=0), max(last, default=0)
    measured = f"{before:.0f}, then {after:.0f}"
    return Line(f"{what}, first and last third", measured, f"≤ {more:g} more", after <= before + more)


if __name__ == "__main__":
    sys.exit(main())
