"""The documentation is correct: its commands run, it covers all options and fields, the site builds cleanly."""

import html
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
import pytest

from grader.cli import cli
from grader.reporting.results_json import Results
from tests.support.class_layouts import MOODLE_PARTICIPANTS
from tests.support.command_line import environment
from tests.support.paths import ROOT, SUBMISSIONS

PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
LONG = ("README.md", "after-grading.md", "instructors.md", "students.md")
"""Pages whose commands grade for more than a few seconds."""

CODE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

RUN_BY_CI = {
    "README.md": ("python3 -m venv", ".venv/bin/python -m pytest", ".venv/bin/sphinx-build"),
    "instructors.md": ("python3 -m venv",),
    "cluster.md": ("grade ", "dask "),
    "students.md": ("python3 -m venv", ".venv/bin/pip install"),
}
"""Commands that install, or run this very suite: `.ci/run` takes them from the page and runs them."""


def blocks(page: Path, *languages: str) -> Iterator[str]:
    """The code blocks of a page in these languages."""
    text = page.read_text(encoding="utf-8")
    return (body for language, body in CODE.findall(text) if language in languages)


def commands(page: Path) -> list[str]:
    """The commands a page tells its reader to type, one a line, without those that `.ci/run` runs."""
    lines = [line for block in blocks(page, "sh") for line in block.splitlines() if line.strip()]
    return [line for line in lines if not line.startswith(RUN_BY_CI.get(page.name, ()) or "\0")]


def test_what_the_suite_leaves_to_ci_is_run_there() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for name in RUN_BY_CI:
        if name == "instructors.md":  # the README's command once more
            assert next(blocks(ROOT / "docs" / name, "sh")) == next(blocks(ROOT / "README.md", "sh"))
            continue
        if name == "cluster.md":  # its commands are run by tests/grading/test_cluster.py, which is run there
            assert "pytest -m cluster" in script
            continue
        page = "README.md" if name == "README.md" else f"docs/{name}"
        assert f"commands_of {page}" in script
    for page in PAGES:
        assert "```bash" not in page.read_text(encoding="utf-8"), f"{page.name}: use ```sh, so that it is run"
        assert "```shell" not in page.read_text(encoding="utf-8"), (
            f"{page.name}: use ```sh, so that it is run"
        )


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder as the pages assume it: a small class, a student's file, the second lab, and our commands."""
    (tmp_path / "bin").mkdir()
    for name, module in (("grade", "grader.cli"), ("pytest", "pytest")):
        script = tmp_path / "bin" / name
        script.write_text(f'#!/bin/sh\nexec {sys.executable} -m {module} "$@"\n')
        script.chmod(0o755)
    for name in ("tamsin-quillfeather", "otso-haverlainen"):
        shutil.copytree(SUBMISSIONS / name, tmp_path / "submissions" / name)
    shutil.copy(SUBMISSIONS / "tamsin-quillfeather" / "lab1.py", tmp_path / "lab1.py")
    shutil.copytree(ROOT / "tests" / "end_to_end" / "exports", tmp_path, dirs_exist_ok=True)
    (tmp_path / "roster.csv").write_text(MOODLE_PARTICIPANTS, encoding="utf-8")
    shutil.copytree(ROOT / "docs" / "second-lab", tmp_path / "docs" / "second-lab")
    return tmp_path


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, id=page.name, marks=[pytest.mark.slow] if page.name in LONG else [])
        for page in PAGES
        if commands(page)
    ],
)
def test_every_command_on_a_page_runs(page: Path, place: Path) -> None:
    for command in commands(page):
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=place,
            env=environment(
                PATH=f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}",
                GRADE_CACHE="yes",
                GRADE_CACHE_DIR=str(place / "cache"),
            ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        assert done.returncode in (0, 1), f"{command}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr, f"{command}\n{done.stderr}"
        assert "Usage:" not in done.stderr, f"{command}\n{done.stderr}"


def test_the_code_on_the_page_about_labs_is_the_lab_s_own() -> None:
    page = ROOT / "docs" / "writing-a-lab.md"
    files = [file for file in (ROOT / "docs" / "second-lab" / "power_lab").rglob("*") if file.is_file()]
    lab = "\n".join(file.read_text(encoding="utf-8") for file in files if file.suffix in (".py", ".toml"))
    shown = [*blocks(page, "python"), *(b for b in blocks(page, "toml") if "exercises" in b)]
    assert len(shown) >= 8
    for block in shown:
        assert block in lab, block


def test_relative_links_lead_somewhere() -> None:
    for page in (*PAGES, ROOT / "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


# --- the site ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built with warnings as errors."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-d", str(folder / "trees"),
         str(ROOT / "docs"), str(folder / "html")],
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "html"


def text_of(page: Path) -> str:
    """What a page of the site says."""
    plain = html.unescape(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")))
    return " ".join(plain.split())


def leaves(command: click.Command, name: str = "grade") -> Iterator[tuple[str, click.Command]]:
    """Every command and its subcommands."""
    yield name, command
    if isinstance(command, click.Group):
        for sub, inner in command.commands.items():
            yield from leaves(inner, f"{name} {sub}")


@pytest.mark.parametrize("page", ["SECURITY.md", "CONTRIBUTING.md"])
def test_every_test_and_program_that_a_page_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    files = set(re.findall(r"`(tests/[\w/]+\.py)`", text))
    programs = set(re.findall(r"`python -m ([\w.]+)", text)) - {"benchmarks.NAME"}
    assert files and programs
    assert [name for name in files if not (ROOT / name).is_file()] == []
    assert [name for name in programs if importlib.util.find_spec(name) is None] == []


def test_the_site_explains_every_option_of_every_command(site: Path) -> None:
    shown = text_of(site / "reference" / "cli.html")
    for name, command in leaves(cli):
        assert name in shown
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, f"{name} {option.opts[0]} has no help"
                assert option.opts[0] in shown, f"{name} {option.opts[0]}"
                assert " ".join(option.help.replace("`", "").split())[:40] in shown, (
                    f"{name} {option.opts[0]}"
                )


def test_the_site_explains_every_field_of_results_json(site: Path) -> None:
    specification = importlib.util.spec_from_file_location(
        "structures", ROOT / "docs" / "_ext" / "structures.py"
    )
    assert specification is not None and specification.loader is not None
    structures = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(structures)
    shown = text_of(site / "reference" / "results.html")
    found = structures.structures_in(Results)
    assert len(found) > 10
    for structure in found:
        assert structure.__name__ in shown
        said = structures.described(structure)
        members = (
            [field.name for field in msgspec.structs.fields(structure)]
            if issubclass(structure, msgspec.Struct)
            else [member.name for member in structure]
        )
        for member in members:
            assert said.get(member), f"{structure.__name__}.{member} has no docstring"


def test_the_option_of_the_pytest_plugin_is_explained(site: Path) -> None:
    help_ = subprocess.run(
        [sys.executable, "-m", "pytest", "--help"], env=environment(COLUMNS="300"), capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    (said,) = re.findall(r"--grade=PATH +(.*)", help_)
    shown = text_of(site / "reference" / "cli.html")
    assert "pytest --grade PATH" in shown
    assert said.split(":")[0] in shown
