"""Documents of every kind are read into code, text and stated values, with the origin of each line."""

import ast
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from grader import sources
from grader.core.result import Report, Verdict
from grader.core.submission import Source
from grader.execution import stated_values
from grader.grading.examine import grade_one
from grader.grading.local_executor import LocalExecutor
from grader.grading.pipeline import grade_all
from grader.grading.run_plan import RunPlan
from grader.sandbox.worker_client import ForkServer, Limits
from grader.sources.selection import choose
from grader.submissions.discovery import one
from reference import LAB
from reference.sheet import FUNCTIONS
from tests.support.paths import ROOT
from tests.support.reading import read_all
from tests.support.sampling import first_of_each
from tests.tools.accuracy import cases

HERE = ROOT / "tests" / "documents"
CORPUS = ROOT / "tests" / "corpus" / "right"
sys.path.insert(0, str(HERE))
from convert import as_latex, as_markdown, as_notebook  # noqa: E402

SOLUTIONS = sorted(file.stem for file in (HERE / "roundtrip").glob("*.pdf"))
EXERCISES = ("1.1", "1.2", "2.1", "3.1", "3.2")

EXPECTED = {
    # full, partial (the code is wrong), missing or not shown to be right (-), for a person (?)
    "py/windows.py": "--f--",
    "py/byte_order_mark.py": "--f--",
    "py/tabs.py": "--f--",
    "py/latin1.py": "--f--",
    "py/utf16.py": "--f--",
    "py/utf16_without_mark.py": "--f--",
    "py/old_macintosh.py": "--f--",
    "ipynb/saved_outputs.ipynb": "fffff",
    "ipynb/magics.ipynb": "fff--",
    "ipynb/failing_cells.ipynb": "f-f--",
    "ipynb/figures_only.ipynb": "-ff-f",
    "ipynb/row_loop.ipynb": "pffpf",
    "ipynb/nbformat3.ipynb": "--f--",
    "ipynb/one_string.ipynb": "--f--",
    "md/row_loop.md": "pffpf",
    "md/converted.md": "fff-f",
    "md/figures_only.md": "-ff-f",
    "md/indented.md": "f-ff-",
    "md/session.md": "--f--",
    "md/windows.md": "--f--",
    "md/mean_loss.md": "-p---",
    "tex/row_loop.tex": "pffpf",
    "tex/figures_only.tex": "-ff-f",
    "tex/included": "fff--",
    "tex/minted.tex": "--f--",
    "tex/verbatim.tex": "--f--",
    "tex/broken_listing.tex": "--f--",
    "pdf/row_loop_listings.pdf": "pffpf",
    "pdf/figures_only.pdf": "-ff-f",
    "pdf/minted_report.pdf": "ffff-",
    "pdf/two_columns.pdf": "fffff",
    "pdf/notebook.pdf": "fffff",
    "pdf/writer.pdf": "--f--",
    "pdf/scanned.pdf": "?????",
    "pdf/cut_off.pdf": "f??f?",
}
LETTERS = {Verdict.FULL: "f", Verdict.PARTIAL: "p", Verdict.MANUAL: "?"}

ROW_LOOPS = {
    "ipynb/row_loop.ipynb": ("cell 3 line 6", "cell 6 line 6"),
    "md/row_loop.md": ("line 14", "line 52"),
    "tex/row_loop.tex": ("line 19", "line 54"),
    "pdf/row_loop_listings.pdf": ("page 1 line 11", "page 1 line 41"),
}
"""Where `for r in range(rank):` stands in reports that print the right stated values beside it."""


Graded = Callable[[str], Report]


@pytest.fixture(scope="session")
def graded(fork_server: ForkServer) -> Graded:
    """`graded(name)` grades a document through the real pipeline, once in this process."""
    plan = RunPlan(lab=LAB, exercises=LAB.exercises(LAB.seed), seed=LAB.seed, limits=Limits())

    @cache
    def run(name: str) -> Report:
        return grade_one(one(HERE / name), plan, fork_server)

    return run


def read(name: str) -> Source:
    """One document as a source."""
    return sources.read(HERE / name, Path(name).name)


def places_of(source: Source, text: str) -> Iterator[str]:
    """The places, in words, of the lines of code that hold the text."""
    for number, line in enumerate(source.code.split("\n"), start=1):
        if text in line:
            yield source.place(number).words


