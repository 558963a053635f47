"""A bench that records what a check asks of it: which functions, which calls, which lines raised."""

from collections.abc import Iterable, Sequence

from grader.core.observation import LoadReport, Observation, Probe, StatedValue
from grader.core.result import Finding, Outcome
from grader.lab.learned import Learned
from grader.lab.spec import Bench, Check, Function, Located

__all__ = ["RecordingBench", "recorded"]


def recorded(check: Check, before: Iterable[Check], bench: Bench) -> tuple["RecordingBench", Finding]:
    """What a check finds on a bench of its own after others, and what it looked at; what the others looked at is left out.

    Where one of the others does not pass, that is what is found.
    """
    watch = RecordingBench(bench)
    for other in before:
        finding = other.run(watch)
        if finding.outcome is not Outcome.PASS:
            return watch, finding
    watch.forget()
    return watch, check.run(watch)


class RecordingBench:
    """A bench that notes what a check looks at."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self.learned = Learned()
        self.forget()

    def forget(self) -> None:
        """Start the notes anew."""
        self.read_stated_values = False
        self.functions: dict[str, None] = {}
        self.raised: set[int] = set()
        self.seen: list[tuple[Probe, Observation]] = []

    @property
    def loaded(self) -> LoadReport:
        """What came of executing the file."""
        return self._bench.loaded

    @property
    def stated_values(self) -> tuple[StatedValue, ...]:
        """Every number and matrix that the student states."""
        self.read_stated_values = True
        return self._bench.stated_values

    def locate(self, function: Function) -> Located | None:
        """The student's version of a function, or None."""
        self.functions[function.name] = None
        return self._bench.locate(function)

    def attempt(self, function: Function) -> Located | None:
        """The student's version of a function, or what tries to be it, or None."""
        self.functions[function.name] = None
        return self._bench.attempt(function)

    def expect(self, probes: Sequence[Probe]) -> None:
        """Nothing: only what is asked for is a sign of what the checks need."""

    def observe(self, probe: Probe) -> Observation:
        """Make one call."""
        self.functions[probe.function] = None
        observation = self._bench.observe(probe)
        self.seen.append((probe, observation))
        line = getattr(observation, "line", None)
        if isinstance(line, int):
            self.raised.add(line)
        return observation
