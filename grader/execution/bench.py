"""Where checks make their observations: it finds a student's functions, calls them as the student wrote them,
and makes every call only once.

The bench stores its observations, so a lab's checks may ask for the same one as often as they like.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec
import numpy as np

from grader import protocol
from grader.core.observation import Died, LoadReport, Observation, Probe, StatedValue, Uncallable
from grader.core.submission import Place, Source
from grader.execution import load_report
from grader.execution.bench_context import BenchContext
from grader.execution.program import MAX_RESTARTS, Program, Workers
from grader.lab import call_binding
from grader.lab.learned import Learned
from grader.lab.spec import Binding, Function, Located
from grader.sandbox.allowance import Spending

__all__ = ["Key", "WorkerBench", "as_wire", "key_of", "values_of"]

Key: TypeAlias = tuple[object, ...]
"""What distinguishes one call from every other."""


MAX_SENT: Final = protocol.MAX_NUMBERS // 2
"""Numbers in one argument of a probe: its value after the call is returned beside the result."""

_FULL: Final = Died("memory", "all that it returned together is more than is kept")
_SMALL: Final = 200
"""Approximate size of an observation that is a sentence."""


class _Prepared(NamedTuple):
    call: protocol.Call
    names: tuple[str, ...]
    """The sheet's names of the arguments, as the probe gives them."""
    order: tuple[str, ...]
    """The same, in the order in which the student's function receives them."""