def test_there_are_at_least_six_documents_of_each_kind() -> None:
    for kind in ("py", "ipynb", "md", "tex", "pdf"):
        assert sum(name.startswith(f"{kind}/") for name in EXPECTED) >= 6
    committed = {path.relative_to(HERE).as_posix() for path in HERE.glob("*/*.*")}
    listed = {name for name in committed if name.split("/")[0] in ("py", "ipynb", "md", "tex", "pdf")}
    assert listed <= EXPECTED.keys()


@pytest.mark.parametrize(
    "name",
    [
        *first_of_each(
            lambda name: name if name.startswith("py/") else (name.split("/")[0], EXPECTED[name]),
            [n for n in EXPECTED if n not in ROW_LOOPS],
        ),
        *(pytest.param(name, marks=pytest.mark.slow) for name in ROW_LOOPS),
    ],
)
def test_a_document_earns_what_stands_in_it(name: str, graded: Graded) -> None:
    report = graded(name)
    got = "".join(LETTERS.get(exercise.verdict, "-") for exercise in report.exercises)
    assert got == EXPECTED[name]
    contradictions = [flag for flag in report.flags if "cannot have produced them" in flag]
    assert bool(contradictions) == (name in ROW_LOOPS)


@pytest.mark.slow
@pytest.mark.parametrize("name", ROW_LOOPS)
def test_right_figures_beside_a_loop_over_the_rank_are_told_apart(name: str, graded: Graded) -> None:
    report = graded(name)
    marks = {exercise.id: exercise.marks for exercise in report.exercises}
    assert marks["1.1"] < 1 and marks["3.1"] < 1
    assert (marks["1.2"], marks["2.1"], marks["3.2"]) == (1, 1, 1)
    diagnosed = [e.diagnoses[0] for e in report.exercises if e.id in ("1.1", "3.1")]
    assert [diagnosis.id for diagnosis in diagnosed] == ["rows-over-rank"] * 2
    assert tuple(places_of(read(name), "for r in range(rank):")) == ROW_LOOPS[name]
    contradictions = [flag for flag in report.flags if "cannot have produced them" in flag]
    assert [flag[:3] for flag in contradictions] == ["1.2", "3.2"]
    assert "the stated loss is 0.1220" in contradictions[0]


@pytest.mark.parametrize("called", first_of_each(lambda _: "", ["printed results.md", "variables.md"]))
def test_what_a_report_states_is_written_down_whatever_the_file_is_called(
    called: str, tmp_path: Path, fork_server: ForkServer
) -> None:
    shutil.copy(HERE / "md" / "row_loop.md", tmp_path / called)
    exercises = tuple(exercise for exercise in LAB.exercises(LAB.seed) if exercise.id in ("1.1", "1.2"))
    plan = RunPlan(lab=LAB, exercises=exercises, seed=LAB.seed, limits=Limits(repairs=0))
    report = grade_one(one(tmp_path / called), plan, fork_server)
    (flag,) = (flag for flag in report.flags if "cannot have produced them" in flag)
    assert called in flag


def test_every_stated_figure_is_listed_with_what_became_of_it(graded: Graded) -> None:
    checked_values = {e.id: e.checked_values for e in graded("tex/figures_only.tex").exercises}
    assert [(checked_value.what, checked_value.holds) for checked_value in checked_values["1.2"]] == [
        ("U and V", True),
        ("loss ‖A − UVᵀ‖²", True),
    ]
    assert checked_values["1.2"][1].origin == "figures_only.tex line 17"
    assert checked_values["1.2"][1].stated == "0.122"
    assert all(
        checked_value.holds and checked_value.difference
        for e in ("2.1", "3.2")
        for checked_value in checked_values[e]
    )
    wrong = {e.id: e.checked_values for e in graded("md/mean_loss.md").exercises}["1.2"]
    (loss,) = [checked_value for checked_value in wrong if checked_value.origin == "mean_loss.md line 12"]
    assert loss.holds is False
    assert float(loss.recomputed) == pytest.approx(0.122, abs=1e-4)


def test_a_scanned_report_is_for_a_person_and_not_failed(graded: Graded) -> None:
    report = graded("pdf/scanned.pdf")
    assert {exercise.verdict for exercise in report.exercises} == {Verdict.MANUAL}
    assert any("picture without text" in flag for flag in report.flags)


def test_a_line_that_runs_off_the_page_is_left_to_a_person(graded: Graded) -> None:
    flags = graded("pdf/cut_off.pdf").flags
    assert any("cut_off.pdf page 1 line 10: the line runs off the page" in flag for flag in flags)


