"""Match the rows of a platform's file to graded students."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from grader.core.model import Frozen, Report
from grader.reporting.wording import are_open

__all__ = ["Matched", "Person", "match", "settled"]

_ORDER = ("moodle", "canvas", "id", "login", "email")
"""Identifying fields, the most reliable first; the name comes last."""


class Person(Frozen, frozen=True, kw_only=True):
    """A person in a platform's file: the row, the name, and other data, by the fields of `Identity`."""

    row: int
    name: str
    keys: Mapping[str, str]


class Matched(Frozen, frozen=True):
    """Reports by row, and the students for whom no row, or more than one, was found."""

    reports: Mapping[int, Report]
    strangers: tuple[str, ...]


def match(people: Sequence[Person], reports: Iterable[Report]) -> Matched:
    """Find everybody's row: by number, id, login or address if both sides have it, otherwise by name.

    A name counts only if nobody else has it. A row that matches two students is given to neither.
    """
    claimed: dict[int, list[Report]] = {}
    strangers: list[str] = []
    for report in reports:
        row = _row(people, report)
        if row is None:
            strangers.append(report.student)
        else:
            claimed.setdefault(row, []).append(report)
    strangers += [report.student for several in claimed.values() if len(several) > 1 for report in several]
    single = {row: several[0] for row, several in claimed.items() if len(several) == 1}
    return Matched(single, tuple(sorted(strangers)))


def settled(reports: Mapping[int, Report]) -> tuple[dict[int, Report], tuple[str, ...]]:
    """The reports with a mark to enter, and the students without one, with their open exercises."""
    decided = {row: report for row, report in reports.items() if not are_open(report)}
    waiting = sorted(
        f"{report.student} ({', '.join(are_open(report))})"
        for row, report in reports.items()
        if row not in decided
    )
    return decided, tuple(waiting)


def _row(people: Sequence[Person], report: Report) -> int | None:
    for field in _ORDER:
        wanted = getattr(report.identity, field).casefold()
        rows = [person.row for person in people if wanted and person.keys.get(field, "").casefold() == wanted]
        if len(rows) == 1:
            return rows[0]
    for name in (report.identity.name, report.student):
        wanted_names = _spellings(name)
        rows = [person.row for person in people if wanted_names & _spellings(person.name)]
        if len(rows) == 1:
            return rows[0]
    return None


def _spellings(name: str) -> frozenset[tuple[tuple[str, int], ...] | str]:
    """A name as words in any order, and in the platforms' joined form (`lastfirst`)."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    words = re.findall(r"[^\W_]+", plain)
    if not words:
        return frozenset()
    joined = {"".join(words)}
    last, comma, first = plain.partition(",")
    if comma:
        joined.add("".join(re.findall(r"[^\W_]+", f"{first} {last}")))
    return frozenset({tuple(sorted(Counter(words).items())), *joined})
