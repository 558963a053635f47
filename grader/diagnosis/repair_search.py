"""Search for repairs of a wrong program: the smallest edits with which every check passes, each verified.

Edits are tried in the order of `grader.diagnosis.edits`, the likeliest slip first. Each edited program first
runs the check that failed. A program that passes it runs all checks again in a worker of its own. If one edit
is not enough, the programs that came further than the student's are edited once more. The search counts
programs and calls instead of time, so that it finds the same repairs on every machine.
"""

import difflib
import math
from collections.abc import Collection, Iterator, Sequence
from typing import Final, TypeAlias

import msgspec

from grader import protocol
from grader.core.frozen import Frozen
from grader.core.observation import Observation, Probe
from grader.core.result import CheckResult, Comparison, Finding, Outcome
from grader.diagnosis.candidate_bench import CandidateBench, CandidateRunner
from grader.diagnosis.edits import Edit, applied, edited, edits, moved_lines, sliced, without_each
from grader.diagnosis.recording_bench import recorded
from grader.diagnosis.repair_aim import RepairAim, repair_aim
from grader.diagnosis.repair_types import DEFAULT_BUDGET, Budget, EditLocation, Repair, SearchResult
from grader.execution.bench import WorkerBench
from grader.execution.check_runner import iter_check_results
from grader.lab.spec import Exercise, Function

__all__ = ["repairs", "search"]


CALL_SECONDS: Final = 0.5
"""The CPU time of a short call of an edited program, in seconds: a longer call is an endless loop."""

PATIENT_FACTOR: Final = 2.0
"""The factor for the time limit while the lines of the student's own program are counted."""

LINES_OF_A_CALL: Final = 300
"""The number of lines that take as long as the overhead of a call."""

MOST_LINES_OF_A_SHORT_CALL: Final = 10 * LINES_OF_A_CALL
"""A call that runs more lines does more than requested, such as a thousand epochs, and weighs more."""

EXTENDED: Final = 8
"""How many of the programs that came further to edit once more."""

NEAR: Final = 5e-5
"""Numbers that differ by at most this are equal to four decimals, as in messages for students."""

MAX_CODE: Final = 8_000
"""The most characters of a program to edit, without line ends: a solution has 2,000, and the number of edits
grows with the square."""

_PATIENCE: Final = 60
"""How many second edits to try on each of these programs before the next one."""


_Progress: TypeAlias = tuple[int, int, int, float]
"""How far a program came: the check that did not pass, the calls it made, and how close its result was."""


class _Version(Frozen, frozen=True):
    """An edited program: the edits so far and how far it came."""

    edits: tuple[Edit, ...]
    code: str
    progress: _Progress = (0, 0, 0, 0.0)


def repairs(
    exercise: Exercise,
    functions: Sequence[Function],
    bench: WorkerBench,
    results: Sequence[CheckResult],
    budget: Budget = DEFAULT_BUDGET,
    counted: Collection[str] | None = None,
) -> tuple[Repair, ...]:
    """The smallest verified repairs of the student's program, best first; empty if there is nothing to fix.

    `results` are those of `exercise.checks` on `bench`. Every check that is in `counted` (default: all) or
    that failed has to pass, except checks of values that the program only states.
    """
    return search(exercise, functions, bench, results, budget, counted).repairs


def search(
    exercise: Exercise,
    functions: Sequence[Function],
    bench: WorkerBench,
    results: Sequence[CheckResult],
    budget: Budget = DEFAULT_BUDGET,
    counted: Collection[str] | None = None,
) -> SearchResult:
    """The same repairs, with the cost of the search."""
    aim = repair_aim(exercise, functions, bench, results, counted)
    source = bench.loaded.source
    if aim is None or source is None or source.problem:
        return SearchResult(())
    runner = CandidateRunner(bench)
    try:
        return _Search(exercise, aim, bench, runner, budget).run()
    finally:
        runner.close()


