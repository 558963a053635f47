"""Lab 1, “Playing with gradients and matrices in PyTorch”, as a lab for the grader.

Five exercises of one mark each: factorisation by descent (1.1, 1.2), truncated SVD (2.1), masked
factorisation (3.1, 3.2). `model` contains the model solution; the other packages contain the checks.
"""

from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from grader.lab import Demonstration, Exercise, Kit, Lab, read_rubric
from grader.labkit import first_advice, undiagnosed
from reference import diagnosis, plots
from reference.checks import (
    explanations,
    stated_completion,
    stated_results,
    stated_value_table,
    truncated_svd,
)
from reference.checks.carried_forward import OwnFunction
from reference.checks.consistency import contradictions
from reference.checks.factorisation import check_table, is_attempt, is_right
from reference.checks.factorisation_context import FactorisationContext, factorisation_context
from reference.sheet import FUNCTIONS, TRUNCATED_SVD

__all__ = ["LAB", "RUBRIC_PATH"]

RUBRIC_PATH: Final = Path(__file__).with_name("rubric.toml")


def exercises(seed: int) -> tuple[Exercise, ...]:
    """The five exercises with matrices, masks and starts drawn from the seed."""
    plain = factorisation_context("1.1", masked=False, seed=seed)
    masked = factorisation_context("3.1", masked=True, seed=seed)
    truncated = truncated_svd.Decomposition("2.1", seed)
    return (
        _descent(plain, "Factorise by stochastic gradient descent"),
        Exercise(
            "1.2",
            "Factorise A at rank 2",
            "Factorise the matrix A at rank 2 with the defaults; state U and V, or their product, and the loss "
            "‖A − UVᵀ‖²_F.",
            stated_results.factorisation_checks("1.2", _own_function(plain)),
            undiagnosed,
            partial(first_advice, stated_results.ADVICE),
            checked_values=stated_value_table.checked_factorisation,
            illustrate=plots.factorised,
        ),
        Exercise(
            "2.1",
            "Truncate the singular value decomposition",
            "Set the last singular value of A to zero and reconstruct; state the error and compare it with 1.2.",
            truncated.checks(),
            partial(diagnosis.diagnose_svd, truncated),
            partial(first_advice, truncated_svd.ADVICE),
            checked_values=stated_value_table.checked_reconstruction,
            counterexample=partial(diagnosis.svd_counterexample, truncated),
            answers=explanations.WHY.answer,
            functions=(TRUNCATED_SVD.name,),
        ),
        _descent(masked, "Factorise the observed cells"),
        Exercise(
            "3.2",
            "Complete A",
            "Complete A where (2,1) and (3,2) are hidden; state the completed matrix and compare it with A.",
            stated_completion.completion_checks("3.2", _own_function(masked)),
            undiagnosed,
            partial(first_advice, stated_results.ADVICE),
            checked_values=stated_value_table.checked_completion,
            illustrate=plots.completed,
            answers=explanations.MEANING.answer,
            functions=(masked.function.name,),
        ),
    )


def _own_function(context: FactorisationContext) -> OwnFunction:
    return OwnFunction(context.exercise, partial(is_right, context), partial(is_attempt, context))


def _descent(context: FactorisationContext, title: str) -> Exercise:
    table = check_table(context)
    parameters = ", ".join(
        p.name if p.default is None else f"{p.name}={p.default:g}" for p in context.function.parameters
    )
    where = " where the mask is 1" if context.masked else ""
    return Exercise(
        context.exercise,
        title,
        f"Write `{context.function.name}({parameters})`: U and V start from U(0,1); each epoch visits every cell, "
        f"rows outside, columns inside, and updates U[r], then V[c]{where}.",
        table.checks(),
        partial(diagnosis.diagnose_descent, context),
        table.advice,
        illustrate=partial(plots.descents, context),
        counterexample=partial(diagnosis.descent_counterexample, context),
        functions=(context.function.name,),
    )


def _demonstrate() -> tuple[Demonstration, ...]:
    if find_spec("reference.model") is None:
        return ()  # the student's kit does not contain it
    from reference.model.published_numbers import demonstrate  # imports torch, so only on request

    return demonstrate()


LAB: Final = Lab(
    id="lab1",
    title="Lab 1 – Playing with gradients and matrices in PyTorch",
    seed=20,
    functions=FUNCTIONS,
    exercises=exercises,
    rubric=read_rubric(RUBRIC_PATH),
    demonstrate=_demonstrate,
    compare=contradictions,
    kit=Kit(
        Path(__file__).parent / "starter" / "lab1.py",
        leave_out=("model",),
    ),
)
