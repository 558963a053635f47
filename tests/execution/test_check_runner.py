"""From findings to marks, with invented checks: order, implied checks, costs, verdicts."""

import dataclasses
from collections.abc import Sequence

import msgspec
import pytest

from grader.core.observation import LoadReport, Observation, Probe, StatedValue
from grader.core.result import CheckResult, Finding, Outcome, Verdict
from grader.execution.check_runner import run_checks
from grader.lab import Bench, Check, Exercise, ExerciseRubric, Learned, Rubric
from grader.marking.marks import mark


@dataclasses.dataclass
class Asked:
    """A bench of a student who handed in nothing, which keeps in mind which checks were run."""

    checks: list[str] = dataclasses.field(default_factory=list)
    loaded: LoadReport = dataclasses.field(default_factory=lambda: LoadReport(None))
    stated_values: tuple[StatedValue, ...] = ()
    learned: Learned = dataclasses.field(default_factory=Learned)

    def locate(self, function: object) -> None:
        """Nothing is there."""

    def attempt(self, function: object) -> None:
        """Nothing is there."""

    def expect(self, probes: Sequence[Probe]) -> None:
        """No invented check asks for any."""

    def observe(self, probe: Probe) -> Observation:
        """No invented check asks for one."""
        raise AssertionError(probe)


def check(id: str, finding: Finding, needs: tuple[str, ...] = (), implied_by: tuple[str, ...] = ()) -> Check:
    """An invented check that always finds the same."""

    def run(bench: Bench) -> Finding:
        assert isinstance(bench, Asked)
        bench.checks.append(id)
        return finding

    return Check(id, f"The title of {id}", run, needs, implied_by)


def judged(*checks: Check) -> tuple[dict[str, CheckResult], list[str]]:
    """The results by id, and the checks that were really run, in order."""
    bench = Asked()
    exercise = Exercise("x", "X", "", checks, lambda bench, results: (), lambda results: "")
    results = run_checks(exercise, bench)
    assert [result.id for result in results] == [check.id for check in checks]
    return {result.id: result for result in results}, bench.checks


PASS, FAIL = Finding(Outcome.PASS), Finding(Outcome.FAIL, "It does not.")


def test_checks_run_in_their_order_and_keep_their_titles() -> None:
    results, run = judged(check("a", PASS), check("b", FAIL), check("c", PASS))
    assert run == ["a", "b", "c"]
    assert results["b"].title == "The title of b"
    assert results["b"].message == "It does not."


def test_everything_a_finding_says_reaches_the_result() -> None:
    said = Finding(Outcome.FAIL, "m", "g", "w", "t", "c", ("n",), "cost")
    result = judged(check("a", said))[0]["a"]
    assert {name: getattr(result, name) for name in Finding.__struct_fields__} == {
        name: getattr(said, name) for name in Finding.__struct_fields__
    }


def test_what_needs_a_failed_check_is_skipped_and_not_run() -> None:
    results, run = judged(check("a", FAIL), check("b", PASS, needs=("a",)), check("c", PASS, needs=("b",)))
    assert run == ["a"]
    assert [results[i].outcome for i in "abc"] == [Outcome.FAIL, Outcome.SKIPPED, Outcome.SKIPPED]
    assert "The title of a" in results["b"].message


def test_what_needs_nothing_that_failed_is_run_all_the_same() -> None:
    results, run = judged(check("a", FAIL), check("b", PASS))
    assert run == ["a", "b"]
    assert results["b"].outcome is Outcome.PASS


@pytest.mark.parametrize("outcome", [Outcome.ERROR, Outcome.MANUAL, Outcome.MISSING])
def test_what_is_open_is_handed_on_and_not_counted_as_wrong(outcome: Outcome) -> None:
    results, run = judged(
        check("a", Finding(outcome)), check("b", PASS, needs=("a",)), check("c", PASS, needs=("b",))
    )
    assert run == ["a"]
    assert {result.outcome for result in results.values()} == {outcome}


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.ERROR, Outcome.MANUAL, Outcome.MISSING])
def test_what_was_not_looked_at_names_the_check_it_waits_for(outcome: Outcome) -> None:
    results, _ = judged(
        check("a", PASS),
        check("b", Finding(outcome)),
        check("c", PASS, needs=("a", "b")),
        check("d", PASS, needs=("c",)),
    )
    assert [results[id].blocked_by for id in "abcd"] == [msgspec.UNSET, msgspec.UNSET, "b", "c"]


def test_our_own_fault_weighs_more_than_what_waits_for_a_person_or_is_missing() -> None:
    states = (FAIL, Finding(Outcome.MISSING), Finding(Outcome.MANUAL), Finding(Outcome.ERROR))
    for count in range(1, 5):
        checks = [check(str(i), state) for i, state in enumerate(states[:count])]
        last = judged(*checks, check("z", PASS, needs=tuple(c.id for c in checks)))[0]["z"]
        expected = (Outcome.SKIPPED, Outcome.MISSING, Outcome.MANUAL, Outcome.ERROR)[count - 1]
        assert last.outcome is expected


