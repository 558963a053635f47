"""`grade kit`: its contents, how little it shows of the solution, and that it works on its own."""

import ast
import re
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from reference import LAB
from tests.support.command_line import Grade, environment, run_grade
from tests.support.paths import ROOT, SUBMISSIONS

SECOND = ROOT / "docs" / "second-lab"
FUNCTIONS = {"sgd_factorise", "truncated_svd", "sgd_factorise_masked"}


@pytest.fixture(scope="session")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lab 1's kit, unpacked."""
    folder = tmp_path_factory.mktemp("kit")
    done = run_grade("kit", "--out", "kit.zip", cwd=folder)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(folder / "kit.zip") as archive:
        archive.extractall(folder)
    return folder / "lab1-kit"


def wheel_of(folder: Path) -> Path:
    """The wheel in a kit."""
    (wheel,) = folder.glob("*.whl")
    return wheel


def texts(wheel: Path | BytesIO) -> dict[str, str]:
    """Every file of a wheel as text, by name."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}


def test_a_kit_holds_the_file_to_begin_with_the_checks_and_a_readme(kit: Path) -> None:
    names = sorted(file.name for file in kit.iterdir())
    assert names == ["README.md", "conftest.py", "lab1.py", wheel_of(kit).name]
    starter = ast.parse((kit / "lab1.py").read_text(encoding="utf-8"))
    signatures = {
        node.name: ast.unparse(node.args) for node in starter.body if isinstance(node, ast.FunctionDef)
    }
    assert signatures == {
        "sgd_factorise": "A: Tensor, rank: int, num_epochs: int=1000, lr: float=0.01",
        "truncated_svd": "A: Tensor, rank: int",
        "sgd_factorise_masked": "A: Tensor, M: Tensor, rank: int, num_epochs: int=1000, lr: float=0.01",
    }


def test_the_same_lab_gives_the_same_kit(grade: Grade, tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        assert grade("kit", "--out", tmp_path / name).returncode == 0
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def _functions(text: str) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))


def _body(function: ast.FunctionDef) -> str:
    """What a function does, without its docstring."""
    return ast.dump(ast.Module(body=function.body[1:], type_ignores=[]))


def test_no_solution_no_torch_and_no_published_figure_is_in_a_kit(kit: Path) -> None:
    solutions = (ROOT / "reference" / "model" / "solution.py").read_text(encoding="utf-8")
    bodies = {_body(function) for function in _functions(solutions)}
    assert len(bodies) == 3
    lab = {name: text for name, text in texts(wheel_of(kit)).items() if name.startswith("reference/")}
    assert "reference/checks/factorisation.py" in lab
    for name, text in lab.items():
        assert not re.search(r"0\.6168|1\.5961|0\.2214|3\.2531|2\.1802|0\.1220\b", text), name
        if name.endswith(".py"):
            assert not bodies & {_body(function) for function in _functions(text)}, name
            if "starter" not in name:
                assert not re.search(r"^\s*(import|from) torch", text, re.MULTILINE), name
                assert not FUNCTIONS & {function.name for function in _functions(text)}, name
    assert not [name for name in texts(wheel_of(kit)) if name.endswith(".pyc") or "tests" in name]


def test_the_page_about_kits_says_of_every_module_whether_it_is_visible(kit: Path) -> None:
    page = (ROOT / "docs" / "kit.md").read_text(encoding="utf-8")
    said: dict[str, str] = {}
    for names, visible in re.findall(r"^\| (`[^|]*`) \| (yes|no) \|", page, re.MULTILINE):
        said |= dict.fromkeys(re.findall(r"`([^`]+)`", names), visible)
    top = ROOT / "reference"
    there = {file.stem for file in top.glob("*.py")} - {"__init__"}
    there |= {file.parent.name for file in top.glob("*/__init__.py")}
    names = texts(wheel_of(kit))
    inside = {
        found[1] for name in names if (found := re.fullmatch(r"reference/(\w+)(\.py|/__init__\.py)", name))
    }
    assert {name: "yes" if name in inside else "no" for name in there} | {"rubric.toml": "yes"} == said
    assert LAB.kit is not None
    assert {name for name, visible in said.items() if visible == "no"} == set(LAB.kit.leave_out)


@pytest.fixture(scope="session")
def student(kit: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A student's environment, in which the kit's wheel was installed and this repository is not."""
    place = tmp_path_factory.mktemp("student") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    python = place / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python", str(python)]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", str(wheel_of(kit))], check=True)
    # torch and the rest as they are here; a path in a .pth does not read the .pth files there, such as ours
    (site,) = (place / "lib").glob("python*/site-packages")
    (site / "others.pth").write_text(f"{sysconfig.get_path('purelib')}\n{_site_of('torch')}\n")
    return place / "bin"


