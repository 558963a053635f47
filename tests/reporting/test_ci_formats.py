"""The formats that CI systems read: GitHub's workflow commands, JUnit XML, Gradescope's results."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.core.result import Outcome, Report, Verdict
from grader.integrations.gradescope import results as gradescope_results
from grader.reporting import github_annotations
from grader.reporting.junit import junit_xml
from tests.support.command_line import Grade
from tests.support.paths import ROOT
from tests.support.small_reports import HOSTILE, diagnosis, report
from tests.support.submissions import WRONG_SVD, Handed

SCHEMA = xmlschema.XMLSchema(str(ROOT / "tests" / "reporting" / "schemas" / "junit-10.xsd"))
"""Jenkins' schema of JUnit reports (xunit plugin, MIT), as pytest tests its own reports against."""

COMMAND = re.compile(r"::(?P<name>[a-z-]+)(?: (?P<properties>.*?))?::(?P<message>.*)")
UNESCAPED = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))


def obeyed(stdout: str) -> list[tuple[str, dict[str, str], str]]:
    """The commands a runner takes from a log: name, properties, message, as actions/runner reads them."""
    found: list[tuple[str, dict[str, str], str]] = []
    stopped = ""
    for line in stdout.split("\n"):
        if stopped:
            stopped = "" if line.strip() == f"::{stopped}::" else stopped
            continue
        match = COMMAND.match(line.strip())
        if match is None:
            continue
        if match["name"] == "stop-commands":
            stopped = match["message"]
            continue
        pairs = (pair.partition("=") for pair in (match["properties"] or "").split(",") if pair)
        found.append((match["name"], {k: unescaped(v) for k, _, v in pairs}, unescaped(match["message"])))
    assert not stopped
    return found


def unescaped(text: str) -> str:
    """What the runner makes of an escaped text."""
    for escape, character in UNESCAPED:
        text = text.replace(escape, character)
    return text


# --- GitHub -----------------------------------------------------------------------------------------------


def with_mistake(text: str = "", file: str = "lab.py") -> Report:
    """A report that names a mistake on line 7."""
    whole = report("ada", text=text)
    (exercise,) = whole.exercises
    named = msgspec.structs.replace(exercise, diagnoses=(diagnosis(file, 7, text),))
    return msgspec.structs.replace(whole, exercises=(named,))


def test_a_mistake_is_annotated_on_the_students_line(tmp_path: Path) -> None:
    (tmp_path / "work" / "ada").mkdir(parents=True)
    (tmp_path / "work" / "ada" / "lab.py").write_text("")
    shown = github_annotations.annotations(
        [with_mistake()], {"ada": tmp_path / "work" / "ada"}, tmp_path / "work"
    )
    ((name, properties, message),) = obeyed(shown)
    assert name == "error"
    assert properties == {"file": "ada/lab.py", "line": "7", "title": "1.1 Factorise: 4.5 of 5"}
    assert message == "The row loop runs over the rank. Use A.shape[0]."


def test_a_file_outside_the_workspace_is_named_but_not_annotated(tmp_path: Path) -> None:
    (tmp_path / "lab.py").write_text("")
    shown = github_annotations.annotations([with_mistake()], {"ada": tmp_path}, tmp_path / "elsewhere")
    ((_, properties, message),) = obeyed(shown)
    assert "file" not in properties and "line" not in properties
    assert message.startswith("lab.py: ")


@pytest.mark.parametrize(
    ("verdict", "level"),
    [
        (Verdict.NONE, "error"),
        (Verdict.MISSING, "error"),
        (Verdict.MANUAL, "notice"),
        (Verdict.ERROR, "warning"),
    ],
)
def test_every_verdict_has_its_level(verdict: Verdict, level: str) -> None:
    ((name, _, message),) = obeyed(
        github_annotations.annotations([report("ada", verdict=verdict)], {}, Path("/"))
    )
    assert name == level
    assert message.startswith("ada: It is fail. A message. Got: 1. Expected: 2.")


def test_full_marks_are_not_annotated() -> None:
    assert github_annotations.annotations([report("ada", verdict=Verdict.FULL)], {}, Path("/")) == ""


@given(st.text(max_size=30) | st.just(HOSTILE))
def test_no_text_can_give_a_command_or_a_property(text: str) -> None:
    line = github_annotations.command("error", text, {"file": text, "title": "t"})
    assert line.count("\n") == 1
    ((name, properties, _),) = obeyed(line)
    assert name == "error"
    assert properties.keys() <= {"file", "title"}
    assert properties["title"] == "t"


def test_between_stop_commands_nothing_is_obeyed() -> None:
    assert obeyed(github_annotations.uncommanded(f"::error::forged\n{HOSTILE}\n::warning::forged")) == []


