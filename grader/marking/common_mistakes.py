"""The mistakes that a class shares, the most frequent first: what to teach again."""

from collections.abc import Sequence

from grader.core.model import Diagnosis, Frozen, Report

__all__ = ["SharedMistake", "shared_mistakes"]


class SharedMistake(Frozen, frozen=True):
    """A mistake and who made it; `students` have their names in the reports, sorted."""

    id: str
    """The id of the mistake."""
    title: str
    """The mistake, in a sentence."""
    concept: str
    """The idea to teach again."""
    students: tuple[str, ...]
    """The students who made it, sorted by name."""


def shared_mistakes(reports: Sequence[Report]) -> tuple[SharedMistake, ...]:
    """Every verified mistake of the class; a student who made it in two exercises counts once."""
    told: dict[str, Diagnosis] = {}
    who: dict[str, set[str]] = {}
    for report in reports:
        for exercise in report.exercises:
            for diagnosis in exercise.diagnoses:
                if diagnosis.verified:
                    told.setdefault(diagnosis.id, diagnosis)
                    who.setdefault(diagnosis.id, set()).add(report.student)
    found = [
        SharedMistake(id_, told[id_].title, told[id_].concept, tuple(sorted(students)))
        for id_, students in who.items()
    ]
    return tuple(sorted(found, key=lambda mistake: (-len(mistake.students), mistake.id)))
