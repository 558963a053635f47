"""A whole class: what earlier runs found is marked again, the rest is examined, and reports come as they finish."""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from typing import Final

from grader.core.errors import SandboxError
from grader.core.escaping import in_short, visible
from grader.core.model import Report, Submission
from grader.grading.executor import Executor
from grader.grading.findings_cache import Cache
from grader.grading.run_plan import RunPlan
from grader.marking.findings import ExaminedSubmission
from grader.marking.report_builder import mark_submission
from grader.marking.ungraded_report import ungraded

__all__ = ["grade_all"]

_log: Final = logging.getLogger("grader")

AHEAD: Final = 2
"""Submissions given to the executor for each one it examines at a time: enough that no thread waits for work."""


def _ignore(submission: Submission) -> None:
    """Nobody wants to know."""


def grade_all(
    submissions: Sequence[Submission],
    plan: RunPlan,
    executor: Executor,
    *,
    cache: Cache | None = None,
    started: Callable[[Submission], None] = _ignore,
    reused: Callable[[Submission], None] = _ignore,
) -> Iterator[Report]:
    """Grade every submission and yield the reports as they finish.

    Cached findings come first and only have to be marked. Leaving the iteration early, for example by an
    interrupt, ends all workers; everything yielded is complete. The given executor is closed at the end;
    without one, `jobs` workers of this machine get the strongest isolation level that it supports.
    """
    pending: dict[Future[ExaminedSubmission], Submission] = {}
    try:
        waiting: list[Submission] = []
        for submission in submissions:
            report = _known(submission, plan, cache)
            if report is None:
                waiting.append(submission)
                continue
            reused(submission)
            yield report
        for submission in waiting:
            key = _key(submission, cache)
            future = executor.submit(submission, started)
            pending[future] = submission
            if cache is not None:
                future.add_done_callback(partial(_keep, cache, submission, key))
            if len(pending) >= AHEAD * executor.size:
                yield _next_report(pending, plan)
        while pending:
            yield _next_report(pending, plan)
    finally:
        executor.close()


def _next_report(pending: "dict[Future[ExaminedSubmission], Submission]", plan: RunPlan) -> Report:
    """Wait for one submission, take it out, and mark it.

    A failure for one student never affects another's result: it is a fault in the grader, and flagged.
    """
    done, _ = wait(pending, return_when=FIRST_COMPLETED)
    future = done.pop()
    submission = pending.pop(future)
    try:
        return mark_submission(submission, future.result(), plan.exercises, plan.lab.rubric)
    except SandboxError:
        raise
    except Exception as error:
        _log.error("submission %s failed: %s", visible(submission.student), in_short(error))
        files = tuple(file.name for file in submission.files)
        return ungraded(submission.student, files, submission.identity, plan.lab, plan.exercises, error)


def _keep(cache: Cache, submission: Submission, key: str, done: "Future[ExaminedSubmission]") -> None:
    """Cache findings as soon as they are ready, if the files are still the same as before they were read."""
    if done.cancelled() or done.exception() is not None:
        return
    try:
        if done.result().is_sound and key and _key(submission, cache) == key:
            cache.put(key, done.result())
    except Exception as error:  # whatever cannot be cached is computed again
        _log.error("findings of %s were not cached: %s", visible(submission.student), in_short(error))


def _known(submission: Submission, plan: RunPlan, cache: Cache | None) -> Report | None:
    """The report from cached findings; None if they cannot be marked."""
    key = _key(submission, cache)
    if cache is None or not key:
        return None
    try:
        kept = cache.get(key)
        if kept is None:
            return None
        return mark_submission(submission, kept, plan.exercises, plan.lab.rubric)
    except Exception as error:
        _log.error("cached findings of %s were not used: %s", visible(submission.student), in_short(error))
        return None


def _key(submission: Submission, cache: Cache | None) -> str:
    """The key of its entry in the cache; empty if it can have none."""
    try:
        return cache.key(submission) if cache is not None else ""
    except OSError:
        return ""
