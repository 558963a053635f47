"""The one place where the stages meet: submission → source → bench → checks → findings → marks → report."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from grader.core.errors import GraderError, SandboxError
from grader.core.escaping import in_short, visible
from grader.core.limits import Level
from grader.core.model import ExerciseReport, Report, StatementFailure, Submission
from grader.diagnosis.diagnose import diagnose
from grader.diagnosis.repair_search import Budget
from grader.execution.bench import WorkerBench
from grader.execution.check_runner import judge
from grader.grading.executor import Crew
from grader.grading.findings_cache import Cache
from grader.lab.spec import Bench, Exercise, Function, Lab
from grader.marking.findings import Examined, ExaminedExercise
from grader.marking.report_builder import mark_exercise, mark_submission
from grader.marking.style_notes import style_notes
from grader.marking.ungraded_report import ungraded
from grader.sandbox.allowance import Spending
from grader.sandbox.worker_client import Limits, Worker, Zygote, private_copy
from grader.sources.selection import choose

__all__ = ["LocalCrew", "assess", "examine", "examine_exercise", "grade_all", "grade_one"]

_log = logging.getLogger("grader")

T = TypeVar("T")


AHEAD: Final = 2
"""Submissions queued per submission in progress: no worker is idle, and no more than needed is read."""


class LocalCrew:
    """Threads of this process, each with its own worker."""

    def __init__(
        self,
        zygote: Zygote,
        lab: Lab,
        exercises: Sequence[Exercise],
        seed: int,
        limits: Limits,
        jobs: int,
    ) -> None:
        self._zygote = zygote
        self._limits = limits
        self._examine = partial(
            examine, lab=lab, exercises=exercises, seed=seed, limits=limits, zygote=zygote
        )
        self._pool = ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="grade")
        self.size = jobs

    @property
    def level(self) -> Level:
        """The isolation level of the workers."""
        return self._zygote.level

    @property
    def obstacle(self) -> str:
        """What prevents `strict` on this machine."""
        return self._zygote.obstacle

    def hand_out(self, submission: Submission, started: Callable[[Submission], None]) -> "Future[Examined]":
        """Examine a submission as soon as a thread is free."""

        def work() -> Examined:
            started(submission)
            try:
                return self._examine(submission)
            except SandboxError as error:
                if not _starts_workers(self._zygote, self._limits):
                    raise
                raise GraderError(str(error)) from error  # concerns only this submission

        return self._pool.submit(work)

    def close(self) -> None:
        """End all workers, then the threads."""
        self._zygote.close()
        self._pool.shutdown(wait=True, cancel_futures=True)


def _starts_workers(zygote: Zygote, limits: Limits) -> bool:
    """Whether a worker can be started at all, without any submission."""
    try:
        with private_copy(Path("/"), ()) as folder:
            Worker(zygote, folder, limits).close()
    except (SandboxError, OSError):
        return False
    return True


def grade_all(
    submissions: Sequence[Submission],
    lab: Lab,
    exercises: Sequence[Exercise],
    seed: int,
    limits: Limits,
    jobs: int,
    started: Callable[[Submission], None] = lambda submission: None,
    cache: Cache | None = None,
    reused: Callable[[Submission], None] = lambda submission: None,
    crew: Crew | None = None,
) -> Iterator[Report]:
    """Grade every submission and yield the reports as they finish.

    Cached findings come first and only have to be marked. Leaving the iteration early, for example by an
    interrupt, ends all workers; everything yielded is complete. The given executor is closed at the end;
    without one, `jobs` workers of this machine get the strongest isolation level that it supports.
    """
    waiting: list[Submission] = []
    for submission in submissions:
        report = _known(submission, lab, exercises, cache)
        if report is None:
            waiting.append(submission)
            continue
        reused(submission)
        yield report
    if not waiting:
        return
    crew = crew or LocalCrew(Zygote(), lab, exercises, seed, limits, jobs)
    handed_out: dict[Future[Examined], Submission] = {}
    try:
        for submission in waiting:
            key = _key(submission, cache)
            future = crew.hand_out(submission, started)
            handed_out[future] = submission
            if cache is not None:
                future.add_done_callback(partial(_keep, cache, submission, key))
            if len(handed_out) >= AHEAD * crew.size:
                yield _next_report(handed_out, lab, exercises)
        while handed_out:
            yield _next_report(handed_out, lab, exercises)
    finally:
        crew.close()


def _next_report(
    handed_out: "dict[Future[Examined], Submission]", lab: Lab, exercises: Sequence[Exercise]
) -> Report:
    """Wait for one submission, remove it from the queue, and mark it.

    A failure for one student never affects another's result: it is a fault in the grader, and flagged.
    """
    done, _ = wait(handed_out, return_when=FIRST_COMPLETED)
    future = done.pop()
    submission = handed_out.pop(future)
    try:
        return mark_submission(submission, future.result(), exercises, lab.rubric)
    except SandboxError:
        raise
    except Exception as error:
        _log.error("submission %s failed: %s", visible(submission.student), in_short(error))
        files = tuple(file.name for file in submission.files)
        return ungraded(submission.student, files, submission.identity, lab, exercises, error)


def _keep(cache: Cache, submission: Submission, key: str, done: "Future[Examined]") -> None:
    """Cache findings as soon as they are ready, if the files are still the same as before they were read."""
    if done.cancelled() or done.exception() is not None:
        return
    try:
        if done.result().is_sound and key and _key(submission, cache) == key:
            cache.put(key, done.result())
    except Exception as error:  # whatever cannot be cached is computed again
        _log.error("findings of %s were not cached: %s", visible(submission.student), in_short(error))


def _known(
    submission: Submission, lab: Lab, exercises: Sequence[Exercise], cache: Cache | None
) -> Report | None:
    """The report from cached findings; None if they cannot be marked."""
    key = _key(submission, cache)
    if cache is None or not key:
        return None
    try:
        kept = cache.get(key)
        return mark_submission(submission, kept, exercises, lab.rubric) if kept is not None else None
    except Exception as error:
        _log.error("cached findings of %s were not used: %s", visible(submission.student), in_short(error))
        return None


def _key(submission: Submission, cache: Cache | None) -> str:
    """The key of its entry in the cache; empty if it can have none."""
    try:
        return cache.key(submission) if cache is not None else ""
    except OSError:
        return ""


def grade_one(
    submission: Submission,
    lab: Lab,
    exercises: Sequence[Exercise],
    seed: int,
    limits: Limits,
    zygote: Zygote,
) -> Report:
    """Grade one submission in its own worker."""
    examined = examine(submission, lab, exercises, seed, limits, zygote)
    return mark_submission(submission, examined, exercises, lab.rubric)


def examine(
    submission: Submission,
    lab: Lab,
    exercises: Sequence[Exercise],
    seed: int,
    limits: Limits,
    zygote: Zygote,
) -> Examined:
    """Examine a submission: everything that is known before it is marked."""
    begun = time.monotonic()
    source, flags = choose(submission, lab.functions, zygote.readers)
    with private_copy(submission.root, submission.files) as folder:
        bench = WorkerBench(zygote, folder, source, lab.functions, limits, seed, Spending(limits))
        try:
            budget = Budget(candidates=limits.repairs) if limits.repairs else None
            found = tuple(examine_exercise(exercise, bench, lab.functions, budget) for exercise in exercises)
            # Pictures last: whatever a call for one costs, no mark depends on it any more.
            found = tuple(map(partial(_illustrated, bench), exercises, found))
            results = {exercise.id: exercise.checks for exercise in found}
            flags += _spared("comparing", lambda: lab.compare(bench, results))
        finally:
            bench.close()
    loaded = bench.loaded
    flags += loaded.notes
    if loaded.problem:
        flags += (loaded.problem,)
    flags += tuple(_lost(failure) for failure in loaded.failures[:5])
    return Examined(
        files=tuple(file.relative_to(submission.root).as_posix() for file in submission.files),
        flags=tuple(dict.fromkeys(flags)),
        seconds=round(time.monotonic() - begun, 3),
        exercises=found,
        style=style_notes(source),
    )


def examine_exercise(
    exercise: Exercise, bench: Bench, functions: Sequence[Function] = (), budget: Budget | None = None
) -> ExaminedExercise:
    """Judge and diagnose one exercise. Without a budget, no repair is searched for."""
    results = judge(exercise, bench)
    return ExaminedExercise(
        id=exercise.id,
        checks=results,
        diagnoses=_spared(
            f"the diagnosis of {exercise.id}",
            lambda: diagnose(exercise, functions, bench, results, budget),
        ),
        claims=_spared(f"the figures of {exercise.id}", lambda: exercise.claims(bench)),
        answers=_spared(f"the answers of {exercise.id}", lambda: exercise.answers(bench)),
    )


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


def assess(exercise: Exercise, lab: Lab, bench: Bench, budget: Budget | None = None) -> ExerciseReport:
    """Judge, diagnose and mark one exercise. Without a budget, no repair is searched for."""
    return mark_exercise(exercise, examine_exercise(exercise, bench, lab.functions, budget), lab.rubric)


def _lost(failure: StatementFailure) -> str:
    what = ": ".join(part for part in (failure.type_name, failure.text) if part)
    return f"{failure.file} {failure.place} could not be run ({what}); everything else was."
