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
from grader.cli.options import drawn_seed, kept_findings, limits, started_zygote
from grader.core.atomic_files import place
from grader.core.errors import GraderError, UsageError
from grader.core.escaping import in_short, visible
from grader.core.limits import Isolation, Level
from grader.core.model import Frozen, Report, Submission, Verdict
from grader.grading.executor import Crew
from grader.grading.pipeline import LocalCrew, grade_all
from grader.integrations.gradescope import results as gradescope_results
from grader.lab.loader import load_lab, selected
from grader.marking.anonymise import Anonymiser
from grader.marking.feedback_level import Feedback, at_level
from grader.marking.manual_marks import laid_over, read_marks, unclaimed
from grader.marking.report_summary import concise
from grader.marking.ungraded_report import ungraded
from grader.reporting import terminal_tables
from grader.reporting.junit import junit_xml
from grader.reporting.progress import Watch
from grader.reporting.results_folder import Output
from grader.reporting.results_json import results_json
from grader.reporting.run_lock import exclusive
from grader.submissions.discovery import collect, one
from grader.submissions.roster import read_roster

__all__ = ["Asked", "Grading"]

_log: Final = logging.getLogger("grader")

_NAMED: Final = 20
"""The most students named in one sentence."""


class Asked(Frozen, frozen=True, kw_only=True):
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

    def __init__(self, asked: Asked) -> None:
        if asked.gradescope is not None and len(asked.paths) != 1:
            raise UsageError("--gradescope takes exactly one PATH: the submission of one student.")
        self._asked = asked
        self._submissions = _submissions(asked)
        self._lab = load_lab(asked.lab)
        self._seed = drawn_seed(asked.seed, self._lab.seed)
        self._exercises = selected(self._lab, self._seed, asked.exercise_ids)
        self._ids = [exercise.id for exercise in self._exercises]
        self._limits = limits(asked.time_limit, asked.diagnose_budget)
        self._table = asked.marks or asked.out / "marks.csv"
        self._by_hand = (
            read_marks(self._table, self._lab.rubric) if asked.marks or self._table.exists() else ()
        )
        self._hidden = Anonymiser(self._lab, self._exercises, self._submissions) if asked.anonymise else None
        self._reports: list[Report] = []
        self._reused: list[Submission] = []
        self._errors = terminal_tables.error_console()

    def run(self) -> int:
        """Grade, write and show the results; return the exit status."""
        if self._asked.changed_since and not self._submissions:
            return 0
        crew = self._crew()
        with closing(crew), exclusive(self._asked.out):
            level = crew.level
            terminal_tables.warn_of_isolation(self._errors, crew)
            interrupted = self._grade(crew, level)
        self._show(level)
        return self._status(interrupted)

    def _crew(self) -> Crew:
        asked = self._asked
        if asked.cluster is None:
            zygote = started_zygote(asked.isolation)
            return LocalCrew(zygote, self._lab, self._exercises, self._seed, self._limits, asked.jobs)
        from grader.grading.cluster.dask_executor import ClusterCrew

        return ClusterCrew(
            asked.cluster, asked.lab, self._lab, self._exercises, self._seed, self._limits, asked.isolation
        )

    def _grade(self, crew: Crew, level: Level) -> bool:
        """Grade everybody and write everything; return whether the run was interrupted."""
        asked, hidden = self._asked, self._hidden
        kept = (
            kept_findings(
                asked.cache_dir, asked.lab, self._lab, self._exercises, self._seed, self._limits, level
            )
            if asked.cache
            else None
        )
        output = Output(asked.out, self._lab, self._seed, self._ids)
        interrupted = False
        try:
            with Watch(self._errors, len(self._submissions), plain=asked.format_ == "plain") as watch:
                graded = grade_all(
                    self._submissions,
                    self._lab,
                    self._exercises,
                    self._seed,
                    self._limits,
                    asked.jobs,
                    started=lambda given: watch.started(hidden.submission(given) if hidden else given),
                    cache=kept,
                    reused=self._reused.append,
                    crew=crew,
                )
                for automatic in graded:
                    watch.finished(self._written(automatic, output))
        except KeyboardInterrupt:
            interrupted = True
        self._reports.sort(key=lambda report: report.student)
        output.tables(self._reports, level)
        if hidden is not None:
            output.names(hidden.names)
        write_junit(asked.junit, self._reports, self._lab.id)
        if asked.gradescope is not None and self._reports:
            place(asked.gradescope, gradescope_results(self._reports[0]).encode())
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
            instead = ungraded(
                automatic.student, automatic.files, automatic.identity, self._lab, self._exercises, error
            )
            del self._reports[before:]
            return self._put_down(instead, output)

    def _put_down(self, automatic: Report, output: Output) -> Report:
        """Keep a report, then write its pages: a student with pages counts as graded, even after an early interrupt."""
        by_hand = laid_over(automatic, self._by_hand, self._lab.rubric)
        report = at_level(by_hand, Feedback(self._asked.feedback))
        if self._hidden is not None:
            report = self._hidden.report(report)
        output.keep(report)
        self._reports.append(report if self._shows_evidence() else concise(report))
        output.student(report)
        return report

    def _shows_evidence(self) -> bool:
        """Whether the output needs the evidence as well as the tables."""
        asked = self._asked
        return (
            asked.format_ in ("json", "junit", "github")
            or asked.junit is not None
            or asked.gradescope is not None
        )

    def _show(self, level: Level) -> None:
        """Print the results on standard output in the requested format."""
        reports, ids, form = self._reports, self._ids, self._asked.format_
        if form == "json":
            click.echo(results_json(reports, self._lab.id, self._seed, level), nl=False)
        elif form == "junit":
            click.echo(junit_xml(reports, self._lab.id), nl=False)
        elif form == "plain":
            click.echo(terminal_tables.plain_table(reports, ids))
        elif form == "github":
            hidden = self._hidden
            shown = map(hidden.submission, self._submissions) if hidden else self._submissions
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
        stdout.print(f"Feedback: {self._asked.out / 'index.html'}", soft_wrap=True)

    def _status(self, interrupted: bool) -> int:
        """Print on standard error what a person has to know; return the exit status."""
        reports, errors = self._reports, self._errors
        for entry in unclaimed(self._by_hand, reports) if self._hidden is None else ():
            errors.print(
                f"{self._table} line {entry.line} was not used: {entry.student!r} does not identify exactly one "
                "graded student.",
                soft_wrap=True,
                markup=False,
            )
        if interrupted:
            errors.print(
                f"Interrupted: {len(reports)} of {len(self._submissions)} submissions were graded; their results are "
                f"in {self._asked.out}."
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
        least = self._asked.fail_under
        return FAILED if least is not None and any(_percent(report) < least for report in reports) else 0


def _submissions(asked: Asked) -> Sequence[Submission]:
    if asked.gradescope is not None:
        return (one(asked.paths[0]),)
    roster = read_roster(asked.roster) if asked.roster else ()
    return only_changed(collect(asked.paths, roster), asked.changed_since)


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