class _Search:
    """One search, its attempts and its cost."""

    def __init__(
        self, exercise: Exercise, aim: RepairAim, bench: WorkerBench, runner: CandidateRunner, budget: Budget
    ) -> None:
        source = bench.loaded.source
        assert source is not None
        self._exercise, self._aim, self._bench, self._runner, self._budget = (
            exercise,
            aim,
            bench,
            runner,
            budget,
        )
        self._source = source
        self._code = source.code
        self._tried: set[str] = set()
        self._found: list[Repair] = []
        self._kept: set[frozenset[tuple[str, int]]] = set()
        self._first_at = 0
        self._echo: tuple[tuple[Probe, Observation], ...] = ()
        self._possible = 0
        back = {original: number for number, original in reversed(list(enumerate(source.lines, 1)))}
        self._suspected = frozenset(back.get(line, line) for line in aim.suspected)
        self._places = tuple(check.id for check in exercise.checks)

    def run(self) -> SearchResult:
        """Try single edits, then second edits of the programs that came further."""
        names = {located.name.split(".")[0] for _, located in self._aim.located}
        base, start = _Version((), ""), None
        for code in (sliced(self._code, names), self._code):
            if start is None and sum(len(line) for line in code.split("\n")) <= MAX_CODE:
                base = _Version((), code)
                start = self._screen(base)
        if start is None:
            return self._result()
        further: list[_Version] = []
        for version in self._versions(base):
            if self._spent():
                break
            progress = self._try(version)
            if progress is not None and progress > start:
                further.append(_Version(version.edits, version.code, progress))
        if not self._found:
            further.sort(key=lambda version: version.progress, reverse=True)
            for version in self._second(further[:EXTENDED]):
                if self._spent():
                    break
                self._try(version)
        return self._result()

    def _result(self) -> SearchResult:
        ranked = sorted(self._found, key=lambda repair: (len(repair.places), len(repair.costs)))
        runner = self._runner
        return SearchResult(tuple(ranked), runner.loads, runner.calls, runner.hangs, self._possible)

    def _versions(self, base: _Version) -> Iterator[_Version]:
        possible = edits(base.code, self._defaults(), self._suspected)
        self._possible = self._possible or len(possible)
        for edit, code in edited(base.code, self._tried, possible):
            yield _Version((*base.edits, edit), code)

    def _second(self, further: Sequence[_Version]) -> Iterator[_Version]:
        """Second edits of the programs that came further, a few of each in turn."""
        streams = [self._versions(version) for version in further]
        while streams:
            for stream in list(streams):
                for _ in range(_PATIENCE):
                    version = next(stream, None)
                    if version is None:
                        streams.remove(stream)
                        break
                    yield version

    def _defaults(self) -> dict[str, int | float]:
        """The required defaults, by the student's names of the parameters."""
        defaults: dict[str, int | float] = {}
        for function, located in self._aim.located:
            values = {p.name: p.default for p in function.parameters if p.default is not None}
            defaults |= {theirs: values[ours] for ours, theirs in located.names if ours in values}
        return defaults

    def _spent(self) -> bool:
        budget, runner = self._budget, self._runner
        if self._found and (
            len(self._found) >= budget.wanted or runner.loads - self._first_at >= budget.after
        ):
            return True
        return (
            runner.loads >= budget.candidates
            or runner.calls >= budget.calls
            or runner.hangs >= budget.hangs
            or runner.allowance.is_used_up
        )

    def _screen(self, version: _Version) -> _Progress | None:
        """How far the student's own program comes in this version; None if it does not fail."""
        candidate = self._runner.open(version.code, PATIENT_FACTOR * CALL_SECONDS, counts_lines=True)
        watch, finding = recorded(self._aim.check, self._aim.before, candidate)
        candidate.close()
        if finding.outcome is not Outcome.FAIL:
            return None
        self._runner.weight = _weight(watch.seen)
        self._echo = tuple((probe, _uncounted(seen)) for probe, seen in watch.seen)
        return self._place(self._aim.check.id), len(watch.seen), *_nearness(finding)

    def _echoes(self, candidate: CandidateBench) -> bool:
        """Whether all calls of the check have the same results as before, so that it would fail again."""
        return bool(self._echo) and all(candidate.observe(probe) == seen for probe, seen in self._echo)

    def _place(self, check: str) -> int:
        return self._places.index(check)

    def _try(self, version: _Version) -> _Progress | None:
        """Run one version; keep it if every check passes, and return how far it came."""
        if self._is_known(version):
            return None
        candidate = self._runner.open(version.code, CALL_SECONDS)
        if candidate.loaded.problem or self._echoes(candidate):
            candidate.close()
            return None
        watch, finding = recorded(self._aim.check, self._aim.before, candidate)
        candidate.close()
        if finding.outcome is not Outcome.PASS:
            return self._place(self._aim.check.id), len(watch.seen), *_nearness(finding)
        return self._verify(version)

    def _is_known(self, version: _Version) -> bool:
        """Whether there already is a repair of the same lines."""
        return _slips(version.edits) in self._kept

    def _verify(self, version: _Version) -> _Progress:
        candidate = self._runner.open_alone(version.code)
        results: list[CheckResult] = []
        try:
            for result in iter_check_results(self._exercise, candidate):
                results.append(result)
                if result.outcome is not Outcome.PASS and result.id in self._aim.required:
                    return self._place(result.id), 0, *_nearness(result)
            remaining = tuple(mistake.id for mistake in self._exercise.diagnose(candidate, tuple(results)))
        finally:
            candidate.close()
        self._keep(version, results, remaining)
        return len(self._places), 0, 0, 0.0

    def _keep(self, version: _Version, results: Sequence[CheckResult], remaining: tuple[str, ...]) -> None:
        passed = [result for result in results if result.outcome is Outcome.PASS]
        code, lines = self._code, tuple(range(1, self._code.count("\n") + 2))
        original = self._code.split("\n")
        places = []
        for edit in version.edits:
            number = lines[edit.line - 1]
            line = self._source.place(number).line or number
            places.append(EditLocation(edit.kind, line, original[number - 1], edit.sentence, number))
            lines = moved_lines(lines, edit)
            code = applied(code, edit)
        if not self._found:
            self._first_at = self._runner.loads
        self._kept.add(_slips(version.edits))
        self._found.append(
            Repair(
                places=tuple(places),
                diff=_diff(self._code, code, self._source.name),
                code=code,
                passed=len(passed),
                remaining=remaining,
                without=without_each(self._code, version.edits),
                costs=tuple(sorted({result.cost for result in passed} - {""})),
                candidates=self._runner.loads,
                calls=self._runner.calls,
            )
        )


