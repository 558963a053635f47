"""Whether the student's factorisation function exists and has the required parameters."""

from grader.lab import Bench, Finding, Outcome
from grader.labkit import lacking_parameters, listed, missing_function, not_started
from reference.checks.factorisation_context import FactorisationContext
from reference.checks.hard_coded_parameters import follows_with_constants_inside

__all__ = ["presence"]


def presence(context: FactorisationContext, bench: Bench) -> Finding:
    """Find the function; it may lack `num_epochs` or `lr` if its hard-coded values are the sheet's."""
    located = bench.locate(context.function)
    if located is None:
        return missing_function(context.function, bench)
    empty = not_started(bench, context.function)
    if empty is not None:
        return empty
    missing, notes = located.binding.missing, located.notes
    if missing and not follows_with_constants_inside(context, bench):
        return lacking_parameters(context.function, located)
    if missing:
        note = (
            f"`{located.name}` does not take {listed(missing)}; with its hard-coded values, whole runs end "
            "where the sheet's rule ends with its defaults."
        )
        notes = (*notes, note)
    return Finding(outcome=Outcome.PASS, message=f"`{located.name}`, {located.place}.", notes=notes)
