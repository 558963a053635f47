"""results.json is written piece by piece, and a class needs little memory."""

from pathlib import Path

import msgspec
import pytest

from grader import __version__
from grader.core.result import Report
from grader.marking.common_mistakes import shared_mistakes
from grader.marking.report_summary import summarised
from grader.reporting.entry_spool import Entries
from grader.reporting.results_json import SCHEMA, Results, read_results, results_json, results_pieces
from tests.support.command_line import run_grade
from tests.support.submissions import RIGHT_SVD, WRONG_SVD


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a small class with right, wrong and missing work."""
    folder = tmp_path_factory.mktemp("small")
    for name, code in {"a/lab.py": RIGHT_SVD, "b/lab.py": WRONG_SVD, "c/.gitkeep": ""}.items():
        (folder / "class" / name).parent.mkdir(parents=True)
        (folder / "class" / name).write_text(code, encoding="utf-8")
    done = run_grade("class", "--exercise", "2.1", "--out", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "out"


@pytest.fixture
def reports(out: Path) -> tuple[Report, ...]:
    """Its reports."""
    return read_results(out).submissions


def test_the_pieces_are_the_file_that_the_whole_would_give(reports: tuple[Report, ...], out: Path) -> None:
    for some in (reports, reports[:1], ()):
        whole = Results(SCHEMA, __version__, "lab1", 20, some, shared_mistakes(some), "strict")
        wanted = msgspec.json.format(msgspec.json.encode(whole), indent=2).decode() + "\n"
        assert results_json(some, "lab1", 20, "strict") == wanted
        entries = Entries()
        for report in reversed(some):
            entries.add(report)
        names = (report.student for report in some)
        pieces = results_pieces(entries.of(names), shared_mistakes(some), "lab1", 20, "strict")
        assert b"".join(pieces).decode() == wanted
        entries.close()
    written = (out / "results.json").read_text(encoding="utf-8")
    assert written == results_json(reports, "lab1", 20, read_results(out).isolation)


def test_a_concise_report_tells_tables_what_the_whole_one_does(reports: tuple[Report, ...]) -> None:
    short = tuple(map(summarised, reports))
    assert shared_mistakes(short) == shared_mistakes(reports)
    assert shared_mistakes(short)
    for ours, whole in zip(short, reports, strict=True):
        assert (ours.marks, ours.flags) == (whole.marks, whole.flags)
        for mine, theirs in zip(ours.exercises, whole.exercises, strict=True):
            assert mine.verdict is theirs.verdict
            assert [(c.id, c.outcome) for c in mine.checks] == [(c.id, c.outcome) for c in theirs.checks]
            assert not (
                mine.pictures
                or mine.checked_values
                or any(d.counterexample or d.excerpt for d in mine.diagnoses)
            )
        assert len(msgspec.json.encode(ours)) < len(msgspec.json.encode(whole))


def test_of_a_large_class_what_is_equal_is_kept_once(reports: tuple[Report, ...]) -> None:
    """Memory grows by what is a student's own: read again, the same results take no more exercises."""
    again = msgspec.json.decode(msgspec.json.encode(reports), type=tuple[Report, ...])
    kept = [exercise for report in map(summarised, (*reports, *again)) for exercise in report.exercises]
    assert len({id(exercise) for exercise in kept}) <= len(kept) / 2