def test_a_hostile_submission_gives_no_command_of_its_own(grade: Grade, handed_in: Handed) -> None:
    forged = "::error file=x::forged\n::set-output name=a::b\n::stop-commands::c"
    code = WRONG_SVD + f"\nprint({forged!r})\nraise ValueError({forged!r})\n"
    folder = handed_in({"::error::name/lab.py": code})
    done = grade(folder, "--exercise", "2.1", "--format", "github", env={"GITHUB_WORKSPACE": str(folder)})
    assert done.returncode == 0, done.stderr
    found = obeyed(done.stdout)
    assert [name for name, _, _ in found] == ["error", "group", "endgroup"]
    assert found[0][1]["file"].endswith(":error::name/lab.py")
    assert "forged" in done.stdout, "the text is shown all the same"


# --- JUnit ------------------------------------------------------------------------------------------------


def test_junit_is_valid_and_counts_every_outcome() -> None:
    text = junit_xml([report("ada", flags=("a flag",)), report("bob")], "lab1")
    SCHEMA.validate(text)
    root = ElementTree.fromstring(text.encode())
    assert (root.get("name"), root.get("tests"), root.get("failures"), root.get("errors")) == (
        "lab1",
        "14",
        "6",
        "2",
    )
    ada, _ = root
    assert (ada.get("name"), ada.get("tests"), ada.get("skipped"), ada.get("time")) == (
        "ada",
        "7",
        "2",
        "1.500",
    )
    kinds = {case.get("name", "").split()[0]: [child.tag for child in case] for case in ada.iter("testcase")}
    assert kinds == {
        "1.1-pass": [],
        "1.1-fail": ["failure"],
        "1.1-follows": ["failure"],
        "1.1-missing": ["failure"],
        "1.1-error": ["error"],
        "1.1-skipped": ["skipped"],
        "1.1-manual": ["skipped"],
    }
    assert ada.find("system-out") is not None


@given(st.text(max_size=30) | st.just(HOSTILE) | st.just("x" * 2000))
@settings(deadline=None)
def test_junit_stays_valid_whatever_a_student_wrote(text: str) -> None:
    document = junit_xml([report(text or "x", text=text, flags=(text,))], "lab1").encode()
    SCHEMA.validate(document.decode())
    for found in ElementTree.fromstring(document).iter("failure"):
        assert len(found.get("message", "")) <= 500


def test_junit_is_written_to_a_file_and_printed(grade: Grade, handed_in: Handed, tmp_path: Path) -> None:
    folder = handed_in({"lab.py": WRONG_SVD})
    done = grade(
        "check",
        folder / "lab.py",
        "--exercise",
        "2.1",
        "--format",
        "junit",
        "--junit",
        tmp_path / "deep" / "j.xml",
    )
    assert done.returncode == 1
    assert done.stdout == (tmp_path / "deep" / "j.xml").read_text(encoding="utf-8")
    SCHEMA.validate(done.stdout)
    assert ElementTree.fromstring(done.stdout.encode()).get("failures") != "0"


# --- Gradescope -------------------------------------------------------------------------------------------


def test_gradescope_adds_up_and_shows_nothing_as_markup() -> None:
    shown = json.loads(gradescope_results(report("ada", text=HOSTILE, flags=(HOSTILE,))))
    assert shown["score"] == sum(test.get("score", 0) for test in shown["tests"]) == 4.5
    assert shown["visibility"] == "visible"
    assert shown["stdout_visibility"] == "hidden"
    assert {shown[key] for key in ("output_format", "test_output_format", "test_name_format")} == {"text"}
    whole, *checks = shown["tests"]
    assert (whole["number"], whole["max_score"], whole["status"]) == ("1.1", 5.0, "failed")
    assert [check.get("status") for check in checks] == [
        "passed",
        "failed",
        None,
        "failed",
        "failed",
        None,
        None,
    ]
    assert len(checks) == len(Outcome)
    assert all(
        test.keys() <= {"score", "max_score", "status", "name", "number", "output", "visibility"}
        for test in shown["tests"]
    )
    assert not set(json.dumps(shown)) & set("\x00\x1b\u202e")


@pytest.mark.slow
def test_gradescope_takes_a_folder_of_files_for_one_student(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in({"lab.py": WRONG_SVD, "notes.py": "x = 1\n"}, "submission")
    target = tmp_path / "results" / "results.json"
    done = grade("run", folder, "--exercise", "2.1", "--gradescope", target, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    shown = json.loads(target.read_text(encoding="utf-8"))
    assert shown["score"] < sum(test.get("max_score", 0) for test in shown["tests"]) == 1.0
    two = grade("run", folder, folder, "--gradescope", target, "--out", tmp_path / "out")
    assert two.returncode == 2
    assert "takes exactly one PATH" in two.stderr
