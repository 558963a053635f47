"""Measure how likely wrong code is to pass, and how often correct code needs another start.

``python -m tests.tools.power [--seeds N]`` runs each rule of the catalogue from starts drawn from U(0,1),
with new matrices and masks for each seed, and counts the seeds with which no call of a few epochs
distinguishes it from the sheet's rule. It prints the smallest distance from the sheet's rule, in tolerances,
and the number of inconclusive starts. The exit status is 1 if a mistake passed, or if correct code found no
conclusive start.
"""

import argparse
import sys
from collections.abc import Iterator

import msgspec
import numpy as np

from reference.checks.call_spec import CallSpec
from reference.checks.comparison_power import LEAST_POWER
from reference.checks.factorisation_inputs import GeneratedInputs
from reference.checks.factorisation_probe import OTHER_SEEDS
from reference.checks.rounding_tolerance import expected, expected_in_the_long_run, power, shows_all
from reference.misconceptions import MASKED_MISCONCEPTIONS, MISCONCEPTIONS
from reference.rules.update_rule import Factors, Rule, run

__all__ = ["Passed", "chance_of_passing", "start_of", "starts_asked_for"]


class Passed(msgspec.Struct, frozen=True):
    """The result for one mistake: how often it passed, and the smallest distance, in tolerances."""

    name: str
    passed: int
    seeds: int
    nearest: float


def start_of(setting: CallSpec, seed: int) -> Factors:
    """U₀ (m, rank) and V₀ (n, rank) drawn from U(0,1) and rounded to float32."""
    rng = np.random.default_rng([setting.seed, seed])
    m, n = setting.A.shape
    U, V = rng.random((m, setting.rank)), rng.random((n, setting.rank))
    return U.astype(np.float32).astype(np.float64), V.astype(np.float32).astype(np.float64)


def starts_asked_for(masked: bool, seeds: range) -> tuple[int, int, int]:
    """The number of calls of correct code, and how many of them needed another start or found none."""
    calls = again = never = 0
    for seed in seeds:
        inputs = GeneratedInputs(masked, seed)
        for setting in inputs.all():
            calls += 1
            tried = [setting.changed(seed=setting.seed + added) for added in OTHER_SEEDS]
            tells = (_tells(s, start_of(s, seed)) for s in tried)
            first = next((number for number, is_conclusive in enumerate(tells) if is_conclusive), None)
            again += first != 0
            never += first is None
    return calls, again, never


def _tells(setting: CallSpec, start: Factors) -> bool:
    """Whether a call from this start is conclusive, as in `FactorisationProbe.informative`."""
    return power(setting, start) >= LEAST_POWER and shows_all(setting, start)


def chance_of_passing(seeds: range, masked: bool) -> Iterator[Passed]:
    """Every rule of the catalogue, with the number of seeds with which no call distinguishes it."""
    drawn = [GeneratedInputs(masked, seed) for seed in seeds]
    for mistake in (*MISCONCEPTIONS, *(MASKED_MISCONCEPTIONS if masked else ())):
        for number, rule in enumerate(mistake.rules):
            distances = [_distance(rule, inputs, seed) for inputs, seed in zip(drawn, seeds, strict=True)]
            name = mistake.id if len(mistake.rules) == 1 else f"{mistake.id} ({number + 1})"
            yield Passed(name, sum(distance <= 1 for distance in distances), len(distances), min(distances))


def _distance(rule: Rule, inputs: GeneratedInputs, seed: int) -> float:
    """The distance in the first call that distinguishes the rule, or in the long run; else at most 1."""
    for setting in inputs.all():
        start = start_of(setting, seed)
        wanted, tolerance = expected(setting, start)
        apart = _apart(rule, setting, start, wanted, tolerance)
        if apart > 1:
            return apart
    setting = inputs.many
    start = start_of(setting, seed)
    return _apart(rule, setting, start, *expected_in_the_long_run(setting, start))


def _apart(rule: Rule, setting: CallSpec, start: Factors, wanted: Factors, tolerance: Factors) -> float:
    try:
        got = run(rule, setting.A, setting.M, start, setting.epochs, setting.lr)
    except (IndexError, ValueError, ZeroDivisionError):
        return np.inf
    if any(ours.shape != theirs.shape for ours, theirs in zip(got, wanted, strict=True)):
        return np.inf
    if not all(np.isfinite(factor).all() for factor in got):
        return np.inf
    return max(float((np.abs(g - w) / t).max()) for g, w, t in zip(got, wanted, tolerance, strict=True))


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.power", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help="how many seeds (default 100)")
    seeds = range(parser.parse_args().seeds)
    failed = False
    for masked in (False, True):
        name = "3.1" if masked else "1.1"
        calls, again, never = starts_asked_for(masked, seeds)
        print(f"{name}: of {calls} calls of correct code {again} needed another start, {never} found none")
        failed |= never > 0
        for entry in chance_of_passing(seeds, masked):
            print(
                f"{name}  {entry.name:40} passed {entry.passed} of {entry.seeds}  distance {entry.nearest:,.0f} tolerances"
            )
            failed |= entry.passed > 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