def _weight(seen: Sequence[tuple[Probe, Observation]]) -> int:
    """The weight of a short call, by the number of lines that the student's own program executes in it."""
    short = [o.lines for probe, o in seen if probe.weight == 1 and isinstance(o, protocol.Returned)]
    lines = max(short, default=0)
    return lines // LINES_OF_A_CALL if lines > MOST_LINES_OF_A_SHORT_CALL else 1


def _uncounted(observation: Observation) -> Observation:
    if isinstance(observation, protocol.Returned):
        return msgspec.structs.replace(observation, lines=0)
    return observation


def _slips(made: Sequence[Edit]) -> frozenset[tuple[str, int]]:
    return frozenset((edit.kind, edit.line) for edit in made)


def _nearness(finding: Finding) -> tuple[int, float]:
    """How many returned numbers are as expected, and minus the sum of all distances."""
    compared = finding.compared
    if not isinstance(compared, Comparison) or not compared.observed:
        return 0, -math.inf
    if len(compared.observed) != len(compared.expected):
        return 0, -math.inf
    distances = [abs(x - y) for x, y in zip(compared.observed, compared.expected, strict=True)]
    if not all(map(math.isfinite, distances)):
        return 0, -math.inf
    return sum(distance <= NEAR for distance in distances), -sum(distances)


def _diff(before: str, after: str, name: str) -> str:
    lines = difflib.unified_diff(
        before.split("\n"), after.split("\n"), f"a/{name}", f"b/{name}", lineterm="", n=2
    )
    return "\n".join(lines)
