"""Each mistake that a lab names gets the line of the edit that fixes it, whatever their order."""

from collections.abc import Callable
from functools import partial

import pytest

from grader import protocol
from grader.core.observation import Probe
from grader.core.result import CheckResult, Diagnosis, Finding, Outcome
from grader.diagnosis.diagnose import diagnose
from grader.diagnosis.edits import Edit, Replacement, without_each
from grader.diagnosis.repair_types import Budget
from grader.execution.check_runner import run_checks
from grader.lab import Bench, Check, Exercise
from tests.support.workers import WORK, OpenBench


def _value(bench: Bench, given: int) -> object:
    observation = bench.observe(Probe("work", {"A": given}, seed=1))
    number = observation.value if isinstance(observation, protocol.Returned) else None
    return number.value if isinstance(number, protocol.Number) else None


def _gives(given: int, wanted: int, bench: Bench) -> Finding:
    value = _value(bench, given)
    return Finding(outcome=Outcome.PASS if value == wanted else Outcome.FAIL, got=str(value))


def _intercept(bench: Bench) -> bool:
    return _value(bench, 0) != 0


def _slope(bench: Bench) -> bool:
    start, end = _value(bench, 0), _value(bench, 3)
    return isinstance(start, int) and isinstance(end, int) and end - start != 6


def _always(bench: Bench) -> bool:
    return True


MISTAKES: dict[str, Callable[[Bench], bool]] = {"intercept": _intercept, "slope": _slope, "always": _always}


def _naming(*mistakes: str) -> Exercise:
    """Twice the argument is asked for; these mistakes are named where they are seen, in this order."""

    def named(bench: Bench, results: tuple[CheckResult, ...]) -> tuple[Diagnosis, ...]:
        return tuple(
            Diagnosis(id=name, title=name, message="", line=1) for name in mistakes if MISTAKES[name](bench)
        )

    checks = (
        Check("nothing", "Twice nothing is nothing", partial(_gives, 0, 0)),
        Check("three", "Twice three is six", partial(_gives, 3, 6)),
    )
    return Exercise("double", "Double", "", checks, named, lambda results: "")


def _diagnosed(open_bench: OpenBench, code: str, *mistakes: str) -> list[tuple[str, int | None, bool, bool]]:
    exercise, bench = _naming(*mistakes), open_bench(code)
    told = diagnose(exercise, (WORK,), bench, run_checks(exercise, bench), Budget(wanted=1))
    return [(one.id, one.line, one.verified, bool(one.repair)) for one in told]


TWO_SLIPS = """\
def work(A):
    total = 5
    for i in range(1, A):
        total += 2
    return total
"""


@pytest.mark.parametrize("order", [("intercept", "slope"), ("slope", "intercept")])
def test_two_mistakes_have_the_lines_of_their_own_edits_in_any_order(
    open_bench: OpenBench, order: tuple[str, str]
) -> None:
    told = {name: line for name, line, _, _ in _diagnosed(open_bench, TWO_SLIPS, *order)}
    assert told == {"intercept": 2, "slope": 3}


def test_a_mistake_that_the_repair_leaves_keeps_the_line_it_was_named_with(open_bench: OpenBench) -> None:
    told = _diagnosed(open_bench, TWO_SLIPS, "always", "slope", "intercept")
    assert told == [("always", 1, False, False), ("slope", 3, True, True), ("intercept", 2, True, False)]


def test_a_repair_of_none_of_the_mistakes_named_speaks_for_itself(open_bench: OpenBench) -> None:
    told = _diagnosed(open_bench, "def work(A):\n    shift = 0\n    return A - A + shift\n", "always")
    assert told == [("always", 1, False, False), ("slip-operator", 3, True, True)]


def _edit(line: int, column: int, end: int, text: str) -> Edit:
    return Edit("constant", line, "", 1, (Replacement(line, column, line, end, text),))


def test_each_of_two_edits_can_be_left_out() -> None:
    inserted = Edit("missing", 1, "", 1, (Replacement(1, 0, 1, 0, "top = 0\n"),))
    made = (inserted, _edit(3, 4, 5, "7"))
    assert without_each("a = 1\nb = 2\nc = 3", made) == (
        "a = 1\nb = 7\nc = 3",
        "top = 0\na = 1\nb = 2\nc = 3",
    )


def test_an_edit_of_what_another_has_written_cannot_be_made_without_it() -> None:
    assert without_each("a = 1\nb = 2", (_edit(1, 4, 5, "10"), _edit(1, 5, 6, "5"))) == ()
