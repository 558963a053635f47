"""`grade PATH…`: grade a class or a file and write the results."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.changed import changed_option, only_changed
from grader.cli.exits import FAILED, INTERRUPTED
from grader.cli.formats import format_option, junit_option, print_for_github, write_junit
from grader.cli.options import drawn_seed, kept_findings, limits, shared, started_zygote
from grader.cli.settings import setting
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.model import Report
    from grader.sandbox import Limits

__all__ = ["command"]


@click.command("run", short_help="Grade a class or a file (what `grade PATH…` does).")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@setting(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    default="reports",
    help="Folder for the results.",
)
@setting(
    "--roster",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Who is in the class, as exported by Moodle, Canvas or GitHub Classroom: names everybody, and lists "
    "who handed nothing in.",
)
@setting(
    "--marks",
    type=click.Path(path_type=Path),
    metavar="FILE",
    show_default="marks.csv in the folder for the results, where there is one",
    help="Marks and comments by a person, which win over automatic ones (see `grade mark`).",
)
@setting(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    default=lambda: os.cpu_count() or 1,
    show_default="one for each core",
    help="Students graded at the same time.",
)
@changed_option
@shared
@format_option
@junit_option
@click.option(
    "--gradescope",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Take PATH for one student's submission and write Gradescope's results.json.",
)
@setting(
    "--cache/--no-cache",
    default=True,
    help="Keep findings, and run again only what has changed since an earlier run.",
)
@setting(
    "--cache-dir",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    show_default="lab-grader in your cache folder",
    help="Where findings are kept.",
)
@setting(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit with 1 if a student has less than this share of the marks.",
)
@click.option(
    "--anonymise",
    envvar="GRADE_ANONYMISE",
    is_flag=True,
    help="Put a stable code for every name in all that is written and shown; who is who goes to DIR-names.csv.",
)
def command(
    paths: Sequence[Path],
    out: Path,
    roster: Path | None,
    marks: Path | None,
    jobs: int,
    changed_since: str | None,
    exercise_ids: tuple[str, ...],
    seed: int | str | None,
    lab: str | None,
    time_limit: float,
    feedback: str,
    diagnose_budget: int,
    isolation: str,
    format_: str,
    junit: Path | None,
    gradescope: Path | None,
    cache: bool,
    cache_dir: Path | None,
    fail_under: float | None,
    anonymise: bool,
) -> None:
    """Grade a class or a file and write the results."""
    status = _run(
        paths,
        out=out,
        roster=roster,
        marks=marks,
        jobs=jobs,
        changed_since=changed_since,
        exercise_ids=exercise_ids,
        seed=seed,
        lab_name=lab,
        allowed=limits(time_limit, diagnose_budget),
        feedback=feedback,
        isolation=isolation,
        format_=format_,
        junit=junit,
        gradescope=gradescope,
        cache=cache,
        cache_dir=cache_dir,
        fail_under=fail_under,
        anonymise=anonymise,
    )
    sys.exit(status)


def _run(
    paths: Sequence[Path],
    *,
    out: Path,
    roster: Path | None,
    marks: Path | None,
    jobs: int,
    changed_since: str | None,
    exercise_ids: tuple[str, ...],
    seed: int | str | None,
    lab_name: str | None,
    allowed: "Limits",
    feedback: str,
    isolation: str,
    format_: str,
    junit: Path | None,
    gradescope: Path | None,
    cache: bool,
    cache_dir: Path | None,
    fail_under: float | None,
    anonymise: bool,
) -> int:
    from grader import console
    from grader.collect import collect, one
    from grader.export.atomic import place
    from grader.export.junit import junit_xml
    from grader.export.lock import exclusive
    from grader.export.results_json import results_json
    from grader.feedback import Feedback, at_level
    from grader.gradescope import results as gradescope_results
    from grader.handmarks import laid_over, read_marks, unclaimed
    from grader.labs import load_lab, selected
    from grader.model import Report, Submission, Verdict
    from grader.output import Output
    from grader.pipeline import grade_all
    from grader.progress import Watch
    from grader.roster import read_roster

    if gradescope is not None and len(paths) != 1:
        raise UsageError("--gradescope takes one PATH: the submission of one student.")
    if gradescope is not None:
        submissions: Sequence[Submission] = (one(paths[0]),)
    else:
        submissions = only_changed(collect(paths, read_roster(roster) if roster else ()), changed_since)
        if changed_since and not submissions:
            return 0
    lab = load_lab(lab_name)
    drawn = drawn_seed(seed, lab.seed)
    exercises = selected(lab, drawn, exercise_ids)
    ids = [exercise.id for exercise in exercises]
    table = marks or out / "marks.csv"
    by_hand = read_marks(table, lab.rubric) if marks or table.exists() else ()
    hidden = None
    if anonymise:
        from grader.anonymise import Anonymiser

        hidden = Anonymiser(lab, exercises, submissions)
    reports: list[Report] = []
    reused: list[Submission] = []
    interrupted = False
    errors = console.error_console()
    zygote = started_zygote(isolation)
    console.warn_of_isolation(errors, zygote)
    with zygote, exclusive(out):
        kept = (
            kept_findings(cache_dir, lab_name, lab, exercises, drawn, allowed, zygote.level)
            if cache
            else None
        )
        output = Output(out, lab, drawn, ids)
        try:
            with Watch(errors, len(submissions), plain=format_ == "plain") as watch:
                graded = grade_all(
                    submissions,
                    lab,
                    exercises,
                    drawn,
                    allowed,
                    jobs,
                    started=lambda given: watch.started(hidden.submission(given) if hidden else given),
                    cache=kept,
                    zygote=zygote,
                    reused=reused.append,
                )
                for automatic in graded:
                    report = at_level(laid_over(automatic, by_hand, lab.rubric), Feedback(feedback))
                    if hidden is not None:
                        report = hidden.report(report)
                    reports.append(report)
                    output.student(report)
                    watch.finished(report)
        except KeyboardInterrupt:
            interrupted = True
        reports.sort(key=lambda report: report.student)
        output.tables(reports, zygote.level)
        if hidden is not None:
            output.names(hidden.names)
        write_junit(junit, reports, lab.id)
        if gradescope is not None and reports:
            place(gradescope, gradescope_results(reports[0]).encode())
    if format_ == "json":
        click.echo(results_json(reports, lab.id, drawn, zygote.level), nl=False)
    elif format_ == "junit":
        click.echo(junit_xml(reports, lab.id), nl=False)
    elif format_ == "plain":
        click.echo(console.plain_table(reports, ids))
    elif format_ == "github":
        shown = submissions if hidden is None else tuple(map(hidden.submission, submissions))
        roots = {submission.student: submission.root for submission in shown}
        print_for_github(reports, roots, console.plain_table(reports, ids))
    else:
        stdout = console.output_console()
        stdout.print(console.class_table(reports, ids), *console.by_hand(reports), sep="\n")
        stdout.print(f"Isolation: {zygote.level}")
        if reused:
            stdout.print(
                f"{len(reused)} of {len(reports)} were known from an earlier run; --no-cache runs them again."
            )
        stdout.print(f"Feedback: {out / 'index.html'}", soft_wrap=True)
    for entry in unclaimed(by_hand, reports) if hidden is None else ():
        errors.print(
            f"{table} line {entry.line} was not used: not exactly one of those graded is called {entry.student!r}.",
            soft_wrap=True,
            markup=False,
        )
    if interrupted:
        errors.print(
            f"Interrupted: {len(reports)} of {len(submissions)} submissions were graded and kept in {out}."
        )
        return INTERRUPTED
    if any(exercise.verdict is Verdict.ERROR for report in reports for exercise in report.exercises):
        errors.print("The grader itself failed on some checks; see the flags. They cost no mark.")
        return FAILED
    return (
        FAILED if fail_under is not None and any(_percent(report) < fail_under for report in reports) else 0
    )


def _percent(report: "Report") -> float:
    return 100.0 * report.marks / report.max_marks if report.max_marks else 100.0
