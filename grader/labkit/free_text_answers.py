"""Find students' answers in words, and the ideas they mention, for the person marking."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, islice
from typing import Final

from grader.lab import Answer, Bench, Finding, Frozen, Outcome, Passage, Place, Quote

__all__ = ["REASONING", "Idea", "Question", "read_by_a_person"]

LONGEST: Final = 600
"""The most characters in a quotation."""

MOST: Final = 4
"""The most quotations for a question."""

LONGEST_READ: Final = 2_000
"""The most characters to read of a paragraph; nobody answers in one sentence of two pages."""

MOST_READ: Final = 2_000
"""The most paragraphs and printed lines to read."""

LONGEST_TITLE: Final = 200
"""How many characters of a line to search for the number of an exercise."""

ENOUGH: Final = 3
"""The weight from which a paragraph counts as an answer."""


REASONING: Final = (
    r"\b(because|since|as it|therefore|thus|hence|so that|due to|why|reason|theorem|guarante\w+|optim\w+|minimi[sz]\w+|"
    r"better|worse|lower|smaller|larger|higher|less|greater|closer?|far|best|least|differ\w*|compar\w+|similar\w*|"
    r"tells?|shows?|means?|suggests?|implies|indicat\w+|recover\w*|predict\w*|estimat\w*|accura\w+|cannot|can't|"
    r"exact\w*|almost|nearly|off|magnitude|not (perfectly|unique|determined)|well|poorly|wrong|expect\w*)\b"
)
"""A word that states, compares or gives a reason. A comment without one describes code."""


class Idea(Frozen, frozen=True):
    """Something that an answer may mention: its name, its pattern, and its weight."""

    name: str
    pattern: str
    weight: int


class Question(Frozen, frozen=True):
    """A question of the sheet, and the ideas that its answers tend to mention."""

    check: str
    exercise: str
    words: str
    ideas: tuple[Idea, ...]
    exercises: str = r"\d\.\d"
    """A regular expression for the exercise numbers at the beginning of titles."""
    reasoning: str = REASONING
    """A regular expression that must match: a word that states, compares or gives a reason."""

    def answer(self, bench: Bench) -> tuple[Answer, ...]:
        """The paragraphs that answer the question, if any."""
        weighed = [(self._weight(remark), remark) for remark in _remarks(bench, _Titles(self.exercises))]
        answers = [(weight, remark) for weight, remark in weighed if weight >= ENOUGH]
        best = [remark for _, remark in sorted(answers, key=lambda pair: pair[0], reverse=True)[:MOST]]
        if not best:
            return ()
        text = "\n".join(remark.text for remark in best)
        return (
            Answer(
                check=self.check,
                question=self.words,
                quotes=tuple(remark.quote() for _, remark in answers if remark in best),
                mentioned=tuple(idea.name for idea in self.ideas if _compiled(idea.pattern).search(text)),
            ),
        )

    def finding(self, bench: Bench) -> Finding:
        """A manual check: a person has to read the answer, and its text is quoted."""
        loaded = bench.loaded
        if loaded.source is None:
            return Finding(outcome=Outcome.MISSING, message="Nothing was handed in.")
        answers = self.answer(bench)
        if not answers:
            return Finding(
                outcome=Outcome.MANUAL,
                message="No explanation in words was found in the text, the comments or the printed output; the "
                "person marking may find one elsewhere.",
            )
        mentioned = ", ".join(answers[0].mentioned)
        mentions = f" It mentions: {mentioned}." if mentioned else ""
        return Finding(
            outcome=Outcome.MANUAL, message=f"The person marking reads the explanation in words.{mentions}"
        )

    def _weight(self, remark: "_Remark") -> int:
        if (remark.section and remark.section != self.exercise) or not remark.is_sentence:
            return 0
        weight = 2 * (remark.section == self.exercise)
        weight += sum(idea.weight for idea in self.ideas if _compiled(idea.pattern).search(remark.text))
        return weight if weight >= ENOUGH and _compiled(self.reasoning).search(remark.text) else 0


def read_by_a_person(context: object, bench: Bench) -> Finding:
    """The check of an answer in words that is not searched for ideas."""
    return Finding(outcome=Outcome.MANUAL, message="The explanation in words is read by the person marking.")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# --- paragraphs of text -----------------------------------------------------------------------------------


class _Remark(Frozen, frozen=True):
    text: str
    origin: str
    section: str

    @property
    def is_sentence(self) -> bool:
        """Whether this is a sentence, rather than a title, a name or numbers."""
        return len(re.findall(r"[^\W\d_]{2,}", self.text)) >= 4

    def quote(self) -> Quote:
        """The remark for a page, shortened if it is too long."""
        text = self.text if len(self.text) <= LONGEST else f"{self.text[: LONGEST - 1]}…"
        return Quote(text=text, origin=self.origin)


_BEFORE_A_NUMBER: Final = r"^[\s#*=_\-–—>|(\\{]*(?:sub)*(?:section\W*)?(?:(?:exercise|ex|task|part|question|problem|section|q)\b[\s.:]*)?"
_AFTER_A_NUMBER: Final = r"(?![\d.]*\d)\b"


class _Titles(Frozen, frozen=True):
    """Lines that begin with an exercise number that `exercises` matches; `2.1023` does not count."""

    exercises: str

    def number_in(self, line: str) -> str | None:
        """The exercise number at the beginning of a line, or None."""
        match = _compiled(f"{_BEFORE_A_NUMBER}({self.exercises}){_AFTER_A_NUMBER}").match(
            line[:LONGEST_TITLE]
        )
        return match[1] if match is not None else None


def _remarks(bench: Bench, titles: _Titles) -> Iterator[_Remark]:
    source = bench.loaded.source
    seen: set[str] = set()
    written = _of_passages(source.passages, titles) if source is not None else iter(())
    for remark in islice(chain(written, _of_printed(bench.loaded.printed, titles)), MOST_READ):
        key = " ".join(remark.text.split()).casefold()
        if key not in seen:
            seen.add(key)
            yield remark


def _of_passages(passages: Iterable[Passage], titles: _Titles) -> Iterator[_Remark]:
    section, file = "", ""
    for passage in passages:
        lines = list(zip(passage.text.split("\n"), passage.places, strict=False))
        if lines and lines[0][1].file != file:
            section, file = "", lines[0][1].file
        for paragraph in _paragraphs(lines, titles):
            begins = [number for text, _ in paragraph if (number := titles.number_in(text)) is not None]
            section = begins[-1] if begins else section
            first = paragraph[0][1]
            yield _Remark(_joined(text for text, _ in paragraph), f"{first.file} {first.words}", section)


def _of_printed(printed: str, titles: _Titles) -> Iterator[_Remark]:
    section = ""
    for number, line in enumerate(printed.splitlines(), start=1):
        section = titles.number_in(line) or section
        yield _Remark(_joined([line]), f"printed, line {number}", section)


def _paragraphs(lines: list[tuple[str, Place]], titles: _Titles) -> Iterator[list[tuple[str, Place]]]:
    """Group consecutive lines; an empty line, a title or a gap in the file ends a paragraph."""
    paragraph: list[tuple[str, Place]] = []
    for text, place in lines:
        apart = bool(paragraph) and place.line not in (paragraph[-1][1].line, paragraph[-1][1].line + 1)
        if paragraph and (apart or not text.strip() or titles.number_in(text) is not None):
            yield paragraph
            paragraph = []
        if text.strip():
            paragraph.append((text, place))
    if paragraph:
        yield paragraph


def _joined(lines: Iterable[str]) -> str:
    words = " ".join(line[:LONGEST_READ].strip().strip("#*").strip() for line in lines)
    return " ".join(words[:LONGEST_READ].split())
