"""A bench that calls Python functions directly: for our own code only, to save the time of a worker."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from grader import protocol
from grader.core.observation import LoadReport, Observation, Probe, StatedValue
from grader.lab import Function, Learned, Located
from grader.lab.call_binding import bind
from grader.worker.value_codec import to_wire
from reference.rules.update_rule import Rule, run

Array = npt.NDArray[np.generic]


class InProcessBench:
    """A bench for functions with the sheet's names; arguments are passed by the sheet's names."""

    def __init__(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        self._functions = functions
        self._seen: dict[tuple[object, ...], Observation] = {}
        self._learned = Learned()

    @property
    def loaded(self) -> LoadReport:
        return LoadReport(None)

    @property
    def stated_values(self) -> tuple[StatedValue, ...]:
        return ()

    @property
    def learned(self) -> Learned:
        return self._learned

    def locate(self, function: Function) -> Located | None:
        if function.name not in self._functions:
            return None
        parameters = [
            protocol.ParameterInfo(name=parameter.name, kind="positional_or_keyword")
            for parameter in function.parameters
        ]
        return Located(function.name, 1, (), bind(function, parameters))

    def attempt(self, function: Function) -> Located | None:
        return self.locate(function)

    def expect(self, probes: Sequence[Probe]) -> None:
        """Do nothing: single calls are not slower."""

    def observe(self, probe: Probe) -> Observation:
        key = (probe.function, probe.seed, probe.attempt, *(_frozen(v) for v in probe.arguments.values()))
        if key not in self._seen:
            self._seen[key] = self._call(probe)
        return self._seen[key]

    def _call(self, probe: Probe) -> Observation:
        arguments = {name: _argument(value) for name, value in probe.arguments.items()}
        torch.manual_seed(probe.seed)
        try:
            value = self._functions[probe.function](**arguments)
        except (IndexError, ValueError, RuntimeError) as error:
            return protocol.Raised(type_name=type(error).__name__, text=str(error))
        after = tuple(to_wire(value) for value in arguments.values())
        return protocol.Returned(value=to_wire(value), after=after)


def _argument(value: Any) -> Any:
    return torch.from_numpy(value.copy()) if isinstance(value, np.ndarray) else value


def _frozen(value: object) -> object:
    return (value.tobytes(), value.shape, value.dtype.name) if isinstance(value, np.ndarray) else value


def following(rule: Rule) -> Callable[..., tuple[torch.Tensor, torch.Tensor]]:
    """A factorisation that follows the given rule in double precision, like a student's function."""

    def factorise(
        A: torch.Tensor,
        rank: int,
        num_epochs: int = 1000,
        lr: float = 0.01,
        M: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        m, n = A.shape
        start = (torch.rand(m, rank).double().numpy(), torch.rand(n, rank).double().numpy())
        mask = None if M is None else M.numpy()
        U, V = run(rule, A.numpy(), mask, start, num_epochs, lr)  # raises IndexError as a tensor would
        return torch.from_numpy(U).float(), torch.from_numpy(V).float()

    return factorise