def test_a_statement_that_fails_is_named_by_its_cell(graded: Graded) -> None:
    flags = graded("ipynb/failing_cells.ipynb").flags
    assert any("cell 2 line 2: Python cannot read this" in flag for flag in flags)
    (not_run,) = (flag for flag in flags if "could not be run" in flag)
    assert "failing_cells.ipynb cell 4 line 1 (NameError" in not_run


def test_magics_do_nothing_and_move_no_line() -> None:
    source = read("ipynb/magics.ipynb")
    assert "get_ipython" not in source.code and "%time" not in source.code
    assert "% not a magic\n! nor this" in source.code
    assert "x = 7 % 4" in source.code
    assert tuple(places_of(source, "U, V = sgd_factorise(A, 2)")) == ("cell 3 line 3",)
    assert "range(rank)" not in source.code, "a cell of shell commands is no Python"
    (note,) = source.notes
    assert "`!pip install -q torch` (cell 1 line 1)" in note


def test_included_files_are_named_and_stay_inside_the_submission() -> None:
    source = sources.read(HERE / "tex" / "included" / "report.tex", "report.tex")
    files = {source.place(number).file for number in range(1, source.code.count("\n") + 1)}
    assert files == {"code/factorise.py", "code/svd.py"}
    assert "class" not in source.code
    assert any("lab_class.py, which was not handed in" in note for note in source.notes)
    assert "never_written" not in "".join(source.notes), "a comment includes nothing"
    (stated_value,) = [f for f in stated_values.from_source(source) if f.values.shape == (3, 3)]
    assert stated_value.origin == "parts/results.tex line 2"


def test_what_is_crossed_out_or_commented_out_is_not_stated() -> None:
    numbers = {
        float(f.values) for f in stated_values.from_source(read("tex/figures_only.tex")) if f.values.size == 1
    }
    assert 0.122 in numbers
    assert not {0.0135, 9.9999} & numbers


def test_the_words_of_a_report_are_found_without_its_code() -> None:
    text = read("pdf/minted_report.pdf").text
    assert "It is smaller because the SVD is optimal." in text
    assert "range(num_rows)" not in text
    assert "many matrices of rank 2 fit" in read("pdf/notebook.pdf").text
    assert "the last singular value is cut" in read("py/windows.py").text


def test_smart_quotes_and_dashes_are_undone_in_code() -> None:
    code = read("pdf/writer.pdf").code
    assert 'print("error", ((A - truncated_svd(A, 2)) ** 2).sum())' in code


def test_a_line_that_a_page_broke_in_two_is_whole_again() -> None:
    source = read("pdf/minted_report.pdf")
    assert 'def sgd_factorise(A: torch.Tensor, rank: int, num_epochs=1000, lr=0.01) -> "tuple[' in source.code
    assert [source.place(n).words.split()[1] for n in (1, source.code.count("\n"))] == ["1", "2"]


# --- the same solution in five formats ---------------------------------------------------------------------


def in_all_formats(folder: Path, name: str) -> Iterator[Path]:
    """The solution as script, notebook, Markdown, LaTeX and PDF, each in a folder of its own."""
    code = (CORPUS / f"{name}.py").read_text(encoding="utf-8")
    texts = {
        ".py": code,
        ".ipynb": as_notebook(code, 4 if len(name) % 2 else 3),
        ".md": as_markdown(code),
        ".tex": as_latex(code, ("lstlisting", "minted", "verbatim")[len(name) % 3]),
    }
    for suffix, text in texts.items():
        file = folder / suffix[1:] / f"{name}{suffix}"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        yield file
    yield HERE / "roundtrip" / f"{name}.pdf"


@pytest.mark.slow
def test_twenty_solutions_are_the_same_program_in_five_formats(tmp_path: Path) -> None:
    assert len(SOLUTIONS) == 20
    for name in SOLUTIONS:
        wanted = _without_lone_names((CORPUS / f"{name}.py").read_text(encoding="utf-8"))
        for file in in_all_formats(tmp_path, name):
            source = sources.read(file, file.name)
            assert not source.problem and not source.unread
            assert _without_lone_names(source.code) == wanted, f"{file.name}"


