"""The command line: options, console, exit codes. No logic.

Exit status: 0 graded (low marks are not a failure), 1 something could not be graded or --fail-under was
missed, 2 usage, 3 our own fault, 130 interrupted.
"""

import logging
import os
import secrets
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from grader import __version__
from grader.errors import GraderError, SandboxError, UsageError

__all__ = ["main"]

_FAILED, _USAGE, _OURS, _INTERRUPTED = 1, 2, 3, 130


class GradeGroup(click.Group):
    """`grade PATH…` grades; `grade COMMAND` runs a command. Help shows the options of grading at once."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take everything that is no command of ours for the arguments of grading."""
        if args and args[0] not in (*self.commands, "-h", "--help", "--version"):
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show what `grade PATH…` takes before the commands."""
        shown = [p for p in self.commands["run"].params if isinstance(p, click.Option)]
        shown += [p for p in self.get_params(ctx) if isinstance(p, click.Option)]
        with formatter.section("Options"):
            formatter.write_dl([record for p in shown if (record := p.get_help_record(ctx)) is not None])
        self.format_commands(ctx, formatter)


@click.group(
    cls=GradeGroup,
    no_args_is_help=True,
    subcommand_metavar="PATH… | COMMAND [ARGS]…",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="grade")
def cli() -> None:
    """Grade a lab in numerical computing.

    `grade PATH…` grades a class or a single file: a folder with one folder (or one file) for each
    student, or a student's file. It runs every student's code in a process of its own, judges what the
    code does by the algebra of the exercise, and writes marks and feedback pages into --out:

    \b
      reports/index.html                    the class at a glance
      reports/students/NAME/report.html     each student's feedback (and report.md)
      reports/gradebook.csv                 marks for a spreadsheet
      reports/results.json                  everything, for other programs

    Examples:

    \b
      grade submissions/                    grade a class
      grade submissions/ --exercise 1.1     only one exercise
      grade check lab1.py                   check your own file; nothing is written
      grade lab                             what is asked, checked and tolerated

    Low marks are no error: the exit status is 0 when everything was graded, 1 when something could not
    be graded or --fail-under was missed, 2 for a wrong command line, 3 for our own fault.
    """


def _shared(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(
        (
            click.option(
                "--exercise",
                "exercise_ids",
                multiple=True,
                metavar="ID",
                help="Only this exercise; may be repeated.",
            ),
            click.option(
                "--seed",
                envvar="GRADE_SEED",
                metavar="N|fresh",
                help="Draw matrices, masks and starts from this seed; `fresh` takes one from the system. Default: the lab's.",
            ),
            click.option(
                "--lab",
                envvar="GRADE_LAB",
                metavar="PACKAGE:NAME",
                help="The lab to grade by. Default: reference:LAB.",
            ),
            click.option(
                "--time-limit",
                envvar="GRADE_TIME_LIMIT",
                type=click.FloatRange(min=0.1),
                metavar="SECONDS",
                help="CPU time one call of a student may take. Default: 10.",
            ),
            click.option(
                "--isolation",
                envvar="GRADE_ISOLATION",
                type=click.Choice(["auto", "strict", "process"]),
                help="How students' code is shut in: `strict` (Landlock and seccomp), `process` (limits only), "
                "or the strongest there is. Default: auto.",
            ),
        )
    ):
        command = option(command)
    return command


@cli.command("run", short_help="Grade a class or a file (what `grade PATH…` does).")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@click.option(
    "--out",
    envvar="GRADE_OUT",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder for the results. Default: reports.",
)
@click.option(
    "--jobs",
    envvar="GRADE_JOBS",
    type=click.IntRange(min=1),
    metavar="N",
    help="Students graded at the same time. Default: one for each core.",
)
@_shared
@click.option(
    "--format",
    "format_",
    envvar="GRADE_FORMAT",
    type=click.Choice(["rich", "plain", "json"]),
    help="What to print: a table, tab-separated lines, or results.json. Default: rich.",
)
@click.option(
    "--fail-under",
    envvar="GRADE_FAIL_UNDER",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit with 1 if a student has less than this share of the marks.",
)
def run(
    paths: Sequence[Path],
    out: Path | None,
    jobs: int | None,
    exercise_ids: tuple[str, ...],
    seed: str | None,
    lab: str | None,
    time_limit: float | None,
    isolation: str | None,
    format_: str | None,
    fail_under: float | None,
) -> None:
    """Grade a class or a file and write the results."""
    from grader.config import read_settings

    settings = read_settings(Path.cwd())
    status = _run(
        paths,
        out=out or Path(settings.out or "reports"),
        jobs=jobs or settings.jobs or os.cpu_count() or 1,
        exercise_ids=exercise_ids,
        seed=seed or settings.seed,
        lab_name=lab or settings.lab,
        time_limit=time_limit or settings.time_limit,
        isolation=isolation or settings.isolation,
        format_=format_ or settings.format or "rich",
        fail_under=fail_under if fail_under is not None else settings.fail_under,
    )
    sys.exit(status)


def _run(
    paths: Sequence[Path],
    *,
    out: Path,
    jobs: int,
    exercise_ids: tuple[str, ...],
    seed: int | str | None,
    lab_name: str | None,
    time_limit: float | None,
    isolation: str | None,
    format_: str,
    fail_under: float | None,
) -> int:
    from grader import console
    from grader.collect import collect
    from grader.export.results_json import results_json
    from grader.labs import DEFAULT_LAB, load_lab, selected
    from grader.model import Report, Verdict
    from grader.output import Output
    from grader.pipeline import grade_all

    submissions = collect(paths)
    lab = load_lab(lab_name or DEFAULT_LAB)
    drawn = _seed(seed, lab.seed)
    exercises = selected(lab, drawn, exercise_ids)
    ids = [exercise.id for exercise in exercises]
    zygote = _zygote(isolation)
    output = Output(out, lab, drawn, ids, zygote.level)
    reports: list[Report] = []
    interrupted = False
    errors = console.error_console()
    console.warn_of_isolation(errors, zygote)
    try:
        with console.progress(errors) as bar:
            task = bar.add_task("Grading", total=len(submissions))
            for report in grade_all(submissions, lab, exercises, drawn, _limits(time_limit), jobs, zygote):
                reports.append(report)
                output.student(report)
                bar.advance(task)
    except KeyboardInterrupt:
        interrupted = True
    reports.sort(key=lambda report: report.student)
    output.tables(reports)
    stdout = console.output_console()
    if format_ == "json":
        click.echo(results_json(reports, lab.id, drawn, zygote.level), nl=False)
    elif format_ == "plain":
        click.echo(console.plain_table(reports, ids))
    else:
        stdout.print(console.class_table(reports, ids))
        stdout.print(f"Isolation: {zygote.level}")
        stdout.print(f"Feedback: {out / 'index.html'}", soft_wrap=True)
    if interrupted:
        errors.print(
            f"Interrupted: {len(reports)} of {len(submissions)} submissions were graded and kept in {out}."
        )
        return _INTERRUPTED
    if any(exercise.verdict is Verdict.ERROR for report in reports for exercise in report.exercises):
        errors.print("The grader itself failed on some checks; see the flags. They cost no mark.")
        return _FAILED
    return (
        _FAILED if fail_under is not None and any(_percent(report) < fail_under for report in reports) else 0
    )


def _percent(report: Any) -> float:
    return 100.0 * report.marks / report.max_marks if report.max_marks else 100.0


def _limits(time_limit: float | None) -> Any:
    from grader.sandbox import Limits

    if time_limit is None:
        return Limits()
    return Limits(call_seconds=time_limit, submission_seconds=6 * time_limit)


def _zygote(isolation: str | None) -> Any:
    from grader.zygote import Zygote

    zygote = Zygote(isolation or "auto")  # type: ignore[arg-type]  # click and Settings allow no other word
    try:
        zygote.level  # noqa: B018  refuses here what the machine cannot hold
    except GraderError:
        zygote.close()
        raise
    return zygote


def _seed(seed: int | str | None, default: int) -> int:
    if seed is None:
        return default
    if seed == "fresh":
        return secrets.randbits(53)  # more than can be tried, and exact in every JSON reader
    try:
        number = int(seed)
    except ValueError:
        number = -1
    if number < 0:
        raise UsageError(f"--seed {seed}: give a whole number from 0, or `fresh`.")
    return number


@cli.command("check", short_help="Check your own file; nothing is written.")
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE")
@_shared
@click.option(
    "--format",
    "format_",
    envvar="GRADE_FORMAT",
    type=click.Choice(["rich", "plain", "json"]),
    help="Coloured text, plain text, or results.json. Default: rich.",
)
def check(
    path: Path,
    exercise_ids: tuple[str, ...],
    seed: str | None,
    lab: str | None,
    time_limit: float | None,
    isolation: str | None,
    format_: str | None,
) -> None:
    """Check one file or folder and print what is right, what is not, and what to do next.

    Nothing is written. The exit status is 1 until every exercise has full marks.
    """
    from grader import console
    from grader.collect import one
    from grader.config import read_settings
    from grader.export.results_json import results_json
    from grader.labs import DEFAULT_LAB, load_lab, selected
    from grader.model import Verdict
    from grader.pipeline import grade_one

    settings = read_settings(Path.cwd())
    submission = one(path)
    loaded = load_lab(lab or settings.lab or DEFAULT_LAB)
    drawn = _seed(seed or settings.seed, loaded.seed)
    exercises = selected(loaded, drawn, exercise_ids)
    with _zygote(isolation or settings.isolation) as zygote:
        console.warn_of_isolation(console.error_console(), zygote)
        limits = _limits(time_limit or settings.time_limit)
        report = grade_one(submission, loaded, exercises, drawn, limits, zygote)
    if format_ == "json":
        click.echo(results_json([report], loaded.id, drawn, zygote.level), nl=False)
    else:
        console.output_console(plain=format_ == "plain").print(console.student_view(report))
    sys.exit(0 if all(exercise.verdict is Verdict.FULL for exercise in report.exercises) else _FAILED)


@cli.command("lab", short_help="Show the lab: exercises, checks, marks, and its numbers recomputed.")
@click.option(
    "--lab", envvar="GRADE_LAB", metavar="PACKAGE:NAME", help="The lab to show. Default: reference:LAB."
)
@click.option(
    "--numbers/--no-numbers", default=True, help="Recompute the lab's published numbers (some seconds)."
)
def lab_command(lab: str | None, numbers: bool) -> None:
    """Show what is asked, what is checked, what it is worth, and recompute the lab's own numbers."""
    from rich.table import Table
    from rich.text import Text

    from grader import console
    from grader.config import read_settings
    from grader.labs import DEFAULT_LAB, load_lab, selected

    loaded = load_lab(lab or read_settings(Path.cwd()).lab or DEFAULT_LAB)
    stdout = console.output_console()
    stdout.print(console.lab_view(loaded, selected(loaded, loaded.seed, ())))
    if not numbers:
        return
    table = Table(
        "Number",
        "Published",
        "Computed",
        "Holds",
        header_style="bold",
        title="\nNumbers of the lab",
        title_justify="left",
    )
    shown = loaded.demonstrate()
    for number in shown:
        cells = (number.name, number.published, number.computed, "yes" if number.holds else "NO")
        table.add_row(*map(Text, cells))
    stdout.print(table)
    held = sum(number.holds for number in shown)
    stdout.print(f"{held} of {len(shown)} numbers came out.")
    sys.exit(0 if held == len(shown) else _FAILED)


