"""One run of `grade PATH…`: choose the executor, grade, write and show the results, return the exit status."""

import logging
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import click

from grader.cli.changed import only_changed
from grader.cli.exits import FAILED, INTERRUPTED
from grader.cli.formats import print_for_github, write_junit
from grader.cli.options import run_plan, started_fork_server
from grader.core.atomic_files import place
from grader.core.errors import GraderError, UsageError
from grader.core.escaping import in_short, visible
from grader.core.limits import Isolation, Level
from grader.core.model import Frozen, Report, Submission, Verdict
from grader.grading.executor import Executor
from grader.grading.findings_cache import open_cache
from grader.grading.local_executor import LocalExecutor
from grader.grading.pipeline import grade_all
from grader.integrations.gradescope import results as gradescope_results
from grader.marking.anonymise import Anonymiser
from grader.marking.feedback_level import filter_feedback
from grader.marking.manual_marks import apply_manual_marks, read_marks, unclaimed
from grader.marking.report_summary import summarised
from grader.marking.ungraded_report import ungraded
from grader.reporting import terminal_tables
from grader.reporting.junit import junit_xml
from grader.reporting.progress import ProgressDisplay
from grader.reporting.results_folder import Output
from grader.reporting.results_json import results_json
from grader.reporting.run_lock import exclusive
from grader.submissions.discovery import collect, one
from grader.submissions.roster import read_roster

__all__ = ["GradeOptions", "Grading"]

_log: Final = logging.getLogger("grader")

_NAMED: Final = 20
"""The most students named in one sentence."""


class GradeOptions(Frozen, frozen=True, kw_only=True):
    """The options and arguments of the command line, under their own names."""

    paths: tuple[Path, ...]
    out: Path
    roster: Path | None
    marks: Path | None
    jobs: int
    changed_since: str | None
    exercise_ids: tuple[str, ...]
    seed: int | str | None
    lab: str | None
    time_limit: float
    feedback: str
    diagnose_budget: int
    isolation: Isolation
    format_: str
    junit: Path | None
    gradescope: Path | None
    cluster: str | None
    cache: bool
    cache_dir: Path | None
    fail_under: float | None
    anonymise: bool