def _without_lone_names(code: str) -> str:
    """The program; a name alone on a line, which a notebook shows and a script does not, does nothing."""
    body = [
        node
        for node in ast.parse(code).body
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Name | ast.Constant))
    ]
    return ast.dump(ast.Module(body=body, type_ignores=[]))


@pytest.mark.roundtrip
def test_twenty_solutions_get_the_same_marks_in_five_formats(tmp_path: Path) -> None:
    exercises = tuple(e for e in LAB.exercises(LAB.seed) if e.id in ("1.1", "2.1", "3.1"))
    plan = RunPlan(lab=LAB, exercises=exercises, seed=LAB.seed, limits=Limits())
    variants = {case.path.name: case.variant for case in cases() if case.path.parent == CORPUS}
    for name in SOLUTIONS:
        submissions = [one(file) for file in in_all_formats(tmp_path, name)]
        marks = {
            report.student: [exercise.marks for exercise in report.exercises]
            for report in grade_all(submissions, plan, LocalExecutor(plan, ForkServer(), 2))
        }
        assert len(marks) == 5
        assert all(got == marks[f"{name}.py"] for got in marks.values()), marks
        cost = LAB.rubric.costs.get(variants[f"{name}.py"], 0.0)
        assert sum(marks[f"{name}.py"]) >= 2 * (1 - cost)


# --- several files -----------------------------------------------------------------------------------------

SVD = "def truncated_svd(A, rank):\n    U, S, Vh = torch.linalg.svd(A, full_matrices=False)\n    return U[:, :rank] * S[:rank] @ Vh[:rank]\n"