@cli.command("doctor", short_help="Show what this machine offers to shut students' code in, and prove it.")
@click.option(
    "--isolation",
    envvar="GRADE_ISOLATION",
    type=click.Choice(["auto", "strict", "process"]),
    help="The isolation to try. Default: the strongest there is.",
)
def doctor(isolation: str | None) -> None:
    """Show what this machine offers to shut students' code in, and try to break out of it.

    Every claim is put to the test by a worker of its own, as a hostile submission would. The exit status
    is 1 where something that the isolation promises does not hold.
    """
    from grader import console
    from grader.config import read_settings
    from grader.doctor import examine, facts

    stdout = console.output_console()
    stdout.print(console.facts_view(facts()))
    with _zygote(isolation or read_settings(Path.cwd()).isolation) as zygote:
        stdout.print(f"\nIsolation: {zygote.level}")
        console.warn_of_isolation(console.error_console(), zygote)
        outcomes = []
        with console.progress(console.error_console()) as bar:
            task = bar.add_task("Trying to break out", total=None)
            for outcome in examine(zygote):
                outcomes.append(outcome)
                bar.advance(task)
    stdout.print(console.trials_table(outcomes))
    broken = sum(outcome.promised and not outcome.held for outcome in outcomes)
    stdout.print(
        f"{broken} of the claims do not hold: please report this, see SECURITY.md."
        if broken
        else "Every claim of this isolation held."
    )
    sys.exit(_FAILED if broken else 0)


def main() -> None:
    """Run the command line; every error on purpose is one sentence on stderr."""
    logging.basicConfig(format="grade: %(message)s", level=logging.ERROR)
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        _complain("Interrupted.")
        sys.exit(_INTERRUPTED)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(_USAGE)
    except KeyboardInterrupt:
        _complain("Interrupted.")
        sys.exit(_INTERRUPTED)
    except SandboxError as error:
        _complain(f"Student code could not be run: {error}.")
        sys.exit(_OURS)
    except UsageError as error:
        _complain(str(error))
        sys.exit(_USAGE)
    except GraderError as error:
        _complain(str(error))
        sys.exit(_OURS)


def _complain(sentence: str) -> None:
    from grader.text import visible

    click.echo(f"grade: {visible(sentence)}", err=True)


if __name__ == "__main__":
    main()
