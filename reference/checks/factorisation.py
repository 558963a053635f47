"""The check table of a factorisation by descent, for exercises 1.1 and 3.1.

`factorisation_table` defines the checks. A check compares losses only if it cannot compare the epochs
themselves.
"""

from functools import partial
from typing import Final

import msgspec

from grader.lab import Bench, Finding, Outcome
from grader.labkit import CheckTable, Row, signature
from reference.checks.factorisation_context import FactorisationContext
from reference.checks.factorisation_presence import presence
from reference.checks.factorisation_table import rows
from reference.checks.hard_coded_parameters import (
    follows_whatever_is_asked,
    follows_with_constants_inside,
    hard_coded,
    missing_constants,
)
from reference.checks.returns import depends_on_a, returns_factors
from reference.checks.runs import defaults_agree
from reference.checks.steps import agree

__all__ = ["check_table", "is_attempt", "is_right"]

_NEEDED: Final = {"epochs": "num_epochs", "rate": "lr"}
"""The parameter that a check varies, and that a function with hard-coded values may lack."""

_FIRST: Final = ("returns", "depends")
"""Checks that are run before it is asked whether a parameter is ignored, so that no call comes between theirs."""


def check_table(context: FactorisationContext) -> CheckTable[FactorisationContext]:
    """The checks in order, each after the checks that it needs."""
    table = (
        msgspec.structs.replace(row, run=partial(_or_with_constants_inside, row))
        for row in rows(context.masked)
    )
    return CheckTable(context.exercise, tuple(table), context, context.function.name)


def _or_with_constants_inside(
    row: Row[FactorisationContext], context: FactorisationContext, bench: Bench
) -> Finding:
    """Run the check; judge a function without the parameters that most checks vary by its whole runs.

    The check that the function exists is run in any case. A function that takes such a parameter and ignores it
    is judged the same way, once it is known that its calls return.
    """
    if row.name == "found":
        return row.run(context, bench)
    if not follows_with_constants_inside(context, bench):
        finding = row.run(context, bench) if row.name in _FIRST else None
        if finding is not None and finding.outcome is not Outcome.FAIL:
            return finding
        if not follows_whatever_is_asked(context, bench):
            return finding or row.run(context, bench)
    parameter = _NEEDED.get(row.name)
    if parameter in hard_coded(context, bench):
        is_missing = parameter in missing_constants(context, bench)
        return Finding(
            outcome=Outcome.FAIL,
            message=f"The function {'does not take' if is_missing else 'ignores'} `{parameter}`: it always uses its "
            "own hard-coded number.",
            wanted=signature(context.function),
        )
    return Finding(outcome=Outcome.PASS, message="Whole runs end where the sheet's rule ends.")


def is_right(context: FactorisationContext, bench: Bench) -> bool:
    """Whether the student's function passes every check up to the run with the defaults."""
    if follows_with_constants_inside(context, bench):
        return True
    inputs = context.inputs
    return (
        presence(context, bench).outcome is Outcome.PASS
        and returns_factors(context, bench).outcome is Outcome.PASS
        and agree(context, bench, inputs.sweep).outcome is Outcome.PASS
        and agree(context, bench, inputs.hidden).outcome is Outcome.PASS
        and defaults_agree(context, bench).outcome is Outcome.PASS
    )


def is_attempt(context: FactorisationContext, bench: Bench) -> bool:
    """Whether the student's function returns factors that depend on A."""
    return (
        presence(context, bench).outcome is Outcome.PASS
        and returns_factors(context, bench).outcome is Outcome.PASS
        and depends_on_a(context, bench).outcome is Outcome.PASS
    )
