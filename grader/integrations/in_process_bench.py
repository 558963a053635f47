"""Observe functions in this very process: quick feedback in a notebook, never a mark.

A function is called as a worker would call it, so that it is judged the same way. Whatever a call changes in
the process (generators, default types, switches) is restored afterwards. The function itself can do anything,
which is why nothing observed here decides a mark.
"""

import contextlib
import inspect
import io
import random
import textwrap
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.random import bit_generator

from grader import protocol
from grader.core.observation import LoadReport, Observation, Probe, StatedValue, Uncallable
from grader.core.submission import Source
from grader.execution import stated_values
from grader.execution.bench import Key, as_wire, key_of, values_of
from grader.lab import call_binding
from grader.lab.learned import Learned
from grader.lab.spec import Binding, Function, Located
from grader.worker.function_info import describe
from grader.worker.module_loader import line_of, message_of
from grader.worker.request_loop import settle
from grader.worker.value_codec import from_wire, to_wire

__all__ = ["InProcessBench", "undisturbed"]


class InProcessBench:
    """A bench over functions given for the lab's functions by name, and over stated values by name."""

    def __init__(
        self,
        functions: tuple[Function, ...],
        given: Mapping[str, Callable[..., Any]],
        stated: Mapping[str, Any],
    ) -> None:
        self._functions = {function.name: function for function in functions}
        self._given = given
        self._bound: dict[str, tuple[protocol.FunctionInfo, Binding]] = {}
        for name, value in given.items():
            info = describe(getattr(value, "__name__", name), value, 1)
            if info is not None:
                self._bound[name] = (info, call_binding.bind(self._functions[name], info.parameters))
        variables = (protocol.Variable(name=name, value=to_wire(value)) for name, value in stated.items())
        code = "\n".join(_source(value) for value in given.values())
        count = code.count("\n") + 1
        self._loaded = LoadReport(
            Source(Path("notebook"), "this notebook", code, tuple(range(1, count + 1))),
            functions=tuple(info for info, _ in self._bound.values()),
            stated_values=tuple(stated_values.from_variables(variables)),
        )
        self._seen: dict[Key, Observation] = {}
        self._learned = Learned()

    @property
    def loaded(self) -> LoadReport:
        """The given functions and values, as if they came from a file."""
        return self._loaded

    @property
    def stated_values(self) -> tuple[StatedValue, ...]:
        """The values given."""
        return self._loaded.stated_values

    @property
    def learned(self) -> Learned:
        """What checks learned about the functions so far."""
        return self._learned

    def locate(self, function: Function) -> Located | None:
        """The function given for it, whatever its name."""
        if function.name not in self._bound:
            return None
        info, bound = self._bound[function.name]
        values = {parameter.name: parameter.default for parameter in info.parameters}
        defaults = tuple((slot.ours, values[slot.theirs] or "") for slot in bound.slots if slot.has_default)
        return Located(info.name, 1, (), bound, defaults, arrays=function.arrays)

    def attempt(self, function: Function) -> Located | None:
        """The same: the function to check is the given one."""
        return self.locate(function)

    def expect(self, probes: Sequence[Probe]) -> None:
        """Nothing: a single call costs no more."""

    def observe(self, probe: Probe) -> Observation:
        """Make one call, or return the result of the first time."""
        key = key_of(probe)
        if key not in self._seen:
            self._seen[key] = self._call(probe)
        return self._seen[key]

    def _call(self, probe: Probe) -> Observation:
        if probe.function not in self._bound:
            return Uncallable(f"there is no function `{probe.function}`")
        function, (_, bound) = self._functions[probe.function], self._bound[probe.function]
        values = values_of(function, probe)
        split = call_binding.arguments(function, bound, values, as_wire)
        if isinstance(split, str):
            return Uncallable(split)
        positional = [from_wire(value) for value in split[0]]
        named = {name: from_wire(value) for name, value in split[1].items()}
        called = self._given[probe.function]
        try:
            with undisturbed(probe.seed):
                value = to_wire(called(*positional, **named))
        except Exception as error:  # the student's own exception, of any kind
            file = getattr(getattr(called, "__code__", None), "co_filename", "")
            return protocol.Raised(
                type_name=type(error).__name__, text=message_of(error), line=line_of(error, file)
            )
        left = dict(zip(split[2], map(to_wire, (*positional, *named.values())), strict=True))
        return protocol.Returned(value=value, after=tuple(left[name] for name in values))


def _source(value: Callable[..., Any]) -> str:
    try:
        return textwrap.dedent(inspect.getsource(value))
    except (OSError, TypeError):
        return ""


@contextlib.contextmanager
def undisturbed(seed: int) -> Iterator[None]:
    """Seed and set everything as a worker does before a call; restore it afterwards, and print nothing."""
    generators = (torch.get_rng_state(), np.random.get_state(), random.getstate())
    switches = (torch.get_default_dtype(), torch.get_num_threads(), np.geterr())
    module: Any = bit_generator
    sources = (torch.seed, torch.random.seed, module.randbits)
    quiet = (contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()))
    try:
        with warnings.catch_warnings(), torch.enable_grad(), quiet[0], quiet[1]:
            settle(seed)
            yield
    finally:
        torch.seed, torch.random.seed, module.randbits = sources
        torch.set_rng_state(generators[0])
        np.random.set_state(generators[1])
        random.setstate(generators[2])
        torch.set_default_dtype(switches[0])
        torch.set_num_threads(switches[1])
        np.seterr(**switches[2])