def test_a_check_that_breaks_is_our_fault_and_stops_nothing_else() -> None:
    def breaks(bench: Bench) -> Finding:
        raise ZeroDivisionError("ours")

    results, run = judged(Check("a", "A", breaks), check("b", PASS))
    assert results["a"].outcome is Outcome.ERROR
    assert "ZeroDivisionError" in results["a"].message
    assert "open until it is graded again" in results["a"].message
    assert run == ["b"]


def test_a_check_that_is_implied_is_not_run() -> None:
    results, run = judged(check("a", PASS), check("b", PASS), check("c", FAIL, implied_by=("a", "b")))
    assert run == ["a", "b"]
    assert results["c"].outcome is Outcome.PASS


def test_a_check_is_run_where_one_of_those_that_imply_it_failed() -> None:
    results, run = judged(check("a", PASS), check("b", FAIL), check("c", PASS, implied_by=("a", "b")))
    assert run == ["a", "b", "c"]
    assert results["c"].outcome is Outcome.PASS


def test_what_is_implied_still_needs_what_it_needs() -> None:
    results, run = judged(check("a", PASS), check("b", FAIL), check("c", PASS, ("b",), ("a",)))
    assert run == ["a", "b"]
    assert results["c"].outcome is Outcome.SKIPPED


# --- marks ------------------------------------------------------------------------------------------------

RUBRIC = Rubric(
    {"x": ExerciseRubric(2.0, {"a": 0.5, "b": 1.5, "free": 0.0})}, {"slow": 0.25, "harmless": 0.0}
)


def marked(
    a: Outcome, b: Outcome, free: Outcome = Outcome.PASS, costs: tuple[str, str, str] = ("", "", "")
) -> tuple[float, float, Verdict]:
    """The marks of three checks worth 0.5, 1.5 and nothing."""
    outcomes = zip(("a", "b", "free"), (a, b, free), costs, strict=True)
    return mark("x", tuple(CheckResult(outcome=o, id=i, title=i, cost=c) for i, o, c in outcomes), RUBRIC)


@pytest.mark.parametrize(
    ("a", "b", "marks", "verdict"),
    [
        (Outcome.PASS, Outcome.PASS, 2.0, Verdict.FULL),
        (Outcome.PASS, Outcome.FAIL, 0.5, Verdict.PARTIAL),
        (Outcome.FAIL, Outcome.PASS, 1.5, Verdict.PARTIAL),
        (Outcome.FAIL, Outcome.SKIPPED, 0.0, Verdict.NONE),
        (Outcome.MISSING, Outcome.MISSING, 0.0, Verdict.MISSING),
        (Outcome.FAIL, Outcome.MISSING, 0.0, Verdict.NONE),
        (Outcome.PASS, Outcome.MISSING, 0.5, Verdict.PARTIAL),
        (Outcome.PASS, Outcome.MANUAL, 0.5, Verdict.MANUAL),
        (Outcome.FAIL, Outcome.MANUAL, 0.0, Verdict.MANUAL),
        (Outcome.ERROR, Outcome.PASS, 1.5, Verdict.ERROR),
        (Outcome.FAIL, Outcome.ERROR, 0.0, Verdict.ERROR),
        (Outcome.MANUAL, Outcome.ERROR, 0.0, Verdict.ERROR),
        (Outcome.ERROR, Outcome.ERROR, 0.0, Verdict.ERROR),
    ],
)
def test_marks_and_verdict_follow_from_the_outcomes(
    a: Outcome, b: Outcome, marks: float, verdict: Verdict
) -> None:
    assert marked(a, b) == (marks, 2.0, verdict)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_check_worth_nothing_decides_nothing(outcome: Outcome) -> None:
    assert marked(Outcome.PASS, Outcome.PASS, free=outcome) == (2.0, 2.0, Verdict.FULL)
    assert marked(Outcome.MISSING, Outcome.MISSING, free=outcome)[2] is Verdict.MISSING


def test_a_sound_difference_costs_its_share_of_the_mark_once() -> None:
    once = marked(Outcome.PASS, Outcome.PASS, costs=("slow", "", ""))
    often = marked(Outcome.PASS, Outcome.PASS, costs=("slow", "slow", "slow"))
    assert once == often == (1.5, 2.0, Verdict.PARTIAL)


def test_a_difference_that_costs_nothing_leaves_full_marks() -> None:
    assert marked(Outcome.PASS, Outcome.PASS, costs=("harmless", "", ""))[2] is Verdict.FULL


def test_a_failed_check_is_not_charged_twice() -> None:
    assert marked(Outcome.PASS, Outcome.FAIL, costs=("", "slow", ""))[0] == 0.5


def test_costs_never_take_more_than_there_is() -> None:
    assert marked(Outcome.FAIL, Outcome.FAIL, costs=("", "", "slow")) == (0.0, 2.0, Verdict.NONE)


def test_tenths_add_up_to_full_marks() -> None:
    checks = {str(number): 0.1 for number in range(10)}
    rubric = Rubric({"x": ExerciseRubric(1.0, checks)}, {})
    results = tuple(CheckResult(outcome=Outcome.PASS, id=i, title=i) for i in checks)
    assert mark("x", results, rubric) == (1.0, 1.0, Verdict.FULL)
