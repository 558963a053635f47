"""Compare two runs: whose marks changed, and why."""

from collections.abc import Iterator

from grader.core.model import ExerciseReport, Frozen, Report
from grader.reporting.results_json import Results

__all__ = ["Change", "Comparison", "ExerciseChange", "compare"]


class ExerciseChange(Frozen, frozen=True):
    """One exercise whose marks changed; None if only one of the runs has it."""

    id: str
    before: float | None
    after: float | None
    reasons: tuple[str, ...]


class Change(Frozen, frozen=True):
    """One student whose marks changed; None if only one of the runs has them."""

    student: str
    before: float | None
    after: float | None
    exercises: tuple[ExerciseChange, ...] = ()


class Comparison(Frozen, frozen=True):
    """The differences in conditions between two runs, who changed, and how many did not."""

    context: tuple[str, ...]
    changes: tuple[Change, ...]
    unchanged: int


def compare(old: Results, new: Results) -> Comparison:
    """Compare two runs by student name, in order of name."""
    before = {report.student: report for report in old.submissions}
    after = {report.student: report for report in new.submissions}
    changes = [
        change
        for student in sorted(before.keys() | after.keys())
        if (change := _change(before.get(student), after.get(student))) is not None
    ]
    return Comparison(
        context=tuple(_context(old, new)),
        changes=tuple(changes),
        unchanged=len(before.keys() | after.keys()) - len(changes),
    )


def _context(old: Results, new: Results) -> Iterator[str]:
    for what, was, now in (
        ("lab", old.lab, new.lab),
        ("grader", old.grader, new.grader),
        ("seed", str(old.seed), str(new.seed)),
    ):
        if was != now:
            yield f"{what}: {was} → {now}"


def _change(old: Report | None, new: Report | None) -> Change | None:
    if old is None or new is None:
        only = old or new
        assert only is not None
        return Change(only.student, old.marks if old else None, new.marks if new else None)
    before = {exercise.id: exercise for exercise in old.exercises}
    after = {exercise.id: exercise for exercise in new.exercises}
    changed = tuple(
        ExerciseChange(
            id=id_,
            before=before[id_].marks if id_ in before else None,
            after=after[id_].marks if id_ in after else None,
            reasons=_reasons(before.get(id_), after.get(id_)),
        )
        for id_ in dict.fromkeys((*before, *after))
        if _marks(before.get(id_)) != _marks(after.get(id_))
    )
    return Change(new.student, old.marks, new.marks, changed) if changed else None


def _marks(exercise: ExerciseReport | None) -> tuple[float, float] | None:
    return (exercise.marks, exercise.max_marks) if exercise is not None else None


def _reasons(old: ExerciseReport | None, new: ExerciseReport | None) -> tuple[str, ...]:
    if old is None or new is None:
        return ("Graded only in the new run." if old is None else "Not graded in the new run.",)
    reasons = [*_checks(old, new), *_diagnoses(old, new)]
    if old.by_hand != new.by_hand:
        reasons += [
            f"Marked by hand: {given.item} {given.marks:g}."
            for given in new.by_hand
            if given.marks is not None
        ]
        reasons += ["The manual mark was removed."] if not new.by_hand else []
    if old.max_marks != new.max_marks:
        reasons.append(f"Maximum marks: {old.max_marks:g} → {new.max_marks:g}.")
    return tuple(reasons) or ("The findings are the same, but the rubric differs.",)


def _checks(old: ExerciseReport, new: ExerciseReport) -> Iterator[str]:
    before = {check.id: check for check in old.checks}
    for check in new.checks:
        was = before.pop(check.id, None)
        if was is None:
            yield f"New check “{check.title}”: {check.outcome}."
        elif was.outcome is not check.outcome:
            yield f"“{check.title}”: {was.outcome} → {check.outcome}."
        elif was.cost != check.cost:
            yield f"“{check.title}”: a different solution ({was.cost or 'as asked'} → {check.cost or 'as asked'})."
    for check in before.values():
        yield f"Check removed: “{check.title}”."


def _diagnoses(old: ExerciseReport, new: ExerciseReport) -> Iterator[str]:
    before = {diagnosis.id: diagnosis.title for diagnosis in old.diagnoses}
    after = {diagnosis.id: diagnosis.title for diagnosis in new.diagnoses}
    for id_, title in after.items():
        if id_ not in before:
            yield f"Newly diagnosed: {title}"
    for id_, title in before.items():
        if id_ not in after:
            yield f"No longer diagnosed: {title}"