class WorkerBench:
    """Observations of one submission, made in worker processes. Not shared between threads."""

    restarts = MAX_RESTARTS
    counts_lines = False
    """Whether returned calls say how many lines of the file they ran."""
    states = True
    """Whether the values that the submission states are needed, including those of its other programs."""

    def __init__(self, context: BenchContext, spending: Spending | None = None) -> None:
        self.context = context
        """What it works with."""
        self._arrays = arrays_of(context.source)
        self._functions = {function.name: function for function in context.functions}
        self.spending = spending or Spending(context.limits)
        """What the submission has left."""
        self._program: Program | None = None
        self._seen: dict[Key, Observation] = {}
        self._found: dict[str, tuple[int, tuple[str, ...]] | None] = {}
        self._bindings: dict[tuple[str, int], Binding] = {}
        self._recognitions: dict[tuple[str, int], Observation] = {}
        self._learned = Learned()
        self._loaded = self._load()

    @property
    def loaded(self) -> LoadReport:
        """The result of executing the student's file."""
        return self._loaded

    @property
    def stated_values(self) -> tuple[StatedValue, ...]:
        """Every number and matrix that the student states."""
        return self._loaded.stated_values

    @property
    def learned(self) -> Learned:
        """What checks learned about the submission so far."""
        return self._learned

    def locate(self, function: Function) -> Located | None:
        """The student's version of a function, or None."""
        found = self._find(function)
        if found is None:
            return None
        number, notes = found
        info = self._loaded.functions[number]
        bound = self._bound(function, number)
        supplied = [
            f"`{p.name}`"
            for p in function.parameters
            if p.default is not None and p.name in bound.without_default
        ]
        if supplied:
            notes += (
                f"`{info.name}` has no default for {', '.join(supplied)}; the sheet's default was used.",
            )
        if info.within is not None:
            notes += (
                f"`{info.name}` is nested inside `{info.within}`, where nothing else can call it; it was checked as if it "
                "were a top-level function.",
            )
        values = {parameter.name: parameter.default for parameter in info.parameters}
        defaults = tuple((slot.ours, values[slot.theirs] or "") for slot in bound.slots if slot.has_default)
        place = self._place(info.line)
        return Located(
            info.name,
            place.line,
            notes,
            bound,
            defaults,
            place=place.words,
            file=place.file,
            made_with=info.made_with,
            shared=info.shared,
            arrays=self._arrays or function.arrays,
        )

    def attempt(self, function: Function) -> Located | None:
        """The student's version of a function, otherwise one that attempts it and fails, or None."""
        if self._find(function) is None and function.mistaken is not None:
            others = [self._find(other) for other in self._functions.values()]
            self._found[function.name] = self._find_by_behaviour(
                function, function.mistaken, {found[0] for found in others if found is not None}
            )
        return self.locate(function)

    def observe(self, probe: Probe) -> Observation:
        """Make one call, or return the result of the first time."""
        key = key_of(probe)
        if key not in self._seen:
            if self.spending.is_full:
                return _FULL
            self._seen[key] = self._remembered(self._observe(probe))
        return self._seen[key]

    def expect(self, probes: Sequence[Probe]) -> None:
        """Make calls one after the other. A call that cannot be made, or that comes after a death, is left
        until it is needed."""
        for probe in probes:
            if isinstance(self.observe(probe), Died | Uncallable):
                return

    def _find(self, function: Function) -> tuple[int, tuple[str, ...]] | None:
        """The number of the student's version: by name, otherwise by behaviour."""
        if function.name not in self._found:
            self._found[function.name] = call_binding.find(
                function, self._loaded.functions
            ) or self._find_by_behaviour(function, function.recognise, self._named_as_others(function))
        return self._found[function.name]

    def _named_as_others(self, function: Function) -> set[int]:
        """Numbers of functions that bear the very name of another of the lab's: they are that one, whatever they give."""
        others = self._functions.keys() - {function.name}
        return {number for number, info in enumerate(self._loaded.functions) if info.name in others}

    def _find_by_behaviour(
        self,
        function: Function,
        recognise: Callable[[Observation], bool] | None,
        others: Collection[int] = (),
    ) -> tuple[int, tuple[str, ...]] | None:
        """The last function that is recognised, except the `others`; methods and nested functions come last, and after
        them those that the sheet has for something else."""
        if recognise is None:
            return None
        numbers = range(len(self._loaded.functions))
        last = {call_binding.normalised(name) for name in function.considered_last}

        def order(number: int) -> tuple[bool, bool, int]:
            info = self._loaded.functions[number]
            return call_binding.normalised(info.name) in last, _is_inside(info), -number

        for number in sorted(numbers, key=order):
            info = self._loaded.functions[number]
            if number in others or not call_binding.fits_arity(function, info):
                continue
            observation = self._tried(function, number)
            if observation is None or isinstance(observation, Died):
                return None
            if recognise(observation):
                note = f"Found as `{info.name}` by what it does; the sheet calls it `{function.name}`."
                return number, (note,)
        return None

    def _tried(self, function: Function, number: int) -> Observation | None:
        """The answer of one of the student's functions to the trial of a function; made once."""
        if function.trial is None:
            return None
        key = function.name, number
        if key not in self._recognitions:
            taken = self._bound(function, number).taken
            values = values_of(function, function.trial, self._arrays)
            given = {name: value for name, value in values.items() if name in taken}
            self._recognitions[key] = self._remembered(self._call(function, number, function.trial, given))
        return self._recognitions[key]

    def _bound(self, function: Function, number: int) -> Binding:
        key = (function.name, number)
        if key not in self._bindings:
            self._bindings[key] = call_binding.bind(function, self._loaded.functions[number].parameters)
        return self._bindings[key]

    def _observe(self, probe: Probe) -> Observation:
        function = self._functions[probe.function]
        found = self._find(function)
        if found is None:
            return Uncallable(f"there is no function `{probe.function}`")
        return self._call(function, found[0], probe, values_of(function, probe, self._arrays))

    def _remembered(self, observation: Observation) -> Observation:
        """The observation, if there is still room for it."""
        size = (
            protocol.kept_bytes(observation)
            if isinstance(observation, protocol.Returned | protocol.Raised)
            else _SMALL
        )
        return observation if self.spending.hold(size) else _FULL

    def _call(
        self, function: Function, number: int, probe: Probe, values: Mapping[str, protocol.Value]
    ) -> Observation:
        prepared = self._prepared(function, number, probe, values)
        if isinstance(prepared, Uncallable):
            return prepared
        assert self._program is not None  # where a function was found, a program was loaded
        return self._understood(prepared, self._program.ask(prepared.call, self._seconds(probe)))

    def _prepared(
        self, function: Function, number: int, probe: Probe, values: Mapping[str, protocol.Value]
    ) -> "_Prepared | Uncallable":
        split = call_binding.arguments(function, self._bound(function, number), values, as_wire)
        if isinstance(split, str):
            return Uncallable(split)
        positional, named, order = split
        call = protocol.Call(
            function=number,
            positional=tuple(positional),
            named=named,
            seed=probe.seed,
            counted=self.counts_lines,
        )
        return _Prepared(call, tuple(values), order)

    def _seconds(self, probe: Probe) -> float:
        seconds = self.context.limits.call_seconds
        return seconds if probe.seconds is None else min(seconds, probe.seconds)

    def _understood(self, prepared: "_Prepared", reply: protocol.Reply | Died) -> Observation:
        if isinstance(reply, protocol.Raised):
            if reply.line is None:
                return msgspec.structs.replace(reply, place="")
            place = self._place(reply.line)
            return msgspec.structs.replace(reply, line=place.line, place=place.words)
        if isinstance(reply, protocol.Returned):
            if len(reply.after) != len(prepared.order):
                return Died("protocol", "the worker answered about other arguments than it was given")
            after = dict(zip(prepared.order, reply.after, strict=True))
            return msgspec.structs.replace(reply, after=tuple(after[name] for name in prepared.names))
        if isinstance(reply, Died):
            return reply
        return Died("protocol", "the worker answered something else")

    def _load(self) -> LoadReport:
        context, source = self.context, self.context.source
        if source is None:
            return LoadReport(None)
        if source.problem or not source.code.strip():
            return load_report.stated_without_running(context.fork_server.readers, source)
        program = Program(self._workers(), source, context.limits, context.seed, self.restarts)
        self._program = program
        if not self.states:
            return load_report.load(program, source, (), self.spending)
        return load_report.load(program, source, source.beside, self.spending, context.fork_server.readers)

    def _workers(self) -> Workers:
        return Workers(self.context, self.spending.calls, self.spending.files)

    def _place(self, line: int) -> Place:
        source = self.context.source
        return source.place(line) if source is not None else Place("", line, f"line {line}")

    def worker_cpu(self) -> float:
        """CPU seconds that the current worker has used; 0 if there is none."""
        return self._program.cpu() if self._program is not None else 0.0

    def close(self) -> None:
        """End the worker."""
        if self._program is not None:
            self._program.close()


