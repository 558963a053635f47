"""The aim of a repair: the check that failed first, and all checks that must pass."""

from collections.abc import Collection, Sequence

from grader.core.frozen import Frozen
from grader.core.result import CheckResult, Outcome
from grader.diagnosis.recording_bench import RecordingBench, recorded
from grader.execution.bench import Key, WorkerBench, key_of
from grader.execution.check_runner import needed_by
from grader.lab.spec import Bench, Check, Exercise, Function, Located

__all__ = ["RepairAim", "repair_aim"]


class RepairAim(Frozen, frozen=True):
    """The aim of a repair."""

    check: Check
    """The check that failed first."""
    before: tuple[Check, ...]
    """Checks to run first on every program, because the calls of `check` depend on what they learned."""
    required: frozenset[str]
    """The checks that must pass."""
    located: tuple[tuple[Function, Located], ...]
    suspected: frozenset[int]
    """Lines that raised an error."""


def repair_aim(
    exercise: Exercise,
    functions: Sequence[Function],
    bench: WorkerBench,
    results: Sequence[CheckResult],
    counted: Collection[str] | None,
) -> RepairAim | None:
    """The aim for a program with these results; None if editing a function can fix no failed check."""
    by_id = {check.id: check for check in exercise.checks}
    left_aside: set[str] = set()
    first: Check | None = None
    located: dict[str, tuple[Function, Located]] = {}
    for result in results:
        if result.outcome in (Outcome.MISSING, Outcome.MANUAL, Outcome.ERROR):
            left_aside.add(result.id)
        if result.outcome is not Outcome.FAIL:
            continue
        check = by_id[result.id]
        watch, _ = recorded(check, needed_by(exercise, check), bench)
        for function in functions:
            theirs = bench.locate(function) if function.name in watch.functions else None
            if theirs is not None:
                located[function.name] = (function, theirs)
        if watch.read_stated_values or not located:
            left_aside.add(result.id)
        elif first is None:
            first = check
    if first is None:
        return None
    required = {
        result.id
        for result in results
        if result.outcome is Outcome.FAIL or counted is None or result.id in counted
    }
    before = _before(first, needed_by(exercise, first), bench)
    watch, _ = recorded(first, before, bench)
    return RepairAim(
        first, before, frozenset(required - left_aside), tuple(located.values()), frozenset(watch.raised)
    )


def _before(check: Check, needed: tuple[Check, ...], bench: Bench) -> tuple[Check, ...]:
    """The needed checks without which `check` would make other calls or have another finding.

    Usually there are none, which saves their calls for every edited program.
    """
    asked, wanted = recorded(check, needed, bench)

    def is_same(before: Sequence[Check]) -> bool:
        watch, finding = recorded(check, before, bench)
        return finding == wanted and _probes(watch) == _probes(asked)

    if is_same(()):
        return ()
    kept = list(needed)
    for other in needed:
        rest = [one for one in kept if one is not other]
        if is_same(rest):
            kept = rest
    return tuple(kept)


def _probes(watch: RecordingBench) -> list[Key]:
    return [key_of(probe) for probe, _ in watch.seen]
