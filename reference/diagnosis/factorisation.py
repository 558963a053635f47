"""Diagnose failed checks of 1.1 or 3.1: find the known mistakes that reproduce the function's results."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from grader.lab import Bench, CheckResult, Diagnosis, Outcome
from grader.labkit import MisconceptionText, UnusableResult, diagnosis_of, raised_error
from reference.checks.call_spec import CallSpec
from reference.checks.factorisation_context import FactorisationContext
from reference.checks.hard_coded_parameters import (
    follows_whatever_is_asked,
    follows_with_constants_inside,
    ignored_constants,
)
from reference.diagnosis.counterexamples import COMPARED, raised_by_descent
from reference.diagnosis.initialisation import REDRAWN, drawn_again, of_start
from reference.diagnosis.matching import (
    Run,
    explain_by_one,
    explain_by_two,
    explains,
    follows_sheet,
    moved,
    run_of,
    runs,
    start_of,
    start_without_rate,
)
from reference.diagnosis.returned_values import ARRANGED, READINGS, of_numbers, of_value
from reference.misconceptions.catalogue import MASKED_MISCONCEPTIONS, MISCONCEPTIONS
from reference.misconceptions.entry import Misconception
from reference.rules.accepted_variants import permuted
from reference.rules.update_rule import SHEET, Factors, Rule, run

__all__ = ["OTHERS", "diagnose_descent"]

_RAN: Final = "Running exactly this mistake from your own start gives the same results as your function, in all {count} calls compared."
_SAW: Final = "This was observed when your function ran."

_WHOLE: Final = "Called without them, your function ends where the sheet's rule ends with its defaults."

_WHATEVER: Final = "Called with other numbers, your function returns exactly the same, which is what the sheet's defaults give."
_IGNORED: Final = {"num_epochs": "epochs-hard-coded", "lr": "lr-hard-coded"}

_BITWISE = MisconceptionText(
    "mask-bitwise-not", "`~` does not negate an integer mask.",
    "It turns the integers 1 and 0 into -2 and -1, which both count as true; it is correct only for a mask of booleans.",
    "what a mask hides", "What is ~1 in Python, and is it true or false?",
)  # fmt: skip
_ONE_CELL = MisconceptionText(
    "one-cell-per-epoch", "Each epoch visits a single cell.",
    "An epoch of the sheet visits every cell of A once.",
    "which cells an epoch visits", "How many entries of U change in one epoch?",
)  # fmt: skip
_INPUT = MisconceptionText(
    "modifies-a", "The function changes the matrix it is given.",
    "The caller still needs A afterwards; a tensor that is changed in place is changed for everybody.",
    "copies and views", "Which of your lines writes to A, or to something that shares its memory?",
)  # fmt: skip
_SHARED = MisconceptionText(
    "factors-share-storage", "U and V share their memory: a step on one changes the other.",
    "Two names for one tensor are not two tensors.",
    "copies and views", "How many tensors does your first line create?",
)  # fmt: skip
_EPOCHS = MisconceptionText(
    "default-epochs", "The default of num_epochs is not the sheet's.",
    "Called with the defaults, the function has to run the number of epochs on the sheet.",
    "default values", "How many epochs does the sheet specify as the default?",
)  # fmt: skip
_RATE = MisconceptionText(
    "default-lr", "The default of lr is not the sheet's.",
    "Called with the defaults, the function has to use the learning rate on the sheet.",
    "default values", "Which learning rate does the sheet specify as the default?",
)  # fmt: skip
_EARLY = MisconceptionText(
    "stops-early", "Training stops before num_epochs is reached.",
    "A small error or a small change also happens near a saddle, long before the best fit.",
    "how many epochs run", "What else, besides the number of epochs, ends your loop over epochs?",
)  # fmt: skip
_EXTRA = MisconceptionText(
    "returns-three-values", "More than U and V is returned.",
    "The sheet asks for two values; code that unpacks two of them fails on three.",
    "what a function returns", "What happens to `U, V = f()` when f returns three things?",
)  # fmt: skip
_CONSTANTS = MisconceptionText(
    "constants-inside", "The number of epochs or the learning rate is fixed inside the function.",
    "The sheet makes them parameters with defaults, so that a caller can train longer or more slowly.",
    "parameters and default values", "How would you call your function for 10 epochs only?",
)  # fmt: skip
OTHERS: Final = (_BITWISE, _ONE_CELL, _INPUT, _SHARED, _EPOCHS, _RATE, _EARLY, _EXTRA, _CONSTANTS)
"""Mistakes that are recognised directly, not by executing a rule."""


def diagnose_descent(
    context: FactorisationContext, bench: Bench, results: tuple[CheckResult, ...]
) -> tuple[Diagnosis, ...]:
    """Every mistake that can be proved, the most informative first; empty if there is none."""
    failed = {r.id.partition("-")[2] for r in results if r.outcome is Outcome.FAIL}
    costs = {r.cost for r in results if r.cost}
    if "found" in failed or not (failed or "extra-values" in costs):
        return ()
    named = tuple(_named(context, bench, failed, costs))
    located = bench.locate(context.function)
    source = bench.loaded.source
    if not named:
        raised = raised_by_descent(context, bench)
        return (raised_error(raised, source),) if raised is not None else ()
    return tuple(diagnosis_of(words, evidence, source, located) for words, evidence in dict(named).items())


def _named(
    context: FactorisationContext, bench: Bench, failed: set[str], costs: set[str]
) -> Iterator[tuple[MisconceptionText, str]]:
    if follows_with_constants_inside(context, bench):
        yield _CONSTANTS, _WHOLE
        return
    if follows_whatever_is_asked(context, bench):
        ignored = {_IGNORED[name] for name in ignored_constants(context, bench)}
        yield from ((entry, _WHATEVER) for entry in MISCONCEPTIONS if entry.id in ignored)
        return
    if failed & COMPARED:
        yield from _of_rule(context, bench)
    if "start" in failed:
        mistake = _start(context, bench)
        if mistake is not None:
            yield mistake, _SAW
    if "inputs" in failed:
        yield _INPUT, _SAW
    if "defaults" in failed:
        yield from _defaults(context, bench)
    if "extra-values" in costs:
        yield _EXTRA, _SAW


def _of_rule(context: FactorisationContext, bench: Bench) -> Iterator[tuple[MisconceptionText, str]]:
    for words, reading in READINGS:
        recorded = runs(context, bench, reading)
        if _is_complete(context, recorded) and moved(recorded) and follows_sheet(recorded):
            yield words, _RAN.format(count=len(recorded))
            return
    recorded = runs(context, bench)
    arranged = ARRANGED.get(context.constraints.of(bench).layout)
    if arranged is not None:
        is_all = _is_complete(context, recorded) and follows_sheet(recorded)
        yield arranged, _RAN.format(count=len(recorded)) if is_all else _SAW
        if is_all:
            return
    observed = _observed(context, bench, recorded, is_arranged=arranged is not None)
    if observed is not None:
        yield observed, _SAW
        return
    # If too few starts can be observed, nothing is certain.
    enough = 2 * len(recorded) >= len(context.inputs.all())
    explained = _explained(context, bench, recorded) if enough else ()
    if explained:
        for entry in explained:
            yield entry, _RAN.format(count=len(recorded))
    elif drawn_again(context, bench):
        yield REDRAWN, _RAN.format(count=len(context.inputs.epochs))
    elif enough and _one_cell_each(recorded):
        yield _ONE_CELL, _RAN.format(count=len(recorded))
    else:
        mistake = _start(context, bench)
        if mistake is not None:
            yield mistake, _SAW


def _is_complete(context: FactorisationContext, recorded: Sequence[Run]) -> bool:
    """Whether every call of the checks gave a comparable result."""
    return len(recorded) == len(context.inputs.all()) + 1 and all(run.got is not None for run in recorded)


def _observed(
    context: FactorisationContext, bench: Bench, recorded: Sequence[Run], is_arranged: bool
) -> MisconceptionText | None:
    """The mistake that shows in the values themselves, whatever rule produced them."""
    if _shares(recorded):
        return _SHARED
    value = (None if is_arranged else of_value(context, bench)) or of_numbers(
        pair for s in recorded for pair in (s.start, s.got) if pair
    )
    if (
        value is None
        and context.masked
        and recorded
        and not moved(recorded)
        and _moves_with_booleans(context, bench)
    ):
        return _BITWISE
    return value


def _explained(
    context: FactorisationContext, bench: Bench, recorded: Sequence[Run]
) -> tuple[Misconception, ...]:
    entries = (*MISCONCEPTIONS, *(MASKED_MISCONCEPTIONS if context.masked else ()))
    if follows_sheet(recorded):
        # The rule is right, but the start observed with 0 epochs may be wrong, if one epoch too many runs.
        idle = runs(context, bench, start=start_without_rate)
        return () if follows_sheet(idle) else explain_by_one(idle, entries)
    if not moved(recorded):
        if any(run.got is None for run in recorded):
            return ()  # it failed before it could change anything
        still = ("mask-never-true",) if context.masked else ("update-not-written-back",)
        return tuple(entry for entry in entries if entry.id in still)
    explained = explain_by_one(recorded, entries)
    if not explained:
        explained = explain_by_one(runs(context, bench, start=start_without_rate), entries)
    return explained or explain_by_two(recorded, entries)


def _moves_with_booleans(context: FactorisationContext, bench: Bench) -> bool:
    for call in context.inputs.hidden:
        if call.M is None or not call.M.any():
            continue
        call = call.changed(M=call.M.astype(bool))
        try:
            start = context.probe.observe(bench, call.changed(epochs=0))
            got = context.probe.observe(bench, call)
        except UnusableResult:
            return False
        if not explains(SHEET, run_of(call, start, got)):
            return False
    return True


def _shares(recorded: Sequence[Run]) -> bool:
    """Whether U and V contain the same numbers at the start and at the end, in all square cases."""
    both = [
        (s.start, s.got) for s in recorded if s.got is not None and s.call.A.shape[0] == s.call.A.shape[1]
    ]
    return bool(both) and all(
        np.array_equal(start[0], start[1]) and np.array_equal(got[0], got[1]) for start, got in both
    )


def _one_cell_each(recorded: Sequence[Run]) -> bool:
    single = [s for s in recorded if s.call.epochs == 1]
    return bool(single) and all(any(explains(rule, s) for rule in _cells_of(s.call)) for s in single)


def _cells_of(call: CallSpec) -> Iterable[Rule]:
    m, n = call.A.shape
    for r in range(m):
        for c in range(n):
            yield permuted(((r, c),))


def _start(context: FactorisationContext, bench: Bench) -> MisconceptionText | None:
    try:
        return of_start(start_of(context, bench, context.adapted(bench, context.inputs.spread)))
    except UnusableResult:
        return None


def _defaults(context: FactorisationContext, bench: Bench) -> Iterator[tuple[MisconceptionText, str]]:
    located = bench.locate(context.function)
    declared = dict(located.defaults) if located is not None else {}
    for parameter in context.function.parameters:
        words = {"num_epochs": _EPOCHS, "lr": _RATE}.get(parameter.name)
        if words is None or parameter.name not in declared or parameter.default is None:
            continue
        try:
            if float(declared[parameter.name]) != float(parameter.default):
                yield words, f"The signature says {parameter.name}={declared[parameter.name]}."
        except ValueError:
            continue
    call = context.adapted(bench, context.inputs.defaults)
    try:
        start = context.probe.start(bench, call)
        got = context.probe.observe(bench, call, defaults=True)
    except UnusableResult:
        return
    ended = _ends_after(call, start, got)
    if ended is not None:
        yield _EARLY, f"Your run ends where the sheet's rule is after {ended} of {call.epochs} epochs."


def _ends_after(call: CallSpec, start: Factors, got: Factors) -> int | None:
    """The smaller number of epochs after which the sheet's rule reaches the end of the run; None if none."""
    U, V = start
    for epochs in range(1, call.epochs):
        U, V = run(SHEET, call.A, call.M, (U, V), 1, call.lr)
        if max(float(np.abs(U - got[0]).max()), float(np.abs(V - got[1]).max())) <= 2e-5:
            return epochs
    return None
