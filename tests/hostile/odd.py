"""Files that are not what they seem: names, links, encodings, sizes. All by accident or malice handed in."""

import os
from pathlib import Path

from tests.hostile.attack import RIGHT, Attack

__all__ = ["ATTACKS"]

SHADOW = "raise RuntimeError('canary sings: shadowed')\n"


def _link_outside(folder: Path) -> None:
    (folder / "lab.py").symlink_to("/etc/passwd")
    (folder / "all").symlink_to("/", target_is_directory=True)


def _pipe(folder: Path) -> None:
    os.mkfifo(folder / "lab.py")


def _loop(folder: Path) -> None:
    (folder / "round").symlink_to(folder, target_is_directory=True)


def _closed(folder: Path) -> None:
    (folder / "closed.py").write_text(RIGHT)
    (folder / "closed.py").chmod(0)


def _thousands(folder: Path) -> None:
    for number in range(1_500):
        (folder / f"part{number}.txt").write_text("x")


def _deep(folder: Path) -> None:
    for _ in range(60):
        folder = folder / "a-folder-in-a-folder"
    folder.mkdir(parents=True)
    (folder / "lab.py").write_text(RIGHT)


def _sparse(folder: Path) -> None:
    with (folder / "huge.bin").open("wb") as file:
        file.truncate(5 * 1024**3)


def _folder(folder: Path) -> None:
    (folder / "lab.py").mkdir()
    (folder / "lab.py" / "notes.txt").write_text("x")


def _plain(name: str, code: str, most: float = 1.0, **more: object) -> Attack:
    return Attack(name, code, most=most, plain=True, **more)  # type: ignore[arg-type]


ATTACKS = [
    _plain("nothing-at-all", "", 0.0),
    _plain("an-empty-file", "\n", 0.0),
    _plain("noise", "", 0.0, others={"lab.py": bytes(range(256)) * 500}),
    _plain("zeros", "", 0.0, others={"lab.py": b"x = 1\0\0\0\n"}),
    _plain("latin-letters", "", 1.0, others={"lab.py": ("# caf\xe9\n" + RIGHT).encode("latin-1")}, least=0.0),
    _plain("a-mark-of-byte-order", "", 1.0, others={"lab.py": b"\xef\xbb\xbf" + RIGHT.encode().replace(b"\n", b"\r\n")}),
    _plain("an-encoding-of-its-own", "# -*- coding: rot13 -*-\nprint('x')\n", 0.0),
    _plain("brackets-without-end", "x = " + "(" * 5_000 + ")" * 5_000 + "\n", 0.0),
    _plain("a-sum-without-end", "x = " + "1 + " * 20_000 + "1\n" + RIGHT, least=0.0),
    _plain("one-line-of-megabytes", "x = '" + "a" * 3_000_000 + "'\n" + RIGHT, least=0.0),
    _plain("thousands-of-statements-that-fail", RIGHT + "1 / 0\n" * 3_000),
    _plain("a-link-to-the-accounts", "", 0.0, make=_link_outside),
    _plain("a-pipe", "", 0.0, make=_pipe),
    _plain("a-folder-called-lab", "", 0.0, make=_folder),
    _plain("a-folder-that-holds-itself", RIGHT, make=_loop),
    _plain("a-file-nobody-may-read", RIGHT, make=_closed),
    _plain("thousands-of-files", RIGHT, make=_thousands),
    _plain("folders-within-folders", "", 1.0, make=_deep),
    _plain("five-gigabytes-of-nothing", RIGHT, make=_sparse),
    _plain(
        "named-like-what-it-imports",
        "import json, random, typing, dataclasses\n" + RIGHT,
        others={f"{name}.py": SHADOW for name in (
            "torch", "numpy", "json", "random", "typing", "sitecustomize", "usercustomize", "msgspec", "encodings",
            "builtins", "grader", "reference", "linecache", "traceback", "py_landlock", "pyseccomp",
        )},
    ),
    _plain("is-called-torch", RIGHT, file="torch.py"),
    _plain(
        "folders-named-like-packages",
        RIGHT,
        others={f"{name}/__init__.py": SHADOW for name in ("torch", "numpy", "grader", "json", "collections")},
    ),
    _plain(
        "compiled-files-that-lie",
        "import helper\n" + RIGHT,
        others={"helper.py": "x = 1\n", "__pycache__/helper.cpython-311.pyc": b"\xa7\r\r\n" + bytes(200)},
    ),
    _plain("settings-of-its-own", RIGHT, others={
        "pyproject.toml": '[tool.grade]\nlab = "evil:LAB"\n', "conftest.py": SHADOW, "x.pth": "import evil\n",
        ".env": "GRADE_LAB=evil:LAB\n", "setup.cfg": "[x]\n",
    }),
]  # fmt: skip
