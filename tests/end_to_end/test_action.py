"""The GitHub action without GitHub: its steps run in shells with the documented variables.

Also the workflows that the documentation shows: their schema, an audit of their security, and the steps
that have a script.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from tests.support.command_line import environment
from tests.support.paths import ROOT, SUBMISSIONS

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
EXAMPLES = ROOT / "docs" / "examples"
EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")


def tool(name: str, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run a checker of ours."""
    path = Path(sysconfig.get_path("scripts")) / name
    if not path.exists():  # a virtual environment on top of another has its tools there
        path = Path(shutil.which(name) or name)
    return subprocess.run(
        [str(path), *map(str, arguments)],
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.github-actions", ROOT / "action.yml"),
        ("vendor.github-workflows", EXAMPLES / "grade.yml"),
        ("vendor.github-workflows", EXAMPLES / "comment.yml"),
        ("vendor.gitlab-ci", EXAMPLES / "gitlab-ci.yml"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_the_action_and_the_examples_are_what_their_readers_expect(schema: str, file: Path) -> None:
    done = tool("check-jsonschema", "--builtin-schema", schema, file)
    assert done.returncode == 0, done.stdout


def test_an_audit_finds_nothing_in_the_action_and_the_workflows() -> None:
    workflows = (ROOT / "action.yml", EXAMPLES / "grade.yml", EXAMPLES / "comment.yml")
    done = tool("zizmor", "--offline", "--config", EXAMPLES / "zizmor.yml", *workflows)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_pages_show_the_examples_as_they_are() -> None:
    page = (ROOT / "docs" / "pull-requests.md").read_text(encoding="utf-8")
    for name in ("grade.yml", "comment.yml", "gitlab-ci.yml"):
        assert f"```yaml\n{(EXAMPLES / name).read_text(encoding='utf-8')}```" in page, name
    for name in (*ACTION["inputs"], *ACTION["outputs"]):
        assert f"| `{name}` |" in page, name


def test_no_expression_is_pasted_into_a_script_and_no_step_runs_in_the_repository() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step["run"]
        assert step["working-directory"] == "${{ runner.temp }}"
        assert step["shell"] == "bash"
    asked = yaml.safe_load((EXAMPLES / "grade.yml").read_text(encoding="utf-8"))
    assert asked["permissions"] == {"contents": "read"}
    assert "secrets" not in (EXAMPLES / "grade.yml").read_text(encoding="utf-8")


# --- running the steps ------------------------------------------------------------------------------------


class Runner:
    """A runner's folders, and its documented way to run the steps of a composite action."""

    def __init__(self, place: Path) -> None:
        self.workspace = place / "workspace"
        self.temp = place / "temp"
        self.files = place / "files"
        for folder in (self.workspace, self.temp, self.files):
            folder.mkdir()

    def step(
        self, number: int, action: Path, **inputs: str
    ) -> tuple["subprocess.CompletedProcess[str]", str, str]:
        """Run a step; return it with the job's summary and the step's outputs."""
        step = ACTION["runs"]["steps"][number]
        values = {f"inputs.{name}": str(entry.get("default", "")) for name, entry in ACTION["inputs"].items()}
        values |= {f"inputs.{name.replace('_', '-')}": value for name, value in inputs.items()}
        values |= {"runner.temp": str(self.temp), "github.action_path": str(action)}
        summary, output = self.files / f"summary{number}", self.files / f"output{number}"
        for file in (summary, output):
            file.write_text("")
        variables = {name: _filled(value, values) for name, value in step["env"].items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=_filled(step["working-directory"], values),
            env=environment(
                RUNNER_TEMP=str(self.temp),
                GITHUB_WORKSPACE=str(self.workspace),
                GITHUB_STEP_SUMMARY=str(summary),
                GITHUB_OUTPUT=str(output),
                PIP_NO_DEPS="1",
                **variables,
            ),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        return done, summary.read_text(encoding="utf-8"), output.read_text(encoding="utf-8")


def _filled(text: str, values: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        filled = values.get(found[1], "")
        return EXPRESSION.sub("", filled)

    return EXPRESSION.sub(value, text)


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> tuple[Runner, Path]:
    """A runner on which the first step has installed the action, as checked out by GitHub."""
    place = tmp_path_factory.mktemp("runner")
    action = place / "action"
    names = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard",
         "grader", "reference", "templates", "pyproject.toml", "setup.py", "README.md", "LICENSE", "constraints.txt", "action.yml"],
        capture_output=True, encoding="utf-8", check=True,
    ).stdout  # fmt: skip
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (action / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, action / name)
    machine = Runner(place)
    done, _, _ = machine.step(0, action, python=sys.executable, extra_index_url="")
    assert done.returncode == 0, done.stdout + done.stderr
    (site,) = (machine.temp / "lab-grader" / "lib").glob("python*/site-packages")
    others = {sysconfig.get_path("purelib"), str(Path(torch.__file__).parent.parent)}
    (site / "others.pth").write_text("".join(f"{path}\n" for path in others))  # instead of downloading torch
    return machine, action


def git(place: Path, *arguments: str) -> str:
    """Run git there as somebody."""
    identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    command = ["git", *identity, "-C", str(place), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.strip()


ANNOTATION = re.compile(
    r"^::(error|warning|notice) (?P<properties>(?:[a-zA-Z]+=[^:,\r\n]*)(?:,[a-zA-Z]+=[^:,\r\n]*)*)::(?P<message>[^\r\n]*)$"
)
"""`::error file={name},line={line},title={title}::{message}` with `:` and `,` escaped in properties."""


@pytest.mark.slow
def test_a_pull_request_is_graded_annotated_and_summed_up(runner: tuple[Runner, Path]) -> None:
    machine, action = runner
    repository = machine.workspace
    for name in ("tamsin-quillfeather", "otso-haverlainen"):
        shutil.copytree(SUBMISSIONS / name, repository / "submissions" / name)
    git(repository, "init", "--quiet", "--initial-branch", "main")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "handed in")
    base = git(repository, "rev-parse", "HEAD")
    # What a hostile pull request might bring along: modules and settings that lie where commands are started.
    for name in ("grader.py", "torch.py", "venv.py", "sitecustomize.py"):
        (repository / name).write_text("raise SystemExit('taken over')\n")
    (repository / "pyproject.toml").write_text('[tool.grade]\nlab = "./evil:LAB"\nfail-under = 0\n')
    wrong = repository / "submissions" / "otso-haverlainen" / "lab1.py"
    right = (SUBMISSIONS / "tamsin-quillfeather" / "lab1.py").read_text(encoding="utf-8")
    assert right.count("in range(m)") == 2
    wrong.write_text(
        "print('::error::not a command of ours, 50% off')\n" + right.replace("in range(m)", "in range(rank)")
    )
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "again")

    done, summary, output = machine.step(
        1, action, path="submissions", changed_only="true", base=base, fail_under="50"
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "taken over" not in done.stdout + done.stderr
    outputs: dict[str, Any] = dict(line.split("=", 1) for line in output.splitlines())
    assert outputs["graded"] == "1"
    report = Path(outputs["report"]).read_text(encoding="utf-8")
    assert report == summary
    assert "otso" in report and "tamsin" not in report
    assert Path(outputs["results"]).is_file() and not Path(outputs["reports"]).is_relative_to(repository)

    annotations = []
    stopped = ""
    for line in done.stdout.splitlines():
        if stopped:  # text in which nothing is taken for a command, until the token comes
            stopped = "" if line == f"::{stopped}::" else stopped
        elif line.startswith("::stop-commands::"):
            stopped = line.removeprefix("::stop-commands::")
            assert len(stopped) >= 32
        elif line.startswith("::") and not re.match(r"::(group|endgroup)::", line):
            match = ANNOTATION.match(line)
            assert match, line
            annotations.append(dict(part.split("=", 1) for part in match["properties"].split(",")))
    assert not stopped
    lines = wrong.read_text(encoding="utf-8").splitlines()
    pointed = [a for a in annotations if a.get("file") == "submissions/otso-haverlainen/lab1.py"]
    placed = [
        a for a in pointed if "line" in a
    ]  # a mistake has a line, a stated value that is missing has none
    assert placed
    for annotation in placed:
        line = lines[int(annotation["line"]) - 1]
        assert "sgd_factorise" in line or "in range(rank)" in line


def test_nothing_changed_is_no_failure(runner: tuple[Runner, Path], tmp_path: Path) -> None:
    machine, action = runner
    place = Runner(tmp_path)
    place.temp = machine.temp
    (place.workspace / "lab1.py").write_text("x = 1\n")
    git(place.workspace, "init", "--quiet")
    git(place.workspace, "add", "--all")
    git(place.workspace, "commit", "--quiet", "--message", "handed in")
    base = git(place.workspace, "rev-parse", "HEAD")
    done, summary, output = place.step(1, action, changed_only="true", base=base, fail_under="50")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "graded=0" in output and "results=\n" in output
    assert summary == "Nothing was graded.\n"


def test_the_script_for_gitlab_grades_what_changed_and_leaves_its_artefacts(
    runner: tuple[Runner, Path], tmp_path: Path
) -> None:
    machine, _ = runner
    place = tmp_path / "repository"
    for name in ("tamsin-quillfeather", "otso-haverlainen"):
        shutil.copytree(SUBMISSIONS / name, place / "submissions" / name)
    git(place, "init", "--quiet")
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "--message", "handed in")
    base = git(place, "rev-parse", "HEAD")
    with (place / "submissions" / "tamsin-quillfeather" / "lab1.py").open("a") as file:
        file.write("# and again\n")
    git(place, "commit", "--quiet", "--all", "--message", "again")
    job = yaml.safe_load((EXAMPLES / "gitlab-ci.yml").read_text(encoding="utf-8"))["grade"]
    making, installing, *grading = job["script"]
    assert making == "python -m venv /opt/lab-grader"
    assert installing == "/opt/lab-grader/bin/pip install --quiet lab-grader"
    # What the first two lines do, the runner for GitHub has done from this checkout.
    script = "\n".join(grading).replace("/opt/lab-grader", str(machine.temp / "lab-grader"))
    assert script.count("/tmp/grading") == 2
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script.replace("/tmp/grading", str(tmp_path / "grading"))],
        cwd=place,
        env=environment(CI_PROJECT_DIR=str(place), CI_MERGE_REQUEST_DIFF_BASE_SHA=base),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (reported,) = job["artifacts"]["paths"]
    students = [folder.name for folder in (place / reported / "students").iterdir()]
    assert students == ["tamsin-quillfeather"]
    assert "tamsin" in (place / job["artifacts"]["reports"]["junit"]).read_text(encoding="utf-8")


