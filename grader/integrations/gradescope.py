"""Gradescope: an autograder that contains this grader and a lab, and results in Gradescope's format.

Format: the autograder specifications of Gradescope, “Output format” and “Configuring the autograder”.
"""

import io
import re
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import requires, version
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from grader import __version__
from grader.core.assets import templates_folder
from grader.core.errors import LabError
from grader.core.escaping import visible
from grader.core.result import CheckResult, ExerciseReport, Outcome, Report, Verdict
from grader.lab.loader import find_lab, load_lab
from grader.reporting.wording import UNDECIDED, are_open, flag_sentences

__all__ = ["autograder_zip", "results"]

_DISTRIBUTION = "lab-grader"

_PASSED = {
    Outcome.PASS: "passed",
    Outcome.FAIL: "failed",
    Outcome.FOLLOWS: "failed",
    Outcome.MISSING: "failed",
}


def results(report: Report) -> str:
    """`results.json` for Gradescope: a test with marks for every exercise, one without marks for every check.

    An open exercise (for a person, or because the grader failed) has no score, and then there is no total
    either. Everything is `text`, so nothing a student wrote is interpreted as markup.
    """
    tests: list[dict[str, Any]] = []
    for exercise in report.exercises:
        tests.append(_exercise(exercise))
        tests += [_check(exercise, number, check) for number, check in enumerate(exercise.checks, 1)]
    waiting = are_open(report)
    told = [f"There is no total yet: {', '.join(waiting)} is still open."] if waiting else []
    document = {
        **({} if waiting else {"score": report.marks}),
        "execution_time": report.seconds,
        "output": visible("\n".join([*told, *flag_sentences(report)])),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _exercise(exercise: ExerciseReport) -> dict[str, Any]:
    told = [f"{found.title} {found.message}" for found in exercise.diagnoses]
    told += [given.comment for given in exercise.by_hand]
    told += [*exercise.notes, exercise.next_step]
    if exercise.verdict is Verdict.MANUAL:
        told.insert(0, "A person will look at this: there is no score yet.")
    if exercise.verdict is Verdict.ERROR:
        told.insert(0, "The grader itself failed here: there is no score yet.")
    test: dict[str, Any] = {
        **({} if exercise.verdict in UNDECIDED else {"score": exercise.marks}),
        "max_score": exercise.max_marks,
        "name": visible(exercise.title),
        "number": exercise.id,
        "output": visible("\n".join(text for text in told if text)),
        "visibility": "visible",
    }
    if exercise.verdict not in UNDECIDED:
        test["status"] = "passed" if exercise.verdict is Verdict.FULL else "failed"
    return test


def _check(exercise: ExerciseReport, number: int, check: CheckResult) -> dict[str, Any]:
    labelled = (
        ("", check.message),
        ("got: ", check.got),
        ("expected: ", check.wanted),
        ("tolerance: ", check.tolerance),
        ("try: ", check.call),
    )
    test: dict[str, Any] = {
        "name": visible(check.title),
        "number": f"{exercise.id}.{number}",
        "output": visible("\n".join(f"{label}{text}" for label, text in labelled if text)),
        "visibility": "visible",
    }
    if check.outcome in _PASSED:
        test["status"] = _PASSED[check.outcome]
    return test


def autograder_zip(lab_name: str | None, seed: int | None) -> bytes:
    """The archive to upload. The same grader, lab and libraries give the same bytes.

    Raises LabError if the lab's files cannot be found.
    """
    load_lab(lab_name)
    home, attribute = find_lab(lab_name)
    full_name = f"{home.__name__}:{attribute}"
    module = sys.modules[home.__name__.partition(".")[0]]
    if module.__file__ is None:
        raise LabError(
            f"The files of the lab {full_name!r} cannot be found: put it into a package of its own."
        )
    options = f"--lab {full_name}"
    if seed is not None:
        options += f" --seed {seed}"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "setup.sh", _template("setup.sh").encode(), executable=True)
        script = _template("run_autograder").replace("@OPTIONS@", options)
        _add(archive, "run_autograder", script.encode(), executable=True)
        _add(archive, "constraints.txt", _constraints().encode())
        packages, modules = ["grader", "grader.templates"], []
        for name, data in _tree(Path(str(files("grader"))), "grader"):
            _add(archive, f"package/{name}", data)
        for name, data in _tree(templates_folder(), "grader/templates"):
            _add(archive, f"package/{name}", data)
        top = Path(module.__file__)
        if hasattr(module, "__path__"):
            packages.append(module.__name__)
            for name, data in _tree(top.parent, module.__name__):
                _add(archive, f"package/{name}", data)
        else:
            modules.append(module.__name__)
            _add(archive, f"package/{top.name}", top.read_bytes())
        _add(archive, "package/pyproject.toml", _pyproject(packages, modules).encode())
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes, *, executable: bool = False) -> None:
    if name in archive.namelist():
        return
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = (0o100755 if executable else 0o100644) << 16
    archive.writestr(entry, data)


def _tree(folder: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts and not file.name.startswith("."):
            yield f"{prefix}/{file.relative_to(folder).as_posix()}", file.read_bytes()


def _template(name: str) -> str:
    return (files("grader") / "autograder" / name).read_text(encoding="utf-8")


def _required() -> list[str]:
    """The grader's own requirements, without the extras."""
    return [each for each in requires(_DISTRIBUTION) or () if "extra ==" not in each]


def _constraints() -> str:
    """The versions in use here, so that marks are the same there."""
    names = [re.split(r"[^\w.-]", each, maxsplit=1)[0] for each in _required()]
    return "".join(f"{name}=={version(name).partition('+')[0]}\n" for name in names)


def _pyproject(packages: list[str], modules: list[str]) -> str:
    found = ", ".join(f'"{name}*"' for name in packages)
    needed = "".join(f"    {msgspec.json.encode(each).decode()},\n" for each in _required())
    return f"""\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "{_DISTRIBUTION}"
version = "{__version__}"
requires-python = ">=3.11"
dependencies = [
{needed}]

[project.scripts]
grade = "grader.cli:main"

[tool.setuptools]
py-modules = {msgspec.json.encode(modules).decode()}

[tool.setuptools.packages.find]
include = [{found}]
namespaces = true

[tool.setuptools.package-data]
"*" = ["**/*"]
"""