def chosen(folder: Path, files: dict[str, str]) -> tuple[Source, tuple[str, ...]]:
    """The source made of several files, and the flags."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    source, flags = choose(one(folder), FUNCTIONS)
    assert source is not None
    return source, flags


def test_code_comes_from_the_script_and_figures_from_the_report(tmp_path: Path) -> None:
    report = f"# Report\n\nThe loss is 0.1220.\n\n```python\nimport torch\n{SVD}```\n"
    source, flags = chosen(tmp_path, {"lab1.py": f"import torch\n{SVD}", "report.md": report})
    assert source.name == "lab1.py"
    assert {stated_value.origin for stated_value in stated_values.from_source(source)} == {"report.md line 3"}
    assert flags == (), "the same code twice is no disagreement"


def test_two_files_that_disagree_are_flagged(tmp_path: Path) -> None:
    report = f"```python\nimport torch\n{SVD.replace('[:rank]', '[:1]')}```\n"
    source, flags = chosen(tmp_path, {"lab1.py": f"import torch\n{SVD}", "report.md": report})
    assert source.name == "lab1.py"
    assert any("report.md" in flag and "disagree: `truncated_svd`" in flag for flag in flags)


def test_functions_in_several_files_are_put_together_with_their_places(tmp_path: Path) -> None:
    sgd = "import torch\ndef sgd_factorise(A, rank, num_epochs=1000, lr=0.01):\n    return A, A\n"
    source, flags = chosen(tmp_path, {"ex1.py": sgd, "ex2.py": f"import torch\n\n{SVD}"})
    assert any("was combined" in flag for flag in flags)
    where = {source.place(n).file: source.place(n).line for n in _definitions(source.code)}
    assert where == {"ex1.py": 2, "ex2.py": 3}


def _definitions(code: str) -> list[int]:
    return [node.lineno for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)]


def test_a_script_beside_a_scan_is_graded_and_the_rest_left_to_a_person(tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes((HERE / "pdf" / "scanned.pdf").read_bytes())
    source, flags = chosen(tmp_path, {"lab1.py": f"import torch\n{SVD}"})
    assert source.name == "lab1.py" and "truncated_svd" in source.code
    assert source.unread and source.unread[0] in flags


# --- files that are not what they should be ----------------------------------------------------------------


def unread(path: Path) -> str:
    """The one sentence that a file without anything to read is answered with."""
    source = sources.read(path, path.name)
    assert not source.code
    (sentence,) = (*source.unread, *filter(None, [source.problem]))
    assert sentence.startswith(path.name) and "\n" not in sentence and "Traceback" not in sentence
    return sentence


BROKEN = {
    "truncated.pdf": ((HERE / "pdf" / "writer.pdf").read_bytes()[:400], "not a complete PDF"),
    "empty.pdf": (b"", "is empty"),
    "word.pdf": (b"PK\x03\x04" + b"\0" * 100, "Office document"),
    "photo.pdf": (b"\xff\xd8\xff\xe0" + b"\0" * 100, "a picture"),
    "truncated.ipynb": ((HERE / "ipynb" / "magics.ipynb").read_bytes()[:900], "not a complete notebook (line"),
    "list.ipynb": (b"[1, 2, 3]", "not a complete notebook"),
    "empty.ipynb": (b'{"cells": [], "nbformat": 4, "metadata": {}}', "without cells"),
    "deep.ipynb": (b'{"cells": ' + b"[" * 200_000, "not a complete notebook"),
    "old.ipynb": (b'{"worksheets": [[7]], "nbformat": 3, "metadata": {}}', "not a complete notebook"),
    "r.ipynb": (
        json.dumps({"cells": [{"cell_type": "code", "source": "x <- 1"}], "nbformat": 4,
                    "metadata": {"kernelspec": {"language": "R"}}}).encode(),
        "a notebook in r",
    ),
    "binary.md": (b"# Lab\n\0\1\2\3", "not a text file"),
    "page.md": (b"<!DOCTYPE html><html></html>", "a web page"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_answered_with_one_sentence(name: str, tmp_path: Path) -> None:
    content, words = BROKEN[name]
    (tmp_path / name).write_bytes(content)
    assert words in unread(tmp_path / name)


def test_an_encrypted_report_is_named_and_one_that_only_forbids_printing_is_read() -> None:
    assert "encrypted" in unread(HERE / "bad" / "encrypted.pdf")
    source = sources.read(HERE / "bad" / "no_printing.pdf", "no_printing.pdf")
    assert any(stated_value.values.shape == (3, 2) for stated_value in stated_values.from_source(source))


def test_a_file_under_a_wrong_name_is_read_as_what_it_is(tmp_path: Path) -> None:
    for original, name in (("pdf/figures_only.pdf", "lab1.py"), ("ipynb/magics.ipynb", "lab2.py")):
        (tmp_path / name).write_bytes((HERE / original).read_bytes())
        source = sources.read(tmp_path / name, name)
        assert f"{name} is a" in source.notes[0] and "despite its name" in source.notes[0]
        assert source.passages or source.code


def pdf_of(pages: int, content: bytes, *, compressed: bool = False) -> bytes:
    """A minimal PDF: so many pages that share one stream of content."""
    kids = b" ".join(b"%d 0 R" % (number + 5) for number in range(pages))
    filters = b" /Filter /FlateDecode" if compressed else b""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
        b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(content), filters, content),
    ]
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 3 0 R >> >> >>"
    objects += [page] * pages
    parts, offsets, length = [b"%PDF-1.4\n"], [], 9
    for number, text in enumerate(objects, start=1):
        offsets.append(length)
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, text))
        length += len(parts[-1])
    body = b"".join(parts)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end


def test_of_ten_thousand_pages_the_first_are_read(tmp_path: Path) -> None:
    text = b"BT /F 10 Tf 50 700 Td (print\\(0.1220\\)) Tj ET"
    (tmp_path / "long.pdf").write_bytes(pdf_of(10_000, text))
    source = sources.read(tmp_path / "long.pdf", "long.pdf")
    assert source.code.count("print(0.1220)") == 40
    assert source.notes == ("Only the first 40 pages of long.pdf were read.",)


def test_a_stream_that_unpacks_to_gigabytes_costs_only_its_own_document(tmp_path: Path) -> None:
    import zlib

    packer = zlib.compressobj(9)
    blank = b"\n" * 30_000_000
    first, again = (packer.compress(blank) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    bomb = first + again * 100 + packer.flush()
    (tmp_path / "bomb.pdf").write_bytes(pdf_of(1, bomb, compressed=True))
    (tmp_path / "report.md").write_text("The loss is 0.1220.")
    read_back = read_all(tmp_path, [tmp_path / "bomb.pdf", tmp_path / "report.md"])
    assert "bomb.pdf" in read_back[0].unread[0]
    assert "0.1220" in read_back[1].text


def test_more_documents_than_anyone_writes_are_listed_and_not_read(tmp_path: Path) -> None:
    files = [tmp_path / f"part{number:02}.md" for number in range(sources.MAX_DOCUMENTS + 1)]
    for file in files:
        file.write_text("The loss is 0.1220.")
    found = read_all(tmp_path, files)
    assert [bool(source.unread) for source in found] == [False] * sources.MAX_DOCUMENTS + [True]
