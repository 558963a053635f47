"""The autograder for Gradescope, run in a folder in place of `/autograder`."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
import torch

from grader.core.result import Verdict
from grader.integrations.gradescope import results
from tests.support.command_line import Grade, environment
from tests.support.small_reports import report
from tests.support.submissions import RIGHT_SVD


@pytest.mark.parametrize("verdict", [Verdict.MANUAL, Verdict.ERROR])
def test_what_is_open_has_no_score_and_there_is_no_total(verdict: Verdict) -> None:
    shown = json.loads(results(report("ada", 0.5, verdict=verdict)))
    assert "score" not in shown
    assert shown["output"].startswith("There is no total yet: 1.1 is still open.")
    (exercise,) = (test for test in shown["tests"] if test["number"] == "1.1")
    assert "score" not in exercise and "status" not in exercise
    assert "there is no score yet" in exercise["output"]


def test_what_is_settled_has_a_score_and_a_total() -> None:
    shown = json.loads(results(report("ada", 4.5)))
    assert (shown["score"], shown["tests"][0]["score"]) == (4.5, 4.5)


@pytest.mark.slow
def test_the_autograder_grades_a_submission_and_no_file_of_the_students_sets_options(
    grade: Grade, tmp_path: Path
) -> None:
    done = grade("export", "gradescope", "--to", tmp_path / "a.zip", "--seed", "7")
    assert done.returncode == 0, done.stderr
    root = tmp_path / "autograder"
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        archive.extractall(root / "source")
        modes = {entry.filename: entry.external_attr >> 16 & 0o111 for entry in archive.infolist()}
    assert modes["setup.sh"] and modes["run_autograder"]
    others = {sysconfig.get_path("purelib"), str(Path(torch.__file__).parent.parent)}
    subprocess.run(
        ["bash", root / "source" / "setup.sh"],
        env=environment(
            PATH=os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
            PIP_EXTRA_INDEX_URL="",
            PIP_NO_DEPS="1",  # instead of downloading torch, it is lent
            PYTHONPATH=os.pathsep.join(others),
        ),
        check=True,
    )
    (site,) = (root / "source" / "venv" / "lib").glob("python*/site-packages")
    (site / "others.pth").write_text("".join(f"{path}\n" for path in others), encoding="utf-8")
    (root / "run_autograder").write_bytes((root / "source" / "run_autograder").read_bytes())
    (root / "submission").mkdir()
    (root / "submission" / "lab.py").write_text(RIGHT_SVD, encoding="utf-8")
    (root / "submission" / "pyproject.toml").write_text("[tool.grade]\nlab = 'mine:LAB'\n", encoding="utf-8")
    subprocess.run(
        ["bash", root / "run_autograder"],
        cwd=root / "submission",
        env=environment(PATH=os.environ["PATH"]),
        check=True,
    )
    shown = json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))
    worth = {test["number"]: test["score"] for test in shown["tests"] if "score" in test}
    assert worth["2.1"] == 1.0
    assert shown["score"] == sum(worth.values())
