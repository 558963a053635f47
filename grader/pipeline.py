"""The one place where the stages meet: submission → source → bench → checks → marks → report."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from functools import partial

import msgspec

from grader.bench import WorkerBench
from grader.choose import choose
from grader.errors import SandboxError
from grader.judge import judge
from grader.lab import Bench, Exercise, Lab
from grader.marks import mark
from grader.model import (
    CheckResult,
    Diagnosis,
    ExerciseReport,
    Outcome,
    Report,
    Submission,
    Verdict,
)
from grader.sandbox import Limits, Zygote, private_copy
from grader.style import style_notes
from grader.wording import A_PERSON_LOOKS, THE_GRADER_FAILED

__all__ = ["assess", "grade_all", "grade_one"]

_log = logging.getLogger("grader")


def grade_all(
    submissions: Sequence[Submission],
    lab: Lab,
    exercises: Sequence[Exercise],
    seed: int,
    limits: Limits,
    jobs: int,
    started: Callable[[Submission], None] = lambda submission: None,
) -> Iterator[Report]:
    """Grade every submission on `jobs` workers and yield the reports as they finish.

    Leaving the iteration early, also by an interrupt, ends all workers; what was yielded is whole.
    """
    with Zygote() as zygote:
        pool = ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="grade")
        try:
            pending: list[Future[Report]] = []
            for submission in submissions:

                def work(submission: Submission = submission) -> Report:
                    started(submission)
                    return _grade_safely(submission, lab, exercises, seed, limits, zygote)

                pending.append(pool.submit(work))
            for future in as_completed(pending):
                yield future.result()
        finally:
            zygote.close()
            pool.shutdown(wait=True, cancel_futures=True)


def _grade_safely(
    submission: Submission,
    lab: Lab,
    exercises: Sequence[Exercise],
    seed: int,
    limits: Limits,
    zygote: Zygote,
) -> Report:
    """One student's trouble never costs another's result: what fails here is our fault, and flagged."""
    try:
        return grade_one(submission, lab, exercises, seed, limits, zygote)
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
    begun = time.monotonic()
    source, flags = choose(submission, lab.functions)
    with private_copy(submission.root, submission.files) as folder:
        bench = WorkerBench(zygote, folder, source, lab.functions, limits, seed)
        try:
            judged = tuple(assess(exercise, lab, bench) for exercise in exercises)
            # Pictures last: whatever a call for one costs, no mark depends on it any more.
            judged = tuple(map(partial(_illustrated, bench), exercises, judged))
        finally:
            bench.close()
    loaded = bench.loaded
    flags += loaded.notes
    if loaded.problem:
        flags += (loaded.problem,)
    flags += tuple(
        _lost(source.name if source else "", failure.line, failure.type_name, failure.text)
        for failure in loaded.failures[:5]
    )
    flags += tuple(f"{report.id}: {A_PERSON_LOOKS}" for report in judged if report.verdict is Verdict.MANUAL)
    flags += tuple(
        f"{report.id}: {THE_GRADER_FAILED}" for report in judged if report.verdict is Verdict.ERROR
    )
    return Report(
        student=submission.student,
        files=tuple(file.relative_to(submission.root).as_posix() for file in submission.files),
        marks=round(sum(report.marks for report in judged), 4),
        max_marks=round(sum(report.max_marks for report in judged), 4),
        flags=tuple(dict.fromkeys(flags)),
        seconds=round(time.monotonic() - begun, 3),
        exercises=judged,
        style=style_notes(source),
    )


def assess(exercise: Exercise, lab: Lab, bench: Bench) -> ExerciseReport:
    """Judge, diagnose and mark one exercise; pictures are drawn later."""
    results = judge(exercise, bench)
    failed = any(result.outcome is Outcome.FAIL for result in results)
    diagnoses = exercise.diagnose(bench, results) if failed else ()
    marks, most, verdict = mark(exercise.id, results, lab.rubric)
    return ExerciseReport(
        id=exercise.id,
        title=exercise.title,
        asked=exercise.asked,
        marks=marks,
        max_marks=most,
        verdict=verdict,
        next_step=_next_step(exercise, results, diagnoses) if verdict is not Verdict.FULL else "",
        notes=_notes(results),
        diagnoses=diagnoses,
        checks=results,
        claims=exercise.claims(bench),
    )


def _illustrated(bench: Bench, exercise: Exercise, report: ExerciseReport) -> ExerciseReport:
    """The report with its pictures; one that cannot be drawn costs nothing else."""
    try:
        pictures = exercise.illustrate(bench, report.checks)
    except Exception as error:
        _log.error("pictures of %s failed: %r", exercise.id, error)
        return report
    return msgspec.structs.replace(report, pictures=pictures)


def _next_step(exercise: Exercise, results: tuple[CheckResult, ...], diagnoses: tuple[Diagnosis, ...]) -> str:
    if diagnoses:
        return f"{diagnoses[0].title} Mend that first, then check again."
    return exercise.advice(results)


def _notes(results: Sequence[CheckResult]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note for result in results for note in result.notes))


def _lost(name: str, line: int, type_name: str, text: str) -> str:
    what = f"{type_name}: {text}" if type_name and text else type_name or text
    return f"{name} line {line} could not be run ({what}); the rest was."
