"""Turn failed checks into a tutor's explanation: the mistake, its line, and the smallest input that shows it.

The lab names mistakes that it can execute; the search for repairs finds the line. Both are verified by
executing them, and each covers cases that the other cannot.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from grader.core.evidence import Counterexample, Excerpt
from grader.core.result import CheckResult, Diagnosis, Outcome
from grader.core.submission import Source
from grader.diagnosis.edit_attribution import places_of
from grader.diagnosis.edit_explanations import concept_of, question_of
from grader.diagnosis.outside_sizes import outside_sizes
from grader.diagnosis.repair_search import repairs
from grader.diagnosis.repair_types import Budget, EditLocation, Repair
from grader.execution.bench import WorkerBench
from grader.lab.spec import Bench, Exercise, Function

__all__ = ["CONTEXT", "UNEXPLAINED", "diagnose"]

CONTEXT: Final = 3
"""The number of lines shown before and after the marked one."""

UNEXPLAINED: Final = "unexplained"
"""The id of a diagnosis that only shows where the result differs."""

SYNTAX: Final = "syntax-error"

_OF_CODE: Final = (Outcome.PASS, Outcome.FAIL, Outcome.SKIPPED)


def diagnose(
    exercise: Exercise,
    functions: Sequence[Function],
    bench: Bench,
    results: tuple[CheckResult, ...],
    budget: Budget | None,
) -> tuple[Diagnosis, ...]:
    """The diagnoses, the most informative first; empty if nothing failed.

    Without a budget, there is no search for repairs, and a mistake is located only at its function.
    """
    source = bench.loaded.source
    if source is not None and source.problem_line is not None:
        return (_unreadable(source),) if _failed(results) else ()
    if budget is not None and isinstance(bench, WorkerBench) and _failed(results):
        outside = outside_sizes(exercise, bench, results)
        if outside:
            return tuple(_with_excerpt(diagnosis, source, {}) for diagnosis in outside)
    named = exercise.diagnose(bench, results)
    if not _failed(results):
        return tuple(_with_excerpt(diagnosis, source, {}) for diagnosis in named)
    placed, verified = named, tuple[Repair, ...]()
    if budget is not None and isinstance(bench, WorkerBench):
        # No edit of the code can fix a check whose answer is missing or has to be read by a person.
        counted = frozenset(result.id for result in results if result.outcome in _OF_CODE)
        verified = repairs(exercise, functions, bench, results, budget, counted)
        if verified:
            placed = _placed(named, verified[0], places_of(exercise, bench, named, verified[0]), source)
    counterexample = exercise.counterexample(bench, results)
    if not placed and counterexample is not None:
        placed = (_unexplained(results, counterexample, source),)
    numbers = {place.line: place.number for place in verified[0].places} if verified else {}
    return tuple(
        _with_excerpt(
            msgspec.structs.replace(diagnosis, counterexample=counterexample if number == 0 else None),
            source,
            numbers,
        )
        for number, diagnosis in enumerate(placed)
    )


def _failed(results: Sequence[CheckResult]) -> bool:
    return any(result.outcome is Outcome.FAIL for result in results)


def _unreadable(source: Source) -> Diagnosis:
    return Diagnosis(
        id=SYNTAX,
        title="Python cannot read the file.",
        message=source.problem,
        file=source.name,
        line=source.problem_line,
        verified=True,
        concept="the syntax of Python",
        question="Which bracket, quote, colon or indentation does Python not accept, on this line or just above?",
        excerpt=_excerpt(source, (_number_of(source, source.problem_line or 1) or 1,)),
        evidence="Python stops at this place before it runs any line of the file.",
    )


def _placed(
    named: tuple[Diagnosis, ...], repair: Repair, places: Mapping[str, EditLocation], source: Source | None
) -> tuple[Diagnosis, ...]:
    """The mistakes with the lines that fix them; an unexplained repair becomes a diagnosis of its own."""
    proof = f"With {_changes(repair)} in a copy of your file, all {repair.passed} checks pass."
    if not places:
        first, *rest = repair.places
        name = source.name if source is not None else ""
        return (
            *named,
            _slip(first, name, proof, repair.diff),
            *(_slip(place, name, proof, "") for place in rest if place.line != first.line),
        )
    first_placed = next(mistake.id for mistake in named if mistake.id in places)
    return tuple(
        msgspec.structs.replace(
            mistake,
            line=places[mistake.id].line,
            repair=repair.diff if mistake.id == first_placed else "",
            evidence=f"{mistake.evidence} {proof}".strip(),
            verified=True,
        )
        if mistake.id in places
        else mistake
        for mistake in named
    )


def _changes(repair: Repair) -> str:
    count = len(repair.places)
    return "one change" if count == 1 else f"{count} changes"


def _slip(place: EditLocation, file: str, proof: str, diff: str) -> Diagnosis:
    return Diagnosis(
        id=f"slip-{place.kind}",
        title=place.sentence,
        message="Nothing else has to be changed.",
        file=file,
        line=place.line,
        verified=True,
        concept=concept_of(place.kind),
        question=question_of(place.kind),
        repair=diff,
        evidence=proof,
    )


def _unexplained(
    results: Sequence[CheckResult], counterexample: Counterexample, source: Source | None
) -> Diagnosis:
    first = next(result for result in results if result.outcome is Outcome.FAIL)
    return Diagnosis(
        id=UNEXPLAINED,
        title="No known mistake explains this; here is the smallest input on which it shows.",
        message=first.message,
        file=source.name if source is not None else "",
        concept="following a program by hand",
        question="What does each line of your function compute for this input?",
    )


def _with_excerpt(diagnosis: Diagnosis, source: Source | None, numbers: Mapping[int, int]) -> Diagnosis:
    """The diagnosis with its location in words and an excerpt of the student's code.

    `numbers` maps a line of the original file to the line of the code that a repair changes.
    """
    if source is None or diagnosis.line is None:
        return diagnosis
    number = numbers.get(diagnosis.line) or _number_of(source, diagnosis.line)
    if number is None:
        return diagnosis
    place = source.place(number)
    marked = tuple(sorted({number, *numbers.values()})) if diagnosis.line in numbers else (number,)
    return msgspec.structs.replace(
        diagnosis,
        file=place.file or diagnosis.file,
        place=place.words,
        excerpt=_excerpt(source, marked),
    )


def _number_of(source: Source, line: int) -> int | None:
    """The line of the code for a line of the original file; None unless there is exactly one."""
    numbers = [number for number, original in enumerate(source.lines, 1) if original == line]
    return numbers[0] if len(numbers) == 1 else None


def _excerpt(source: Source, marked: tuple[int, ...]) -> Excerpt | None:
    """The lines of the code around the marked ones; None if they are not contiguous in the original file."""
    lines = source.code.split("\n")
    first, last = max(min(marked) - CONTEXT, 1), min(max(marked) + CONTEXT, len(lines))
    originals = [source.place(number).line or number for number in range(first, last + 1)]
    if originals != list(range(originals[0], originals[0] + len(originals))):
        return None
    return Excerpt(
        file=source.place(first).file,
        first=originals[0],
        code="\n".join(lines[first - 1 : last]),
        marked=tuple(originals[number - first] for number in marked),
    )
