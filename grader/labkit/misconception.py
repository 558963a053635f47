"""What a tutor says of a known mistake."""

import msgspec

from grader.lab import Diagnosis, Located, Source

__all__ = ["MisconceptionText", "diagnosis_of"]


class MisconceptionText(msgspec.Struct, frozen=True):
    """How a mistake is told, without telling the line that would be right.

    `title` names it, `message` says why it is wrong, `concept` is the idea to teach again, `question`
    leads to it.
    """

    id: str
    title: str
    message: str
    concept: str
    question: str


def diagnosis_of(
    text: MisconceptionText, evidence: str, source: Source | None, located: Located | None
) -> Diagnosis:
    """The diagnosis of a mistake that running it has proved; `evidence` says how."""
    return Diagnosis(
        id=text.id,
        title=text.title,
        message=text.message,
        file=source.name if source is not None else "",
        line=located.line if located is not None else None,
        verified=True,
        concept=text.concept,
        question=text.question,
        evidence=evidence,
    )
