"""One submission from its files to findings: source → bench → checks → diagnoses, pictures, notes."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final, TypeVar

import msgspec

from grader.core.errors import SandboxError
from grader.core.escaping import in_short
from grader.core.observation import StatementFailure
from grader.core.result import NOT_STARTED, ExerciseReport, Report
from grader.core.submission import Source, Submission
from grader.diagnosis.diagnose import diagnose
from grader.diagnosis.repair_types import Budget
from grader.execution.bench import WorkerBench
from grader.execution.bench_context import BenchContext
from grader.execution.check_runner import run_checks
from grader.grading.run_plan import RunPlan
from grader.lab.spec import Bench, Exercise, Function, Lab
from grader.marking.findings import ExaminedExercise, ExaminedSubmission
from grader.marking.report_builder import mark_exercise, mark_submission
from grader.marking.style_notes import style_notes
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.workdir import temporary_workdir
from grader.sources.selection import choose
from grader.sources.starter import is_untouched, without_instructions

__all__ = ["assess", "examine", "examine_exercise", "grade_one", "opened_bench"]

_log: Final = logging.getLogger("grader")

T = TypeVar("T")

MAX_NAMED_FAILURES: Final = 5
"""The most statements that could not be run to name in a flag; the others are only counted."""


def grade_one(submission: Submission, plan: RunPlan, fork_server: ForkServer) -> Report:
    """Grade one submission in its own worker."""
    return mark_submission(
        submission, examine(submission, plan, fork_server), plan.exercises, plan.lab.rubric
    )


def examine(submission: Submission, plan: RunPlan, fork_server: ForkServer) -> ExaminedSubmission:
    """Examine a submission: everything that is known before it is marked."""
    begun = time.monotonic()
    lab, limits = plan.lab, plan.limits
    source, flags = choose(submission, lab.functions, fork_server.readers)
    if source is not None and lab.kit is not None:
        if is_untouched(source, lab.kit.starter):
            flags += (NOT_STARTED,)
        source = without_instructions(source, lab.kit.starter)
    with opened_bench(submission, source, plan, fork_server) as bench:
        budget = Budget(candidates=limits.repairs) if limits.repairs else None
        found = tuple(examine_exercise(exercise, bench, lab.functions, budget) for exercise in plan.exercises)
        # Pictures last: whatever a call for one costs, no mark depends on it any more.
        found = tuple(map(partial(_illustrated, bench), plan.exercises, found))
        results = {exercise.id: exercise.checks for exercise in found}
        flags += _spared("comparing", lambda: lab.compare(bench, results))
    loaded = bench.loaded
    flags += loaded.notes
    if loaded.problem:
        flags += (loaded.problem,)
    flags += _failed_statements(loaded.failures)
    return ExaminedSubmission(
        files=tuple(file.relative_to(submission.root).as_posix() for file in submission.files),
        flags=tuple(dict.fromkeys(flags)),
        seconds=round(time.monotonic() - begun, 3),
        exercises=found,
        style=style_notes(source),
    )


@contextmanager
def opened_bench(
    submission: Submission, source: Source | None, plan: RunPlan, fork_server: ForkServer
) -> Iterator[WorkerBench]:
    """A bench for one source of a submission, in a workdir of its own; closed and removed at the end."""
    with temporary_workdir(submission.root, submission.files) as folder:
        bench = WorkerBench(
            BenchContext(
                fork_server=fork_server,
                folder=folder,
                source=source,
                functions=plan.lab.functions,
                limits=plan.limits,
                seed=plan.seed,
            )
        )
        try:
            yield bench
        finally:
            bench.close()


def examine_exercise(
    exercise: Exercise, bench: Bench, functions: Sequence[Function] = (), budget: Budget | None = None
) -> ExaminedExercise:
    """Judge and diagnose one exercise. Without a budget, no repair is searched for."""
    results = run_checks(exercise, bench)
    return ExaminedExercise(
        id=exercise.id,
        checks=results,
        diagnoses=_spared(
            f"the diagnosis of {exercise.id}",
            lambda: diagnose(exercise, functions, bench, results, budget),
        ),
        checked_values=_spared(f"the stated values of {exercise.id}", lambda: exercise.checked_values(bench)),
        answers=_spared(f"the answers of {exercise.id}", lambda: exercise.answers(bench)),
    )


def assess(exercise: Exercise, lab: Lab, bench: Bench, budget: Budget | None = None) -> ExerciseReport:
    """Judge, diagnose and mark one exercise. Without a budget, no repair is searched for."""
    return mark_exercise(exercise, examine_exercise(exercise, bench, lab.functions, budget), lab.rubric)


def _illustrated(bench: Bench, exercise: Exercise, found: ExaminedExercise) -> ExaminedExercise:
    """The findings with their pictures; one that cannot be drawn affects nothing else."""
    pictures = _spared(f"pictures of {exercise.id}", lambda: exercise.illustrate(bench, found.checks))
    return msgspec.structs.replace(found, pictures=pictures)


def _spared(what: str, work: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
    """A result that no mark depends on; nothing if it fails because of a fault in the grader."""
    try:
        return work()
    except SandboxError:
        raise
    except Exception as error:
        _log.error("%s failed: %s", what, in_short(error))
        return ()


def _failed_statements(failures: Sequence[StatementFailure]) -> tuple[str, ...]:
    """One sentence about all statements that could not be run; empty if there are none."""
    if not failures:
        return ()
    if len(failures) == 1:
        (failure,) = failures
        return (f"{failure.file} {failure.place} could not be run ({_error(failure)}); everything else was.",)
    named: list[str] = []
    file = ""
    for failure in failures[:MAX_NAMED_FAILURES]:
        where = failure.place if failure.file == file else f"{failure.file} {failure.place}"
        named.append(f"{where} ({_error(failure)})")
        file = failure.file
    if len(failures) > MAX_NAMED_FAILURES:
        named.append(f"{len(failures) - MAX_NAMED_FAILURES} more")
    return (f"{', '.join(named[:-1])} and {named[-1]} could not be run; everything else was.",)


def _error(failure: StatementFailure) -> str:
    return ": ".join(part for part in (failure.type_name, failure.text) if part)
