"""The one place where the stages meet: submission → source → bench → checks → findings → marks → report."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from functools import partial

import msgspec

from grader.bench import WorkerBench
from grader.cache import Cache
from grader.choose import choose
from grader.diagnose import diagnose
from grader.errors import SandboxError
from grader.examined import Examined, ExaminedExercise
from grader.judge import judge
from grader.lab import Bench, Exercise, Function, Lab
from grader.marking import mark_exercise, mark_submission
from grader.model import (
    ExerciseReport,
    Report,
    StatementFailure,
    Submission,
    Verdict,
)
from grader.repair import Budget
from grader.sandbox import Limits, Zygote, private_copy
from grader.style import style_notes

__all__ = ["assess", "examine", "examine_exercise", "grade_all", "grade_one"]

_log = logging.getLogger("grader")


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
    zygote: Zygote | None = None,
) -> Iterator[Report]:
    """Grade every submission on `jobs` workers and yield the reports as they finish.

    What the cache holds comes first and only has to be marked. Leaving the iteration early, also by an
    interrupt, ends all workers; what was yielded is whole. The zygote given is closed in the end; without one,
    workers get the strongest isolation there is.
    """
    waiting: list[Submission] = []
    for submission in submissions:
        kept = _kept(submission, cache)
        if kept is None:
            waiting.append(submission)
            continue
        reused(submission)
        yield mark_submission(submission, kept, exercises, lab.rubric)
    if not waiting:
        return
    with zygote or Zygote() as zygote:
        pool = ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="grade")
        try:
            pending: list[Future[Report]] = []
            for submission in waiting:

                def work(submission: Submission = submission) -> Report:
                    started(submission)
                    return _grade_safely(submission, lab, exercises, seed, limits, zygote, cache)

                pending.append(pool.submit(work))
            for future in as_completed(pending):
                yield future.result()
        finally:
            zygote.close()
            pool.shutdown(wait=True, cancel_futures=True)


def _kept(submission: Submission, cache: Cache | None) -> Examined | None:
    if cache is None:
        return None
    try:
        return cache.get(cache.key(submission))
    except OSError:
        return None


def _grade_safely(
    submission: Submission,
    lab: Lab,
    exercises: Sequence[Exercise],
    seed: int,
    limits: Limits,
    zygote: Zygote,
    cache: Cache | None,
) -> Report:
    """One student's trouble never costs another's result: what fails here is our fault, and flagged."""
    try:
        key = cache.key(submission) if cache is not None else ""
        examined = examine(submission, lab, exercises, seed, limits, zygote)
        # Kept only if the files are still what they were before they were read and run.
        if cache is not None and examined.is_sound and cache.key(submission) == key:
            cache.put(key, examined)
        return mark_submission(submission, examined, exercises, lab.rubric)
    except SandboxError:
        raise
    except Exception as error:
        _log.error("submission %s failed: %r", submission.student, error)
        what = f"It could not be graded ({type(error).__name__}: {error}); grade it again."
        most = {exercise.id: lab.rubric.exercises[exercise.id].marks for exercise in exercises}
        return Report(
            student=submission.student,
            files=tuple(file.name for file in submission.files),
            marks=0.0,
            max_marks=round(sum(most.values()), 4),
            flags=(what,),
            seconds=0.0,
            exercises=tuple(
                ExerciseReport(
                    id=exercise.id,
                    title=exercise.title,
                    asked=exercise.asked,
                    marks=0.0,
                    max_marks=most[exercise.id],
                    verdict=Verdict.ERROR,
                )
                for exercise in exercises
            ),
            identity=submission.identity,
        )


def grade_one(
    submission: Submission,
    lab: Lab,
    exercises: Sequence[Exercise],
    seed: int,
    limits: Limits,
    zygote: Zygote,
) -> Report:
    """Grade one submission in a worker of its own."""
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
    """Everything there is to know about a submission before it is marked."""
    begun = time.monotonic()
    source, flags = choose(submission, lab.functions, zygote.level)
    with private_copy(submission.root, submission.files) as folder:
        bench = WorkerBench(zygote, folder, source, lab.functions, limits, seed)
        try:
            budget = Budget(candidates=limits.repairs) if limits.repairs else None
            found = tuple(examine_exercise(exercise, bench, lab.functions, budget) for exercise in exercises)
            # Pictures last: whatever a call for one costs, no mark depends on it any more.
            found = tuple(map(partial(_illustrated, bench), exercises, found))
            flags += lab.compare(bench, {exercise.id: exercise.checks for exercise in found})
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
    """Judge and diagnose one exercise. Without a budget no repair is looked for."""
    results = judge(exercise, bench)
    return ExaminedExercise(
        id=exercise.id,
        checks=results,
        diagnoses=diagnose(exercise, functions, bench, results, budget),
        claims=exercise.claims(bench),
        answers=exercise.answers(bench),
    )


def _illustrated(bench: Bench, exercise: Exercise, found: ExaminedExercise) -> ExaminedExercise:
    """The findings with their pictures; one that cannot be drawn costs nothing else."""
    try:
        pictures = exercise.illustrate(bench, found.checks)
    except Exception as error:
        _log.error("pictures of %s failed: %r", exercise.id, error)
        return found
    return msgspec.structs.replace(found, pictures=pictures)


def assess(exercise: Exercise, lab: Lab, bench: Bench, budget: Budget | None = None) -> ExerciseReport:
    """Judge, diagnose and mark one exercise. Without a budget no repair is looked for."""
    return mark_exercise(exercise, examine_exercise(exercise, bench, lab.functions, budget), lab.rubric)


def _lost(failure: StatementFailure) -> str:
    what = ": ".join(part for part in (failure.type_name, failure.text) if part)
    return f"{failure.file} {failure.place} could not be run ({what}); the rest was."
