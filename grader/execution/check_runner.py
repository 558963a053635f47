"""Run an exercise's checks in the order of their dependencies.

A check is skipped if one that it needs did not pass; a fault in the grader or a check that waits for a person
is passed on as such, so that no marks are added or taken unseen.
"""

import logging
from collections.abc import Iterator
from typing import Final

from grader.core.escaping import in_short
from grader.core.result import CheckResult, Finding, Outcome
from grader.execution.missing_packages import missing_package
from grader.execution.our_limits import our_limit
from grader.lab.spec import Bench, Check, Exercise

__all__ = ["iter_check_results", "needed_by", "run_checks"]

_log: Final = logging.getLogger("grader")

_INHERITED: Final = (Outcome.ERROR, Outcome.MANUAL, Outcome.MISSING)


def run_checks(exercise: Exercise, bench: Bench) -> tuple[CheckResult, ...]:
    """The result of every check of the exercise, in order."""
    return tuple(iter_check_results(exercise, bench))


def needed_by(exercise: Exercise, check: Check) -> tuple[Check, ...]:
    """The checks that one rests on, also through others, in the exercise's order.

    What they learn of a student's function decides how the check asks; without them it may ask what the function refuses.
    """
    by_id = {other.id: other for other in exercise.checks}
    found: set[str] = set()
    left = list(check.needs)
    while left:
        need = left.pop()
        if need not in found:
            found.add(need)
            left += by_id[need].needs
    return tuple(other for other in exercise.checks if other.id in found)


def iter_check_results(exercise: Exercise, bench: Bench) -> Iterator[CheckResult]:
    """The same one by one: a check runs when its result is requested."""
    results: dict[str, CheckResult] = {}
    for check in exercise.checks:
        finding = _finding(check, bench, results)
        results[check.id] = CheckResult(
            id=check.id,
            title=check.title,
            **{name: getattr(finding, name) for name in Finding.__struct_fields__},
        )
        yield results[check.id]


def _finding(check: Check, bench: Bench, results: dict[str, CheckResult]) -> Finding:
    blocking = [results[need] for need in check.needs if results[need].outcome is not Outcome.PASS]
    if blocking:
        return _blocked(blocking)
    implying = [results[other] for other in check.implied_by]
    if implying and all(result.outcome is Outcome.PASS for result in implying):
        return Finding(outcome=Outcome.PASS, message="Follows from the checks before.")
    try:
        return _or_ours(_or_absent(_or_unread(check.run(bench), bench), bench), bench)
    except Exception as error:
        _log.error("check %s failed: %s", check.id, in_short(error))
        return Finding(
            outcome=Outcome.ERROR,
            message=f"The grader itself failed here ({type(error).__name__}). "
            "Its marks are open until it is graded again or a person decides; please report it.",
        )


def _or_unread(finding: Finding, bench: Bench) -> Finding:
    """A missing part may be where only a person can read it: then the check must not be called missing, or lost."""
    source = bench.loaded.source
    if source is None or not source.unread:
        return finding
    if finding.outcome is Outcome.FAIL and finding.remedy:
        message = f"{finding.message} {source.unread[0]}"
        return Finding(outcome=Outcome.MANUAL, message=message, wanted=finding.wanted)
    if finding.outcome is not Outcome.MISSING:
        return finding
    return Finding(outcome=Outcome.MANUAL, message=source.unread[0], wanted=finding.wanted)


def _or_absent(finding: Finding, bench: Bench) -> Finding:
    """A failure due to a package that is not installed here is not the student's mistake."""
    loaded, package = bench.loaded, ""
    if finding.outcome is Outcome.FAIL:
        package = missing_package(loaded, finding.message)
    elif finding.outcome is Outcome.MISSING:
        lost = (failure.text for failure in loaded.failures if failure.type_name == "NameError")
        package = next(filter(None, (missing_package(loaded, text) for text in lost)), "")
    if not package:
        return finding
    there = f"{finding.message} " if finding.outcome is Outcome.FAIL else ""
    message = (
        f"{there}It needs `{package}`, which is not installed where this was graded: install it there and grade again, "
        "or have a person look."
    )
    return Finding(outcome=Outcome.MANUAL, message=message, notes=finding.notes)


def _or_ours(finding: Finding, bench: Bench) -> Finding:
    """What this grader could not read or run is not the student's mistake either."""
    limit = our_limit(finding, bench.loaded)
    if not limit:
        return finding
    return Finding(
        outcome=Outcome.MANUAL,
        message=f"{finding.message} {limit}",
        wanted=finding.wanted,
        notes=finding.notes,
    )


def _blocked(blocking: list[CheckResult]) -> Finding:
    for outcome in _INHERITED:
        for result in blocking:
            if result.outcome is outcome:
                message = f"Could not be looked at: see “{result.title}”."
                return Finding(outcome=outcome, message=message, blocked_by=result.id)
    first = blocking[0]
    return Finding(outcome=Outcome.SKIPPED, message=f"Waits for “{first.title}”.", blocked_by=first.id)
