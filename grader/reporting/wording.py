"""The words, symbols and tones for verdicts and outcomes, on pages and in the terminal.

Every colour comes with a symbol and every symbol with words, so that none of them alone carries the meaning.
"""

from typing import Final

from grader.core.frozen import Frozen
from grader.core.result import NOT_STARTED, ExerciseReport, FlagKind, Outcome, Report, Verdict

__all__ = [
    "NEEDS_A_LOOK",
    "OUTCOMES",
    "STYLES",
    "UNDECIDED",
    "VERDICTS",
    "Wording",
    "are_open",
    "flag_sentences",
    "headline",
    "mark_text",
    "percent",
    "wording_of",
]


class Wording(Frozen, frozen=True, kw_only=True):
    """How a verdict or an outcome is shown: a symbol, words, and the name of its colours."""

    symbol: str
    words: str
    tone: str


VERDICTS: Final = {
    Verdict.FULL: Wording(symbol="✓", words="Full marks", tone="good"),
    Verdict.PARTIAL: Wording(symbol="◐", words="Partly there", tone="part"),
    Verdict.NONE: Wording(symbol="✗", words="Not there yet", tone="bad"),
    Verdict.FOLLOWS: Wording(symbol="↪", words="Follows from an earlier exercise", tone="part"),
    Verdict.MISSING: Wording(symbol="–", words="Nothing found", tone="quiet"),
    Verdict.MANUAL: Wording(symbol="?", words="A person will look at this", tone="ask"),
    Verdict.ERROR: Wording(symbol="!", words="Not marked yet: our fault", tone="ask"),
}

NOT_STARTED_YET: Final = Wording(symbol="–", words="Not started", tone="quiet")

OUTCOMES: Final = {
    Outcome.PASS: Wording(symbol="✓", words="Passed", tone="good"),
    Outcome.FAIL: Wording(symbol="✗", words="Not passed", tone="bad"),
    Outcome.SKIPPED: Wording(symbol="–", words="Waiting", tone="quiet"),
    Outcome.FOLLOWS: Wording(symbol="↪", words="Follows from an earlier exercise", tone="part"),
    Outcome.MISSING: Wording(symbol="–", words="Not found", tone="quiet"),
    Outcome.MANUAL: Wording(symbol="?", words="A person will look at this", tone="ask"),
    Outcome.ERROR: Wording(symbol="!", words="Our fault", tone="ask"),
}

STYLES: Final = {"good": "green", "part": "yellow", "bad": "red", "quiet": "dim", "ask": "magenta"}
"""The terminal colour of each tone."""

_FLAGS: Final = {
    FlagKind.LOOK: "a person has to look.",
    FlagKind.FAILED: "the grader itself failed.",
}

UNDECIDED: Final = frozenset({Verdict.MANUAL, Verdict.ERROR})
"""Verdicts under which the mark can still change."""

NEEDS_A_LOOK: Final = frozenset({Verdict.MANUAL, Verdict.ERROR, Verdict.MISSING})


def are_open(report: Report) -> tuple[str, ...]:
    """The ids of exercises whose marks can still change: neither these marks nor a total may be exported."""
    return tuple(exercise.id for exercise in report.exercises if exercise.verdict in UNDECIDED)


def flag_sentences(report: Report) -> tuple[str, ...]:
    """Everything the person marking has to know, in sentences."""
    undecided = report.undecided if isinstance(report.undecided, tuple) else ()
    sentences = (f"{flag.exercise}: {_FLAGS[flag.kind]}" for flag in undecided)
    return tuple(dict.fromkeys((*report.flags, *sentences)))


def wording_of(exercise: ExerciseReport) -> Wording:
    """How the verdict on an exercise is shown on a student's own page."""
    if exercise.verdict is Verdict.MISSING and any(check.is_placeholder is True for check in exercise.checks):
        return NOT_STARTED_YET
    return VERDICTS[exercise.verdict]


def headline(report: Report) -> str:
    """The overall result in one sentence."""
    verdicts = [exercise.verdict for exercise in report.exercises]
    full, all_of_them = verdicts.count(Verdict.FULL), len(verdicts)
    if verdicts and full == all_of_them:
        return "Everything is right. Well done!"
    if NOT_STARTED in report.flags:
        return NOT_STARTED
    if all(verdict is Verdict.MISSING for verdict in verdicts):
        return "We found nothing in the submission that can be marked."
    if full:
        return f"{full} of {all_of_them} exercises {'has' if full == 1 else 'have'} full marks."
    if {Verdict.PARTIAL, Verdict.FOLLOWS} & set(verdicts):
        return "Parts of this are right. Here is what is left to do."
    if UNDECIDED & set(verdicts):
        return "Not everything could be marked automatically."
    return "This is not there yet. Here is where to start."


def mark_text(value: float) -> str:
    """Write a mark with at most two decimals and no trailing zeros: 0.75, 1, 4.5."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def percent(part: float, whole: float) -> int:
    """A share in whole per cent, rounded down so that only full marks are 100."""
    if whole <= 0:
        return 0
    # The small addition keeps 0.7 / 1 at 70: the quotient may be a rounding error below it.
    return max(0, min(100, int(100 * part / whole + 1e-9)))
