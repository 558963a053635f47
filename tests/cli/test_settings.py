"""Settings: their sources, precedence and error messages; completion in real shells."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.cli import cli
from grader.cli.settings import Setting, settings_of
from grader.core.config import Settings
from tests.support.command_line import Grade, environment


def project(folder: Path, table: str) -> Path:
    """A folder whose `[tool.grade]` holds these lines."""
    folder.mkdir(exist_ok=True)
    (folder / "pyproject.toml").write_text(f"[tool.grade]\n{table}\n", encoding="utf-8")
    return folder


def complaint(done: "subprocess.CompletedProcess[str]") -> str:
    """The one line on stderr of a usage error."""
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


def test_every_setting_of_a_command_may_stand_in_the_file_and_nothing_else() -> None:
    keys = {item.key for item in settings_of(cli)}
    assert keys == set(Settings.__struct_encode_fields__)


def test_settings_of_one_name_are_called_and_named_alike_everywhere() -> None:
    for command in cli.commands.values():
        for option in command.params:
            if isinstance(option, Setting):
                assert option.envvar == "GRADE_" + option.key.upper().replace("-", "_")
                assert option.help


@pytest.mark.parametrize(
    ("line", "nearest"), [("jobz = 1", "jobs"), ("fail_under = 1", "fail-under"), ("Out = 'x'", "out")]
)
def test_a_key_that_is_none_is_an_error_that_suggests_the_nearest(
    grade: Grade, tmp_path: Path, line: str, nearest: str
) -> None:
    said = complaint(grade("config", cwd=project(tmp_path / "here", line)))
    assert str(tmp_path / "here" / "pyproject.toml") in said
    assert f"Did you mean `{nearest}`?" in said


@pytest.mark.parametrize(
    ("line", "key"), [("jobs = 0", "jobs"), ('format = "xml"', "format"), ("seed = -1", "seed")]
)
def test_a_value_out_of_range_is_told_with_the_file_it_stands_in(
    grade: Grade, tmp_path: Path, line: str, key: str
) -> None:
    said = complaint(grade("config", cwd=project(tmp_path / "here", line)))
    assert str(tmp_path / "here" / "pyproject.toml") in said
    assert f"`{key}`" in said


def test_a_misspelt_variable_is_an_error_and_one_of_another_program_is_none(
    grade: Grade, tmp_path: Path
) -> None:
    assert "did you mean GRADE_JOBS?" in complaint(grade("config", env={"GRADE_JOB": "2"}))
    assert grade("config", env={"GRADE_BOOK_PATH": "x", "GRADE_": ""}).returncode == 0


def test_help_is_given_even_where_the_file_is_broken(grade: Grade, tmp_path: Path) -> None:
    here = project(tmp_path / "here", "jobz = 1")
    for command in ("run", "check", "config", "lab"):
        assert grade(command, "--help", cwd=here).returncode == 0
    assert grade("completion", "zsh", cwd=here).returncode == 0


def test_config_shows_the_values_that_hold_and_where_each_came_from(grade: Grade, tmp_path: Path) -> None:
    here = project(tmp_path / "here", 'out = "below"\njobs = 3\nfail-under = 40')
    below = here / "deeper"
    below.mkdir()
    variables = {"GRADE_JOBS": "5", "GRADE_TIME_LIMIT": "7"}
    done = grade("config", "--time-limit", "8", "--format", "json", cwd=below, env=variables)
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert shown.keys() == set(Settings.__struct_encode_fields__)
    assert shown["out"] == {"value": "below", "from": str(here / "pyproject.toml")}
    assert shown["jobs"] == {"value": 5, "from": "environment"}
    assert shown["time-limit"] == {"value": 8.0, "from": "flag"}
    assert shown["lab"] == {"value": None, "from": "default"}


def test_config_is_a_table_for_people_and_lines_for_pipes(grade: Grade, tmp_path: Path) -> None:
    here = project(tmp_path / "here", "jobs = 3")
    table = grade("config", cwd=here, env={"COLUMNS": "300"})
    assert str(here / "pyproject.toml") in table.stdout
    lines = grade("config", "--format", "plain", cwd=here).stdout.splitlines()
    assert f"jobs\t3\t{here / 'pyproject.toml'}\tGRADE_JOBS" in lines


# --- completion -------------------------------------------------------------------------------------------


def in_shell(shell: str, script: str, cwd: Path) -> list[str]:
    """What a shell prints that finds `grade` on its path."""
    found = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [shell, "-c", script],
        cwd=cwd,
        env=environment(PATH=found, HOME=str(cwd)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["che"], "check"),
        (["--fail"], "--fail-under"),
        (["submissions", "--fail"], "--fail-under"),
        (["check", "--exer"], "--exercise"),
        (["x", "--format", "js"], "json"),
    ],
)
def test_bash_completes_commands_options_and_values(tmp_path: Path, words: list[str], offered: str) -> None:
    script = f"""
        eval "$(grade completion bash)"
        COMP_WORDS=(grade {" ".join(words)}); COMP_CWORD={len(words)}
        _grade_completion grade
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    assert offered in in_shell("bash", script, tmp_path)


def test_bash_completes_a_path_where_no_command_fits(tmp_path: Path) -> None:
    script = "COMP_WORDS='grade subm' COMP_CWORD=1 _GRADE_COMPLETE=bash_complete grade"
    assert in_shell("bash", script, tmp_path) == ["file,subm"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_given_a_script_they_can_read(grade: Grade, tmp_path: Path, shell: str) -> None:
    done = grade("completion", shell)
    assert done.returncode == 0
    assert "_GRADE_COMPLETE" in done.stdout
    if shutil.which(shell):
        (tmp_path / "script").write_text(done.stdout, encoding="utf-8")
        subprocess.run([shell, "-n", tmp_path / "script"], check=True)
