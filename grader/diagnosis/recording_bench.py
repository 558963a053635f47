"""A bench that records how a check uses it: the functions, the calls, and the lines that raised errors."""

from collections.abc import Iterable, Sequence

from grader.core.observation import LoadReport, Observation, Probe, StatedValue
from grader.core.result import Finding, Outcome
from grader.lab.learned import Learned
from grader.lab.spec import Bench, Check, Function, Located

__all__ = ["RecordingBench", "recorded"]


def recorded(check: Check, before: Iterable[Check], bench: Bench) -> tuple["RecordingBench", Finding]:
    """Run a check after others on a recording bench; return the bench, with its own calls, and the finding.

    If one of the others does not pass, its finding is returned.
    """
    watch = RecordingBench(bench)
    for other in before:
        finding = other.run(watch)
        if finding.outcome is not Outcome.PASS:
            return watch, finding
    watch.forget()
    return watch, check.run(watch)


class RecordingBench:
    """A bench that records what a check uses."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self.learned = Learned()
        self.forget()

    def forget(self) -> None:
        """Delete the records."""
        self.read_stated_values = False
        self.functions: dict[str, None] = {}
        self.raised: set[int] = set()
        self.seen: list[tuple[Probe, Observation]] = []

    @property
    def loaded(self) -> LoadReport:
        """The result of executing the file."""
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
        """The student's version of a function, or an attempt at it, or None."""
        self.functions[function.name] = None
        return self._bench.attempt(function)

    def expect(self, probes: Sequence[Probe]) -> None:
        """Do nothing: only actual calls show what the checks need."""

    def observe(self, probe: Probe) -> Observation:
        """Make one call."""
        self.functions[probe.function] = None
        observation = self._bench.observe(probe)
        self.seen.append((probe, observation))
        line = getattr(observation, "line", None)
        if isinstance(line, int):
            self.raised.add(line)
        return observation
