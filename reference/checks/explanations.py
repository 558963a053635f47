"""What students write in words: found for the person marking, with what is mentioned. Decides nothing.

The sheet asks in 2.1 why the truncated SVD does better, and in 3.2 what the completed matrix tells.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, islice
from typing import Final

from grader.core.evidence import Answer, Quote
from grader.core.model import Finding, Frozen, Outcome, Passage, Place
from grader.lab import Bench

__all__ = ["MEANING", "WHY", "Question"]

LONGEST: Final = 600
"""Characters of one quotation."""

MOST: Final = 4
"""Quotations for one question."""

LONGEST_READ: Final = 2_000
"""Characters of one paragraph that are read; nobody answers in one sentence of two pages."""

MOST_READ: Final = 2_000
"""Paragraphs and printed lines that are read."""

LONGEST_TITLE: Final = 200
"""Characters within which a line says which exercise it begins."""

ENOUGH: Final = 3
"""Weight from which a paragraph is taken for an answer."""


class Idea(Frozen, frozen=True):
    """Something an answer may mention: how it is called, how it is recognised, how much it speaks for one."""

    name: str
    pattern: str
    weight: int


class Question(Frozen, frozen=True):
    """A question of the sheet, and what its answers tend to speak of."""

    check: str
    exercise: str
    words: str
    ideas: tuple[Idea, ...]

    def answer(self, bench: Bench) -> tuple[Answer, ...]:
        """What was written in answer to it, if anything."""
        weighed = [(self._weight(remark), remark) for remark in _remarks(bench)]
        found = [(weight, remark) for weight, remark in weighed if weight >= ENOUGH]
        best = [remark for _, remark in sorted(found, key=lambda pair: pair[0], reverse=True)[:MOST]]
        if not best:
            return ()
        text = "\n".join(remark.text for remark in best)
        return (
            Answer(
                check=self.check,
                question=self.words,
                quotes=tuple(remark.quote() for _, remark in found if remark in best),
                mentioned=tuple(idea.name for idea in self.ideas if _compiled(idea.pattern).search(text)),
            ),
        )

    def finding(self, bench: Bench) -> Finding:
        """That a person has to read it, and what they will find."""
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
        said = f" It mentions: {mentioned}." if mentioned else ""
        return Finding(
            outcome=Outcome.MANUAL, message=f"The person marking reads the explanation in words.{said}"
        )

    def _weight(self, remark: "_Remark") -> int:
        if (remark.section and remark.section != self.exercise) or not remark.is_sentence:
            return 0
        weight = 2 * (remark.section == self.exercise)
        weight += sum(idea.weight for idea in self.ideas if _compiled(idea.pattern).search(remark.text))
        return weight if weight >= ENOUGH and _compiled(REASONING).search(remark.text) else 0


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


REASONING: Final = (
    r"\b(because|since|as it|therefore|thus|hence|so that|due to|why|reason|theorem|guarante\w+|optim\w+|minimi[sz]\w+|"
    r"better|worse|lower|smaller|larger|higher|less|greater|closer?|far|best|least|differ\w*|compar\w+|similar\w*|"
    r"tells?|shows?|means?|suggests?|implies|indicat\w+|recover\w*|predict\w*|estimat\w*|accura\w+|cannot|can't|"
    r"exact\w*|almost|nearly|off|magnitude|not (perfectly|unique|determined)|well|poorly|wrong|expect\w*)\b|eckart"
)
"""A word that states, compares or gives a reason: without one, a comment describes code."""

WHY: Final = Question(
    "2.1-why",
    "2.1",
    "Why is this the case?",
    (
        Idea("Eckart–Young", r"eckart|young|mirsky", 4),
        Idea(
            "optimality",
            r"optim\w+|\bbest\b[^.]{0,300}\b(approximation|rank|possible|reconstruction|error)|minimi[sz]\w+|global\w*|"
            r"(lowest|smallest|least|minimal)\b[^.]{0,300}\b(error|loss|norm|possible)|closest|minimum|lower bound|"
            r"\bno\b[^.]{0,300}\b(smaller|lower|better|closer)\b|(can't|cannot) (beat|do better)",
            2,
        ),
        Idea("rank", r"\brank\b|low-rank", 1),
        Idea("the singular value cut off", r"singular values?|σ|sigma|0\.349|0\.12191?", 1),
        Idea("the decomposition", r"\bsvd\b|decomposition|truncat\w+", 1),
        Idea(
            "that descent only comes close",
            r"\bsgd\b|gradient|descent|converge\w*|epochs?|iterat\w+|local min\w*",
            1,
        ),
    ),
)

MEANING: Final = Question(
    "3.2-meaning",
    "3.2",
    "What does this tell you?",
    (
        Idea(
            "hidden values",
            r"hidden|missing|mask\w*|unobserved|unseen|unknown|not observed|held[- ]out|removed",
            2,
        ),
        Idea("observed values", r"\bobserved|visible|\bknown\b|\bseen\b|remaining|available", 1),
        Idea(
            "how close the hidden values come",
            r"recover\w*|close\b|differ\w*|\bfar\b|predict\w*|estimat\w*|accura\w+|approximat\w*|exact\w*|\boff\b|2\.18|0\.86|wrong|fill\w*|"
            r"complet\w+|reconstruct\w*",
            1,
        ),
        Idea("rank", r"\brank\b|low-rank", 1),
        Idea(
            "that the completion is not unique",
            r"unique\w*|underdetermined|degrees? of freedom|many (solutions|matrices)|ambig\w+|not enough|too few|infinitely",
            2,
        ),
    ),
)


# --- paragraphs of what was written -----------------------------------------------------------------------


class _Remark(Frozen, frozen=True):
    text: str
    origin: str
    section: str

    @property
    def is_sentence(self) -> bool:
        """Whether these are words put together, rather than a title, a name or numbers."""
        return len(re.findall(r"[^\W\d_]{2,}", self.text)) >= 4

    def quote(self) -> Quote:
        """The remark for a page, cut where it is too long."""
        text = self.text if len(self.text) <= LONGEST else f"{self.text[: LONGEST - 1]}…"
        return Quote(text=text, origin=self.origin)


SECTION: Final = re.compile(
    r"^[\s#*=_\-–—>|(\\{]*(?:sub)*(?:section\W*)?(?:(?:exercise|ex|task|part|question|problem|section|q)\b[\s.:]*)?"
    r"([123]\.[1-9])(?![\d.]*\d)\b",
    re.IGNORECASE,
)
"""A line that begins with the number of an exercise; `2.1023` is none."""


def _title(line: str) -> re.Match[str] | None:
    """The number of the exercise that a line begins with."""
    return SECTION.match(line[:LONGEST_TITLE])


def _remarks(bench: Bench) -> Iterator[_Remark]:
    source = bench.loaded.source
    seen: set[str] = set()
    written = _of_passages(source.passages) if source is not None else iter(())
    for remark in islice(chain(written, _of_printed(bench.loaded.printed)), MOST_READ):
        key = " ".join(remark.text.split()).casefold()
        if key not in seen:
            seen.add(key)
            yield remark


def _of_passages(passages: Iterable[Passage]) -> Iterator[_Remark]:
    section, file = "", ""
    for passage in passages:
        lines = list(zip(passage.text.split("\n"), passage.places, strict=False))
        if lines and lines[0][1].file != file:
            section, file = "", lines[0][1].file
        for paragraph in _paragraphs(lines):
            begins = [match[1] for text, _ in paragraph if (match := _title(text)) is not None]
            section = begins[-1] if begins else section
            first = paragraph[0][1]
            yield _Remark(_joined(text for text, _ in paragraph), f"{first.file} {first.words}", section)


def _of_printed(printed: str) -> Iterator[_Remark]:
    section = ""
    for number, line in enumerate(printed.splitlines(), start=1):
        match = _title(line)
        section = match[1] if match is not None else section
        yield _Remark(_joined([line]), f"printed, line {number}", section)


def _paragraphs(lines: list[tuple[str, Place]]) -> Iterator[list[tuple[str, Place]]]:
    """Lines that stand below each other; an empty line, a title or a gap in the file ends a paragraph."""
    paragraph: list[tuple[str, Place]] = []
    for text, place in lines:
        apart = bool(paragraph) and place.line not in (paragraph[-1][1].line, paragraph[-1][1].line + 1)
        if paragraph and (apart or not text.strip() or _title(text)):
            yield paragraph
            paragraph = []
        if text.strip():
            paragraph.append((text, place))
    if paragraph:
        yield paragraph


def _joined(lines: Iterable[str]) -> str:
    words = " ".join(line[:LONGEST_READ].strip().strip("#*").strip() for line in lines)
    return " ".join(words[:LONGEST_READ].split())
