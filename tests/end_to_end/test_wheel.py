"""The built wheel contains every module, template and data file of the repository."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import environment
from tests.support.paths import ROOT

TREES = {"grader": "grader", "reference": "reference", "templates": "grader/templates"}
"""Folders of the tree, and where a wheel puts them."""


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files of a wheel built from a copy of the tree, so that nothing an earlier build left is taken
    along."""
    place = tmp_path_factory.mktemp("wheel")
    copied = place / "tree"
    copied.mkdir()
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copied)
    for name in TREES:
        shutil.copytree(ROOT / name, copied / name, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(
        [
            sys.executable,
            "-c",
            f"from setuptools import build_meta; build_meta.build_wheel({os.fspath(place)!r})",
        ],
        cwd=copied,
        env=environment(),
        check=True,
        capture_output=True,
    )
    (wheel,) = place.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def in_the_tree() -> Iterator[str]:
    """Every file of the tree by the name it has to have in a wheel."""
    for folder, installed in TREES.items():
        for file in (ROOT / folder).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                yield (Path(installed) / file.relative_to(ROOT / folder)).as_posix()


def test_a_wheel_holds_every_module_template_and_data_file_and_nothing_else(packed: set[str]) -> None:
    tree = set(in_the_tree())
    assert {
        "grader/grading/cluster/dask_executor.py",
        "grader/templates/student.html",
        "reference/rubric.toml",
    } < tree
    assert packed == tree