def test_an_old_python_is_told_in_one_annotation(tmp_path: Path) -> None:
    machine = Runner(tmp_path)
    old = tmp_path / "python-of-old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done, _, _ = machine.step(0, ROOT, python=str(old))
    assert done.returncode == 2
    assert ANNOTATION.match(done.stdout.strip())


# --- the comment ------------------------------------------------------------------------------------------


def comment(place: Path, pulls: str) -> str:
    """Run the script of the commenting workflow with a `gh` that notes what it is told; return the notes."""
    job = yaml.safe_load((EXAMPLES / "comment.yml").read_text(encoding="utf-8"))["jobs"]["comment"]
    script = job["steps"][-1]["run"]
    assert "${{" not in script
    (place / "bin").mkdir()
    gh = place / "bin" / "gh"
    gh.write_text(
        f'#!/bin/sh\nif [ "$1" = api ]; then printf "{pulls}"; else echo "$@" >> "{place}/said"; fi\n'
    )
    gh.chmod(0o755)
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=place,
        env=environment(
            PATH=f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}",
            GITHUB_REPOSITORY="owner/course",
            HEAD="somebody:work",
            HEAD_SHA="0" * 40,
        ),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = place / "said"
    return said.read_text(encoding="utf-8") if said.exists() else ""


def test_the_report_becomes_a_comment_of_limited_length(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "report.md").write_text("# Feedback $(touch owned)\n" + "x" * 100_000)
    assert comment(tmp_path, "17\\n") == "pr comment 17 --repo owner/course --body-file comment.md\n"
    assert (tmp_path / "comment.md").stat().st_size == 60_000
    assert not (tmp_path / "owned").exists()


def test_a_link_in_the_artefact_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "secret").write_text("token")
    (tmp_path / "report" / "report.md").symlink_to(tmp_path / "secret")
    assert comment(tmp_path, "17\\n") == ""
    assert not (tmp_path / "comment.md").exists()


def test_without_an_open_pull_request_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "report.md").write_text("# Feedback\n")
    assert comment(tmp_path, "") == ""
