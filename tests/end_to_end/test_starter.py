"""The starter of the kit is no work yet: untouched it is "not started", partly filled in only what is left is."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from reference import LAB
from tests.support.command_line import Grade

assert LAB.kit is not None
STARTER = LAB.kit.starter.read_text(encoding="utf-8")
SVD = """\
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S[rank:] = 0
    return U @ torch.diag(S) @ Vh
"""
FILLED = STARTER.replace('    raise NotImplementedError("exercise 2.1 is yours to write")\n', SVD)
INLINE = (
    STARTER.replace("loss of 1.2, and say why.\n", "loss of 1.2, and say why.\n" + SVD.replace("    ", ""))
    .replace("S[rank:]", "S[2:]")
    .replace("return U", "B = U")
) + "print(B, ((A - B) ** 2).sum())\n"
UNTOUCHED = "The starter file was handed in as it was: nothing is started yet."


def graded(grade: Grade, folder: Path, out: Path) -> dict[str, Any]:
    """The entry of one student."""
    done = grade(folder, "--out", out)
    assert done.returncode == 0, done.stderr
    (entry,) = json.loads((out / "results.json").read_text(encoding="utf-8"))["submissions"]
    return dict(entry)


def handed_in(tmp_path: Path, code: str) -> Path:
    """A class of one student."""
    (tmp_path / "class" / "ada").mkdir(parents=True)
    (tmp_path / "class" / "ada" / "lab1.py").write_text(code, encoding="utf-8")
    return tmp_path / "class"


def verdicts(entry: dict[str, Any]) -> list[str]:
    """Of every exercise, in order."""
    return [exercise["verdict"] for exercise in entry["exercises"]]


def test_the_kit_handed_in_as_it_was_is_not_started(grade: Grade, tmp_path: Path) -> None:
    assert grade("kit", "--out", tmp_path / "kit.zip").returncode == 0
    with zipfile.ZipFile(tmp_path / "kit.zip") as kit:
        kit.extractall(tmp_path / "class" / "ada")
    entry = graded(grade, tmp_path / "class", tmp_path / "out")
    assert entry["flags"] == [UNTOUCHED]
    assert verdicts(entry) == ["missing"] * 5
    assert all("is not started" in " ".join(exercise["notes"]) for exercise in entry["exercises"])
    assert "is_placeholder" not in entry["exercises"][0]["checks"][0]
    page = (tmp_path / "out" / "students" / "ada" / "report.txt").read_text(encoding="utf-8")
    assert "nothing is started" in page.split("1.1")[0]
    assert page.count("0 of 1, not started") == 5
    html = (tmp_path / "out" / "students" / "ada" / "report.html").read_text(encoding="utf-8")
    assert "Not started" in html and "Nothing found" not in html


def test_of_a_starter_partly_filled_in_only_the_rest_is_not_started(grade: Grade, tmp_path: Path) -> None:
    entry = graded(
        grade,
        handed_in(tmp_path, f"{FILLED}\nprint(((A - truncated_svd(A, 2)) ** 2).sum())\n"),
        tmp_path / "out",
    )
    assert UNTOUCHED not in entry["flags"]
    assert verdicts(entry) == ["missing", "missing", "full", "missing", "missing"]


@pytest.mark.slow
def test_a_placeholder_does_not_hide_what_a_script_states_without_it(grade: Grade, tmp_path: Path) -> None:
    entry = graded(grade, handed_in(tmp_path, INLINE), tmp_path / "out")
    assert verdicts(entry) == ["missing", "missing", "full", "missing", "missing"]


@pytest.mark.slow
def test_a_call_of_a_placeholder_is_no_error_of_its_own(grade: Grade, tmp_path: Path) -> None:
    entry = graded(grade, handed_in(tmp_path, f"{STARTER}\nU, V = sgd_factorise(A, 2)\n"), tmp_path / "out")
    assert verdicts(entry) == ["missing"] * 5
    assert entry["exercises"][1]["notes"] == [
        "`sgd_factorise` (line 10) is not started: its body is still a placeholder."
    ]