def _site_of(package: str) -> Path:
    module = __import__(package)
    assert module.__file__ is not None
    return Path(module.__file__).parent.parent


def _run(student: Path, cwd: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(student / command[0]), *command[1:]],
        cwd=cwd,
        env=environment(COLUMNS="200"),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.slow
def test_a_student_without_the_repository_checks_with_the_kit(student: Path, kit: Path) -> None:
    where = _run(
        student, kit, "python", "-c", "import grader, reference; print(grader.__file__, reference.__file__)"
    )
    assert str(ROOT) not in where.stdout, where.stdout
    gone = _run(student, kit, "python", "-c", "import reference.model.solution")
    assert "ModuleNotFoundError" in gone.stderr
    begun = _run(student, kit, "grade", "check", "lab1.py")
    assert begun.returncode == 1, begun.stderr
    assert "0 of 5 marks" in begun.stdout
    assert "nothing is started yet" in begun.stdout
    done = _run(student, kit, "grade", "check", str(SUBMISSIONS / "tamsin-quillfeather" / "lab1.py"))
    assert done.returncode == 0, done.stdout + done.stderr
    shown = _run(student, kit, "grade", "lab")
    assert shown.returncode == 0, shown.stderr
    assert "Every row is visited" in shown.stdout
    assert "numbers match" not in shown.stdout


@pytest.mark.slow
def test_the_kit_s_conftest_shows_the_checks_to_an_editor(student: Path, kit: Path) -> None:
    done = _run(student, kit, "python", "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider")
    assert "lab1.py::1.1 Factorise by stochastic gradient descent::Every row is visited" in done.stdout


def test_another_lab_gives_its_own_kit(grade: Grade, tmp_path: Path) -> None:
    done = grade("kit", "--lab", f"{SECOND / 'power_lab'}:LAB", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "lab2-kit.zip") as archive:
        (wheel,) = (name for name in archive.namelist() if name.endswith(".whl"))
        inside = texts(BytesIO(archive.read(wheel)))
    assert "power_lab/checks.py" in inside and "power_lab/solution.py" not in inside
    assert not [name for name in inside if name.startswith("reference/")]
    (points,) = (text for name, text in inside.items() if name.endswith("entry_points.txt"))
    assert "lab2 = power_lab:LAB" in points and "reference" not in points


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            ('leave_out=("solution",)', 'leave_out=("checks",)'),
            "cannot be loaded from the kit without checks",
        ),
        (('leave_out=("solution",)', 'leave_out=("answers",)'), "has no module with that name"),
        (('kit=Kit(FOLDER / "starter" / "lab2.py", leave_out=("solution",)),', ""), "has no kit"),
    ],
)
def test_a_kit_that_cannot_be_made_is_refused(
    grade: Grade, tmp_path: Path, change: tuple[str, str], sentence: str
) -> None:
    package = tmp_path / "power_lab"
    for file in (SECOND / "power_lab").rglob("*"):
        if file.suffix in (".py", ".toml"):
            target = package / file.relative_to(SECOND / "power_lab")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    done = grade("kit", "--lab", f"{package}:LAB", "--out", tmp_path / "kit.zip")
    assert done.returncode == 2
    assert sentence in done.stderr
    assert not (tmp_path / "kit.zip").exists()


def test_a_place_that_cannot_be_written_is_one_sentence(grade: Grade, tmp_path: Path) -> None:
    done = grade("kit", "--out", tmp_path / "no" / "such" / "folder.zip")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