def _is_inside(info: protocol.FunctionInfo) -> bool:
    """Whether it is defined in a class or in another function."""
    return "." in info.name or info.within is not None


def key_of(probe: Probe) -> Key:
    """The key of a call: cheaper than its message, because most calls are asked for twice."""
    return probe.function, probe.seed, probe.attempt, *map(_told_apart, probe.arguments.items())


def _told_apart(argument: tuple[str, object]) -> Key:
    name, value = argument
    if isinstance(value, np.ndarray):
        return name, value.dtype, value.shape, value.tobytes()
    return name, type(value), value


def values_of(
    function: Function, probe: Probe, arrays: Literal["torch", "numpy"] | None = None
) -> dict[str, protocol.Value]:
    """The arguments of the call as the wire knows them, by their names on the sheet; `arrays` as the lab says, or these."""
    return {name: as_wire(value, arrays or function.arrays) for name, value in probe.arguments.items()}


def arrays_of(source: Source | None) -> Literal["numpy"] | None:
    """`numpy` where a program has nothing to do with torch: its functions add arrays to arrays, and not to tensors."""
    return "numpy" if source is not None and "numpy" in source.code and "torch" not in source.code else None


def as_wire(value: object, arrays: Literal["torch", "numpy"] = "torch") -> protocol.Value:
    """A probe's argument as a protocol value; `arrays` is the array type on the other side."""
    if isinstance(value, np.ndarray):
        if value.size > MAX_SENT:
            raise ValueError(f"a probe carries at most {MAX_SENT:,} numbers, not {value.size:,}")
        return protocol.Array(
            dtype=protocol.dtype_name(value.dtype),
            shape=value.shape,
            data=np.ascontiguousarray(value).tobytes(),
            origin=arrays,
        )
    if isinstance(value, bool | int | float):
        return protocol.Number(value=value)
    raise TypeError(f"a probe cannot carry {type(value).__name__}")
