"""The kit that an instructor gives to students: a starter file, and the checks without the solution.

A kit is a zip with the starter file, a short README, a `conftest.py` for editors' test panels, and a wheel of
this package with the lab in it. The wheel leaves out the modules of the lab that contain a solution. If the
checks need them, no kit is made.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from grader.core.assets import package_folder, templates_folder
from grader.core.errors import LabError, PathError
from grader.lab.loader import find_lab, load_lab
from grader.lab.spec import Kit, Lab

__all__ = ["write_kit"]

DISTRIBUTION: Final = "lab-grader"
_EPOCH: Final = "315532800"
"""1980-01-01, the first date that a zip can store: the same lab gives the same kit, byte for byte."""


def write_kit(name: str | None, out: Path | None) -> tuple[Path, tuple[str, ...]]:
    """Write the kit of the named lab, and return its path and the names of the files in it.

    `out` is by default named after the lab. Raises LabError if the lab has no kit or needs a module that is
    left out, PathError if `out` cannot be written.
    """
    lab = load_lab(name)
    module, attribute = find_lab(name)
    if module.__file__ is None or not hasattr(module, "__path__"):
        raise LabError(
            f"{lab.id} is a single module: a kit needs a package, so that it can leave out the solution."
        )
    package = Path(module.__file__).parent
    out = out or Path(f"{lab.id}-kit.zip")
    if lab.kit is None:
        raise LabError(f"{lab.id} has no kit: give its LAB a Kit with a starter file.")
    with tempfile.TemporaryDirectory(prefix="grade-kit-") as temporary:
        work = Path(temporary)
        folder = work / f"{lab.id}-kit"
        folder.mkdir()
        tree = _wheel_tree(lab, lab.kit, package, attribute, work / "tree")
        _try(tree, package.name, attribute, lab.kit)
        wheel = _pack(tree, folder)
        shutil.copyfile(lab.kit.starter, folder / lab.kit.starter.name)
        (folder / "conftest.py").write_text(f'grade_files = ["{lab.kit.starter.name}"]\n', encoding="utf-8")
        (folder / "README.md").write_text(_readme(lab, lab.kit, wheel), encoding="utf-8")
        files = sorted(folder.iterdir())
        try:
            with tempfile.NamedTemporaryFile(dir=out.parent, prefix=out.name, delete=False) as partial:
                _zip(partial.name, files, folder.name)
            Path(partial.name).chmod(0o644)
            Path(partial.name).replace(out)
        except OSError as error:
            raise PathError(f"The kit cannot be written to {out} ({error.strerror}).") from error
        return out, tuple(file.name for file in files)


def _wheel_tree(lab: Lab, kit: Kit, package: Path, attribute: str, tree: Path) -> Path:
    """The unpacked files of the wheel, without modules that contain a solution."""
    grader = package_folder()
    rubbish = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(grader, tree / "grader", ignore=rubbish)
    shutil.copytree(templates_folder(), tree / "grader" / "templates", ignore=rubbish, dirs_exist_ok=True)
    shutil.copytree(package, tree / package.name, ignore=rubbish)
    for module in kit.leave_out:
        left = [tree / package.name / f"{module}.py", tree / package.name / module]
        if not any(path.exists() for path in left):
            raise LabError(f"{lab.id} leaves {module} out of its kit, but has no module with that name.")
        left[0].unlink(missing_ok=True)
        shutil.rmtree(left[1], ignore_errors=True)
    installed = distribution(DISTRIBUTION)
    version = f"{installed.version.partition('+')[0]}+{re.sub(r'[^a-z0-9]+', '.', lab.id.lower()).strip('.')}"
    info = tree / f"{DISTRIBUTION.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    metadata = re.sub(
        r"(?m)^Version: .*$", f"Version: {version}", installed.read_text("METADATA") or "", count=1
    )
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    (info / "WHEEL").write_text(
        "Wheel-Version: 1.0\nGenerator: lab-grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        encoding="utf-8",
    )
    (info / "entry_points.txt").write_text(
        "[console_scripts]\ngrade = grader.cli:main\n\n"
        "[pytest11]\ngrade = grader.integrations.pytest_plugin\n\n"
        f"[grader.labs]\n{lab.id} = {package.name}:{attribute}\n",
        encoding="utf-8",
    )
    licence = installed.read_text("licenses/LICENSE")
    if licence is not None:
        (info / "licenses").mkdir()
        (info / "licenses" / "LICENSE").write_text(licence, encoding="utf-8")
    return tree


def _try(tree: Path, package: str, attribute: str, kit: Kit) -> None:
    """Load the lab from the kit's files and build its exercises. Raises LabError if that fails."""
    script = (
        f"import sys; sys.path.insert(0, {str(tree)!r})\n"
        f"from {package} import {attribute} as lab\n"
        "assert all(exercise.checks for exercise in lab.exercises(lab.seed))\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-B", "-c", script],
        cwd=tree,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        left = ", ".join(kit.leave_out) or "nothing"
        raise LabError(
            f"The checks cannot be loaded from the kit without {left} ({reason}): remove this dependency, or change the lab's Kit."
        )


def _pack(tree: Path, folder: Path) -> str:
    """Build the wheel and return its name."""
    subprocess.run(
        [sys.executable, "-m", "wheel", "pack", str(tree), "--dest-dir", str(folder)],
        env={"PATH": "/usr/bin:/bin", "SOURCE_DATE_EPOCH": _EPOCH},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel.name


def _readme(lab: Lab, kit: Kit, wheel: str) -> str:
    loader = FileSystemLoader(templates_folder())
    environment = Environment(loader=loader, undefined=StrictUndefined, keep_trailing_newline=True)
    text: str = environment.get_template("kit.md").render(lab=lab, starter=kit.starter.name, wheel=wheel)
    return text


def _zip(target: str, files: list[Path], name: str) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(f"{name}/{file.name}", (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())
