"""All adversaries by kind, and what they earn."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import Final

import msgspec

from grader.core.result import CheckResult, Verdict
from grader.execution.bench import WorkerBench
from grader.execution.check_runner import run_checks
from grader.grading.examine import opened_bench
from grader.grading.run_plan import RunPlan
from grader.lab import Exercise
from grader.marking.marks import mark
from grader.sandbox.worker_client import ForkServer, Limits
from grader.sources.selection import choose
from grader.submissions.discovery import one
from reference import LAB
from tests.adversaries import (
    blind,
    cached,
    closed,
    decomposed,
    divergent,
    excused,
    generous,
    masks,
    refusing,
    stated,
    steady,
    thresholds,
)
from tests.adversaries.program import Adversary

__all__ = ["ADVERSARIES", "KINDS", "Earned", "best_of", "earned_under", "overpaid", "seeds"]

KINDS: Final[Mapping[str, Sequence[Adversary]]] = {
    module.__name__.rpartition(".")[2]: module.ADVERSARIES
    for module in (
        steady, thresholds, divergent, blind, closed, cached, generous, refusing, excused, masks, decomposed, stated,
    )
}  # fmt: skip

ADVERSARIES: Final = tuple(adversary for kind in KINDS.values() for adversary in kind)

ROOM: Final = 1e-6
"""What rounding may add to a mark."""


class Earned(msgspec.Struct, frozen=True):
    """What an adversary got in one exercise under one seed."""

    name: str
    exercise: str
    seed: int
    marks: float
    why: tuple[str, ...]
    """The checks that gave marks, and how those that are worth something and gave none ended."""


def seeds(count: int) -> tuple[int, ...]:
    """The lab's own seed and others, as `tests.tools.accuracy` takes them."""
    return (LAB.seed, *(seed for seed in range(1, count + 1) if seed != LAB.seed))[:count]


def earned_under(seed: int, adversaries: Sequence[Adversary], jobs: int = 1) -> list[Earned]:
    """What each of the adversaries gets under one seed in the exercises that it tries."""
    exercises = {exercise.id: exercise for exercise in LAB.exercises(seed)}
    with tempfile.TemporaryDirectory() as folder, closing(ForkServer()) as fork_server:
        grade = partial(_graded, seed, Path(folder), fork_server, exercises)
        with ThreadPoolExecutor(jobs) as threads:
            return [each for several in threads.map(grade, adversaries) for each in several]


def _graded(
    seed: int, folder: Path, fork_server: ForkServer, exercises: Mapping[str, Exercise], adversary: Adversary
) -> list[Earned]:
    """The marks of one, by the parts that `grader.grading.examine` is put together from.

    Diagnoses and pictures are left out: they give no marks, and cost more than everything else.
    """
    place = folder / adversary.name
    place.mkdir()
    for name, text in adversary.files.items():
        (place / name).write_text(text, encoding="utf-8")
    submission = one(place)
    source, _ = choose(submission, LAB.functions, fork_server.readers)
    plan = RunPlan(lab=LAB, exercises=(), seed=seed, limits=Limits(repairs=0))
    with opened_bench(submission, source, plan, fork_server) as bench:
        return [_marked(adversary, exercises[id], bench, seed) for id in sorted(adversary.most)]


def _marked(adversary: Adversary, exercise: Exercise, bench: WorkerBench, seed: int) -> Earned:
    results = run_checks(exercise, bench)
    marks, _, verdict = mark(exercise.id, results, LAB.rubric)
    if verdict in (Verdict.MANUAL, Verdict.ERROR):
        marks = 0.0  # it waits: nothing is given before somebody has looked
    return Earned(adversary.name, exercise.id, seed, marks, tuple(_reasons(exercise.id, results)))


def _reasons(exercise: str, results: Iterable[CheckResult]) -> Iterator[str]:
    worth = LAB.rubric.exercises[exercise].checks
    for check in results:
        if worth[check.id] > 0 or check.outcome.value not in ("pass", "skipped"):
            yield f"{check.id} {check.outcome.value}{f' −{check.cost}' if check.cost else ''}: {check.message}"


def judged_under(adversaries: Iterable[Adversary], seed: int, first: int) -> list[Adversary]:
    """Those that are held to what they may earn under the seed."""
    return [
        a for a in adversaries if seed not in a.made_for and (seed == first or not (a.is_slow or a.is_stated))
    ]


def best_of(
    adversaries: Sequence[Adversary], chosen: Sequence[int], jobs: int = 2
) -> dict[tuple[str, str], Earned]:
    """The most that each got in each exercise over all seeds that it is judged under, one process a seed."""
    best: dict[tuple[str, str], Earned] = {}
    groups = [judged_under(adversaries, seed, chosen[0]) for seed in chosen]
    with ProcessPoolExecutor(jobs) as processes:
        for several in processes.map(earned_under, chosen, groups, repeat(1)):
            for each in several:
                key = each.name, each.exercise
                if key not in best or each.marks > best[key].marks:
                    best[key] = each
    return best


def overpaid(found: Iterable[Earned]) -> list[Earned]:
    """Those who got more than they may."""
    most = {adversary.name: adversary.most for adversary in ADVERSARIES}
    return [each for each in found if each.marks > most[each.name][each.exercise] + ROOM]
