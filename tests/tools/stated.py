"""The confusion table of stated values: right answers rejected and wrong ones accepted, in 1.2, 2.1 and 3.2.

``python -m tests.tools.stated [--seeds N] [--first SEED] [--only TEXT] [--verbose] [--show NAME]`` builds every case of
`tests/tools/stated_cases.py` at each seed, grades it through the real pipeline and real workers and prints, for each check,
how often right answers pass, wait for a person or are rejected, and how often wrong ones are rejected, wait or are
accepted, and whether a message names the mistake. Nothing may be falsely rejected or falsely accepted; the exit status
says so. Answers in prose are for a person and are left out.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from grader.core.result import CheckResult, ExerciseReport, Outcome, Report
from grader.grading.local_executor import LocalExecutor
from grader.grading.pipeline import grade_all
from grader.grading.run_plan import RunPlan
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.worker_client import Limits
from grader.submissions.discovery import one
from reference import LAB
from tests.tools.stated_cases import CHECKS, Case, build, cases, indistinct

__all__ = ["Judgement", "grade", "judgements"]

EXERCISES = ("1.2", "2.1", "3.2")


class Judgement(msgspec.Struct, frozen=True):
    """What became of one labelled check of one case."""

    case: Case
    seed: int
    check: str
    right: bool
    outcome: Outcome | None
    """None where the report has no such check."""
    message: str
    named: bool = False
    """Of a wrong one: whether a message for its exercise has one of the words expected."""
    indistinct: bool = False

    @property
    def false(self) -> bool:
        """Whether the outcome contradicts the label."""
        if self.right:
            return self.outcome not in (Outcome.PASS, Outcome.MANUAL)
        return self.outcome is Outcome.PASS and not self.indistinct


def grade(chosen: Sequence[Case], seed: int, jobs: int = 2) -> Iterator[tuple[Case, Report]]:
    """Build the cases at a seed, grade them at the same seed and yield each with its report, as they finish."""
    by_name = {f"case{number}": case for number, case in enumerate(chosen)}
    exercises = tuple(exercise for exercise in LAB.exercises(seed) if exercise.id in EXERCISES)
    plan = RunPlan(lab=LAB, exercises=exercises, seed=seed, limits=Limits(repairs=0))
    with tempfile.TemporaryDirectory() as folder:
        submissions = [
            msgspec.structs.replace(one(_write(Path(folder) / name, case, seed)), student=name)
            for name, case in by_name.items()
        ]
        for report in grade_all(submissions, plan, LocalExecutor(plan, ForkServer(), jobs)):
            yield by_name[report.student], report


def _write(folder: Path, case: Case, seed: int) -> Path:
    folder.mkdir()
    for name, content in build(case, seed).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def judgements(case: Case, report: Report, seed: int) -> Iterator[Judgement]:
    """What became of every labelled check of a case."""
    exercises = {exercise.id: exercise for exercise in report.exercises}
    for check_id in CHECKS:
        if check_id not in (*case.right, *case.wrong):
            continue
        exercise = exercises[check_id.partition("-")[0]]
        check = next((check for check in exercise.checks if check.id == check_id), None)
        wrong = check_id in case.wrong
        yield Judgement(
            case,
            seed,
            check_id,
            not wrong,
            check.outcome if check is not None else None,
            _message(check),
            wrong and _named(case, exercise),
            wrong and indistinct(case, seed),
        )


def _message(check: CheckResult | None) -> str:
    return " ".join(check.message.split()) if check is not None else "no such check"


def _named(case: Case, exercise: ExerciseReport) -> bool:
    said = [exercise.next_step, *exercise.notes]
    said += [check.message for check in exercise.checks if check.outcome is not Outcome.PASS]
    said += [text for diagnosis in exercise.diagnoses for text in (diagnosis.title, diagnosis.message)]
    text = " ".join(said).lower()
    return any(word.lower() in text for word in case.says)


def _table(found: Iterable[Judgement]) -> str:
    """The confusion table, one line a check."""
    counts: Counter[tuple[str, str]] = Counter()
    for judged in found:
        column = ("right " if judged.right else "wrong ") + _column(judged)
        counts[judged.check, column] += 1
        if judged.named and column == "wrong rejected":
            counts[judged.check, "named"] += 1
    lines = ["check          " + "  ".join(_HEADS)]
    for check in CHECKS:
        lines.append(f"{check:15}" + "  ".join(f"{counts[check, head]:{len(head)}}" for head in _HEADS))
    return "\n".join(lines)


_HEADS = (
    "right accepted",
    "right waiting",
    "right rejected",
    "wrong rejected",
    "named",
    "wrong waiting",
    "wrong accepted",
    "wrong indistinct",
)


def _column(judged: Judgement) -> str:
    if judged.outcome is Outcome.MANUAL:
        return "waiting"
    if judged.outcome is Outcome.PASS:
        return "indistinct" if judged.indistinct else "accepted"
    return "rejected"


def main() -> int:
    """Print the table and every false judgement; 0 where there is none."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seeds", type=int, default=1, help="grade at so many seeds")
    parser.add_argument("--first", type=int, default=0, help="the first of these seeds")
    parser.add_argument("--only", default="", help="only cases whose name contains this")
    parser.add_argument("--verbose", action="store_true", help="also list what waits and what is not named")
    parser.add_argument(
        "--show", default="", metavar="NAME", help="print the files of a case and grade nothing"
    )
    options = parser.parse_args()
    if options.show:
        return _show([case for case in cases() if case.name == options.show])
    chosen = [case for case in cases() if options.only in case.name]
    found: list[Judgement] = []
    for seed in range(options.first, options.first + options.seeds):
        for case, report in grade(chosen, seed):
            found += judgements(case, report, seed)
    found.sort(key=lambda judged: (judged.case.name, judged.seed, judged.check))
    right = sum(not case.wrong for case in chosen)
    print(f"{right} right and {len(chosen) - right} wrong cases, {options.seeds} seeds\n{_table(found)}")
    for judged in found:
        if judged.false:
            print(f"falsely {'rejected' if judged.right else 'accepted'}: {_line(judged)}")
    for judged in found if options.verbose else ():
        if judged.outcome is Outcome.MANUAL:
            print(f"waits: {_line(judged)}")
        elif not judged.right and not judged.named and not judged.false:
            print(f"not named ({', '.join(judged.case.says)}): {_line(judged)}")
    return int(any(judged.false for judged in found))


def _line(judged: Judgement) -> str:
    return f"{judged.case.name}, seed {judged.seed}, {judged.check}: {judged.message}"


def _show(chosen: Sequence[Case]) -> int:
    for case in chosen:
        for name, content in build(case, 0).items():
            print(f"--- {name}\n{content.decode()}")
    return int(not chosen)


if __name__ == "__main__":
    sys.exit(main())
