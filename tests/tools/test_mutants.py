"""The mutants match their labels: each one is wrong in an observable way.

The correct results are computed here, in a plain way and without the grader: a mutant that the generator and
the grader misunderstand in the same way would prove nothing.
"""

import contextlib
import inspect
import math
import tomllib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.support.sampling import first_of_each
from tests.tools import mutants

APART = 1e-3
"""A mutant differs from the correct result by at least this much."""
TOGETHER = 2e-5
"""A correct solution differs by less. float32 rounds numbers below 4 to 2.4e-7, and an epoch of the largest
probe has 15 updates. The 4000 updates of a run with the defaults contract, which reduces earlier rounding
errors."""

MADE = mutants.mutants()
BASES = {f"{base.name}.py": base for base in mutants.BASES}
EXCLUDED = list(mutants.excluded())


# --- What is right ----------------------------------------------------------------------------------------


def descend(A: Tensor, M: Tensor, U: Tensor, V: Tensor, epochs: int, lr: float) -> tuple[Tensor, Tensor]:
    """The sheet's rule from a given start."""
    A, U, V = A.double(), U.double().clone(), V.double().clone()
    for _ in range(epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                if M[r, c]:
                    e = A[r, c] - torch.dot(U[r], V[c])
                    U[r] = U[r] + lr * e * V[c]
                    V[c] = V[c] + lr * e * U[r]
    return U, V


def best(A: Tensor, rank: int) -> Tensor:
    """The best approximation: by Eckart and Young, the first terms of the singular value decomposition."""
    U, S, Vh = np.linalg.svd(A.double().numpy())
    return torch.from_numpy(U[:, :rank] * S[:rank] @ Vh[:rank])


# --- How far a solution is from it ------------------------------------------------------------------------


class Probe(NamedTuple):
    """One call of a factorisation; without epochs and lr, it uses the defaults."""

    m: int
    n: int
    rank: int
    options: tuple[int, float] | tuple[()] = (1, 0.1)
    mask: torch.dtype = torch.int64


PROBES = (
    *(Probe(m, n, rank) for m, n in ((1, 1), (1, 4), (4, 1), (3, 5), (5, 3)) for rank in (1, 2, 3)),
    Probe(3, 5, 2, (2, 0.03)),
    Probe(5, 3, 3, (3, 0.03), torch.bool),
    Probe(3, 5, 2, (3, 0.1), torch.float32),
    Probe(1, 2, 1, ()),
)


def deviation(text: str, base: mutants.Base) -> float:
    """How far a solution differs from the correct result, up to the first probe that shows it."""
    function = load(text, base)
    measured = of_approximation(function) if base.exercise == "2.1" else of_descent(function, base.exercise)
    worst = 0.0
    try:
        for far in measured:
            worst = max(worst, far)
            if worst >= APART:
                break
    except Exception:  # whatever the mutation breaks
        return math.inf
    return worst


def load(text: str, base: mutants.Base) -> Callable[..., Any]:
    space: dict[str, Any] = {"__name__": "mutant"}
    with contextlib.suppress(Exception):  # a script that stops at the mutation has defined the function
        exec(compile(text, base.name, "exec"), space)
    function: Callable[..., Any] = space[base.functions[-1]]
    return function


def of_descent(function: Callable[..., Any], exercise: str) -> Iterator[float]:
    for seed, probe in enumerate(PROBES):
        dice = torch.Generator().manual_seed(seed)
        A = 2 * torch.rand(probe.m, probe.n, generator=dice)
        M = torch.rand(probe.m, probe.n, generator=dice) < (0.6 if exercise == "3.1" else 1.0)
        A[~M] = 3.0  # which must not matter
        inputs = (A, M.to(probe.mask)) if exercise == "3.1" else (A,)
        given = [matrix.clone() for matrix in inputs]
        if not probe.options and not has_defaults(function, len(given)):
            continue
        U, V = call(function, seed, *given, probe.rank, options=(1, 0.0))
        got = call(function, seed, *given, probe.rank, options=probe.options)
        right = descend(A, M, U, V, *(probe.options or (1000, 0.01)))
        yield 0.0 if is_drawn(U, V) and U.shape == (probe.m, probe.rank) else math.inf
        yield from (apart(*pair) for pair in zip(got, right, strict=True))
        yield from (apart(*pair) for pair in zip(given, inputs, strict=True))


def call(
    function: Callable[..., Any], seed: int, *given: Any, options: tuple[float, ...]
) -> tuple[Tensor, ...]:
    """The result of a factorisation from the start of this seed."""
    torch.manual_seed(seed)
    np.random.seed(seed)
    return tuple(factor.detach().clone() for factor in function(*given, *options))


def has_defaults(function: Callable[..., Any], matrices: int) -> bool:
    epochs = list(inspect.signature(function).parameters.values())[matrices + 1]
    return epochs.default is not epochs.empty


def is_drawn(U: Tensor, V: Tensor) -> bool:
    """Whether a start may be drawn from U(0, 1), every entry independently."""
    entries = torch.cat((U.flatten(), V.flatten()))
    return bool(((entries >= 0) & (entries < 1)).all()) and len(set(entries.tolist())) == len(entries)


def of_approximation(function: Callable[..., Any]) -> Iterator[float]:
    for n in (2, 3, 4):
        A = 2 * torch.rand(n, n, generator=torch.Generator().manual_seed(n)) - 0.5
        given = A.clone()
        takes_rank = len(inspect.signature(function).parameters) > 1
        for rank in range(1, n + 1) if takes_rank else (n - 1,):
            got = function(given, rank) if takes_rank else function(given)
            yield min(apart(matrix, best(A, rank)) for matrix in readings(got))
            yield apart(given, A)


def readings(got: Any) -> Iterator[Tensor]:
    """The matrices that a returned value may mean: itself, the first of matrix and loss, or L Rᵀ of two
    factors."""
    if isinstance(got, Tensor):
        yield got
    else:
        left, right = got
        yield left @ right.T if right.ndim == 2 else left


def apart(got: Tensor, wanted: Tensor) -> float:
    if got.shape != wanted.shape:
        return math.inf
    far = (got.double() - wanted.double()).abs().max().item()
    return math.inf if math.isnan(far) else far


def excess(text: str, base: mutants.Base) -> float:
    """How far a long run ends above the minimum loss, relative to it."""
    A = torch.tensor([[1.5, 0.2], [0.9, 1.0]])
    inputs = (A, torch.ones(2, 2)) if base.exercise == "3.1" else (A,)
    U, V = call(load(text, base), 0, *inputs, 1, options=(400, 0.02))
    least = torch.linalg.svdvals(A)[1].square()
    return float((A - U @ V.T).square().sum() / least) - 1


# --- Tests ------------------------------------------------------------------------------------------------


def test_the_files_are_those_the_generator_gives_byte_for_byte():
    files = {path.name: path.read_bytes() for path in mutants.FOLDER.glob("*")}
    assert files == {mutant.name: mutant.text.encode() for mutant in MADE}
    assert mutants.LABELS.read_bytes() == mutants.labels(MADE).encode()


def test_no_mutant_is_given_twice_or_is_its_base():
    texts = [mutant.text for mutant in MADE] + [mutants.Source(base).text for base in mutants.BASES]
    assert len(set(texts)) == len(texts)


def test_every_label_tells_a_line_at_or_after_the_first_change():
    for name, label in tomllib.loads(mutants.labels(MADE))["files"].items():
        lines = (mutants.FOLDER / name).read_text(encoding="utf-8").splitlines()
        before = mutants.Source(BASES[label["base"]]).text.splitlines()
        pairs = enumerate(zip(lines, before, strict=False))
        same = next((i for i, (new, old) in pairs if new != old), len(lines))
        assert same <= label["line"] <= min(same + 3, len(lines)), name


@pytest.mark.parametrize("base", BASES.values(), ids=lambda base: base.name)
def test_every_base_is_right(base):
    assert deviation(mutants.Source(base).text, base) < TOGETHER


@pytest.mark.parametrize("mutant", MADE, ids=lambda mutant: mutant.name)
def test_every_mutant_is_observably_wrong(mutant):
    assert deviation(mutant.text, BASES[str(mutant.label["base"])]) >= APART


@pytest.mark.parametrize(
    ("exclusion", "base", "text"),
    first_of_each(lambda case: case[0].name, EXCLUDED),
    ids=[f"{e.name}-{base.name}" for e, base, _ in EXCLUDED],
)
def test_what_is_excluded_is_right_or_sound(exclusion, base, text):
    far = deviation(text, base)
    assert far >= APART if exclusion.sound else far < TOGETHER
    if exclusion.sound:
        assert excess(text, base) < 0.01


def test_every_exclusion_is_met_by_a_base():
    assert {exclusion.name for exclusion, _, _ in EXCLUDED} == {e.name for e in mutants.EXCLUDED}