class Grading:
    """One run. Raises GraderError, in one sentence, if it cannot start."""

    def __init__(self, options: GradeOptions) -> None:
        if options.gradescope is not None and len(options.paths) != 1:
            raise UsageError("--gradescope takes exactly one PATH: the submission of one student.")
        self._options = options
        self._submissions = _submissions(options)
        self._plan = run_plan(
            lab=options.lab,
            exercise_ids=options.exercise_ids,
            seed=options.seed,
            time_limit=options.time_limit,
            diagnose_budget=options.diagnose_budget,
            isolation=options.isolation,
            feedback=options.feedback,
        )
        self._ids = [exercise.id for exercise in self._plan.exercises]
        self._table = options.marks or options.out / "marks.csv"
        self._by_hand = (
            read_marks(self._table, self._plan.lab.rubric) if options.marks or self._table.exists() else ()
        )
        self._anonymiser = (
            Anonymiser(self._plan.lab, self._plan.exercises, self._submissions) if options.anonymise else None
        )
        self._reports: list[Report] = []
        self._reused: list[Submission] = []
        self._errors = terminal_tables.error_console()

    def run(self) -> int:
        """Grade, write and show the results; return the exit status."""
        if self._options.changed_since and not self._submissions:
            return 0
        executor = self._executor()
        with closing(executor), exclusive(self._options.out):
            level = executor.level
            terminal_tables.warn_of_isolation(self._errors, executor)
            interrupted = self._grade(executor, level)
        self._show(level)
        return self._status(interrupted)

    def _executor(self) -> Executor:
        options, plan = self._options, self._plan
        if options.cluster is None:
            return LocalExecutor(plan, started_fork_server(plan.isolation), options.jobs)
        from grader.grading.cluster.dask_executor import DaskExecutor

        return DaskExecutor(plan, options.cluster)

    def _grade(self, executor: Executor, level: Level) -> bool:
        """Grade everybody and write everything; return whether the run was interrupted."""
        options, plan, anonymiser = self._options, self._plan, self._anonymiser
        output = Output(options.out, plan.lab, plan.seed, self._ids)
        interrupted = False
        try:
            with ProgressDisplay(
                self._errors, len(self._submissions), plain=options.format_ == "plain"
            ) as display:
                graded = grade_all(
                    self._submissions,
                    plan,
                    executor,
                    cache=open_cache(options.cache_dir, plan, level) if options.cache else None,
                    started=lambda given: display.started(
                        anonymiser.submission(given) if anonymiser else given
                    ),
                    reused=self._reused.append,
                )
                for automatic in graded:
                    display.finished(self._written(automatic, output))
        except KeyboardInterrupt:
            interrupted = True
        self._reports.sort(key=lambda report: report.student)
        output.tables(self._reports, level)
        if anonymiser is not None:
            output.names(anonymiser.names)
        write_junit(options.junit, self._reports, plan.lab.id)
        if options.gradescope is not None and self._reports:
            place(options.gradescope, gradescope_results(self._reports[0]).encode())
        return interrupted

    def _written(self, automatic: Report, output: Output) -> Report:
        """Write a student's pages and entry. If that fails, the student's marks stay open and nobody else is affected."""
        before = len(self._reports)
        try:
            return self._put_down(automatic, output)
        except (OSError, GraderError):  # concerns the folder, and so everybody
            raise
        except Exception as error:
            _log.error("the pages of %s failed: %s", visible(automatic.student), in_short(error))
            student, files, plan = automatic.student, automatic.files, self._plan
            instead = ungraded(student, files, automatic.identity, plan.lab, plan.exercises, error)
            del self._reports[before:]
            return self._put_down(instead, output)

    def _put_down(self, automatic: Report, output: Output) -> Report:
        """Keep a report, then write its pages: a student with pages counts as graded, even after an early interrupt."""
        by_hand = apply_manual_marks(automatic, self._by_hand, self._plan.lab.rubric)
        report = filter_feedback(by_hand, self._plan.feedback)
        if self._anonymiser is not None:
            report = self._anonymiser.report(report)
        output.keep(report)
        self._reports.append(report if self._shows_evidence() else summarised(report))
        output.student(report)
        return report

    def _shows_evidence(self) -> bool:
        """Whether the output needs the evidence as well as the tables."""
        options = self._options
        return (
            options.format_ in ("json", "junit", "github")
            or options.junit is not None
            or options.gradescope is not None
        )

    def _show(self, level: Level) -> None:
        """Print the results on standard output in the requested format."""
        plan, reports, ids, form = self._plan, self._reports, self._ids, self._options.format_
        if form == "json":
            click.echo(results_json(reports, plan.lab.id, plan.seed, level), nl=False)
        elif form == "junit":
            click.echo(junit_xml(reports, plan.lab.id), nl=False)
        elif form == "plain":
            click.echo(terminal_tables.plain_table(reports, ids))
        elif form == "github":
            anonymiser = self._anonymiser
            shown = map(anonymiser.submission, self._submissions) if anonymiser else self._submissions
            roots = {submission.student: _found_in(submission) for submission in shown}
            print_for_github(reports, roots, terminal_tables.plain_table(reports, ids))
        else:
            self._show_table(level)

    def _show_table(self, level: Level) -> None:
        stdout, reports = terminal_tables.output_console(), self._reports
        terminal_tables.print_by_line(stdout, terminal_tables.class_table(reports, self._ids))
        for sentence in terminal_tables.by_hand(reports):
            stdout.print(sentence)
        stdout.print(f"Isolation: {level}")
        if self._reused:
            stdout.print(
                f"{len(self._reused)} of {len(reports)} were taken from an earlier run; use --no-cache to run them again."
            )
        stdout.print(f"Feedback: {self._options.out / 'index.html'}", soft_wrap=True)

    def _status(self, interrupted: bool) -> int:
        """Print on standard error what a person has to know; return the exit status."""
        reports, errors = self._reports, self._errors
        for entry in unclaimed(self._by_hand, reports) if self._anonymiser is None else ():
            errors.print(
                f"{self._table} line {entry.line} was not used: {entry.student!r} does not identify exactly one "
                "graded student.",
                soft_wrap=True,
                markup=False,
            )
        if interrupted:
            errors.print(
                f"Interrupted: {len(reports)} of {len(self._submissions)} submissions were graded; their results are "
                f"in {self._options.out}."
            )
            return INTERRUPTED
        failed = [report for report in reports if _faults(report)]
        if failed:
            who = ", ".join(f"{report.student} ({', '.join(_faults(report))})" for report in failed[:_NAMED])
            more = f" and {len(failed) - _NAMED} more" if len(failed) > _NAMED else ""
            errors.print(
                f"The grader itself failed on work of {visible(who)}{more}; see the flags. These marks are open: grade "
                "again, or enter them with `grade mark`.",
                soft_wrap=True,
                markup=False,
            )
            return FAILED
        least = self._options.fail_under
        return FAILED if least is not None and any(_percent(report) < least for report in reports) else 0


def _submissions(options: GradeOptions) -> Sequence[Submission]:
    if options.gradescope is not None:
        return (one(options.paths[0]),)
    roster = read_roster(options.roster) if options.roster else ()
    return only_changed(collect(options.paths, roster), options.changed_since)


def _found_in(submission: Submission) -> Path:
    """The folder that contains the student's original files, even if copies of them were graded."""
    origin = submission.origins[0] if submission.origins else submission.root
    if submission.root.is_relative_to(origin):
        return submission.root
    return origin if origin.is_dir() else origin.parent


def _faults(report: Report) -> tuple[str, ...]:
    """The exercises that are open because the grader failed."""
    return tuple(exercise.id for exercise in report.exercises if exercise.verdict is Verdict.ERROR)


def _percent(report: Report) -> float:
    return 100.0 * report.marks / report.max_marks if report.max_marks else 100.0
