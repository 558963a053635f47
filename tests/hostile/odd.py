"""Files that are not what they seem: names, links, encodings, sizes. All by accident or malice handed in."""

import gzip
import io
import os
import tarfile
import zipfile
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


def _link_to_the_secret(folder: Path) -> None:
    secret = folder.parent.parent / "canary" / "secret.txt"
    for name in ("report.md", "notes.txt", "helper.py", "table.tex"):
        (folder / name).symlink_to(secret)
    (folder / "deep").symlink_to(secret.parent, target_is_directory=True)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, kind in (("linked.md", tarfile.SYMTYPE), ("hard.md", tarfile.LNKTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, str(secret)
            archive.addfile(info)
    (folder / "more.tar.gz").write_bytes(packed.getvalue())


def _bare_repository(folder: Path) -> None:
    for name in ("objects", "refs", "info", "hooks"):
        (folder / name).mkdir()
    (folder / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / "config").write_text('[core]\n\tfsmonitor = "touch ../../canary/owned"\n')
    (folder / ".gitattributes").write_text("* filter=evil\n")


def _deeper_than_is_looked(folder: Path) -> None:
    (folder / "/".join(["a-folder-in-a-folder"] * 130)).mkdir(parents=True)


def _names_nobody_can_see(folder: Path) -> None:
    for name in (
        "new\nline.py",
        "\u202eyp.bal",
        "bell\x07.md",
        os.fsdecode(b"bytes\xff.py"),
        "::error::x.py",
    ):
        (folder / name).write_text("x = 1\n")


def _packed(method: int, content: bytes, *, damaged: bool = False) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("lab.py", content)
    data = bytearray(buffer.getvalue())
    if damaged:
        middle = len(data) // 3
        data[middle : middle + 8] = bytes(byte ^ 0xA5 for byte in data[middle : middle + 8])
    return bytes(data)


def _without_a_name() -> bytes:
    data = bytearray(_packed(zipfile.ZIP_STORED, RIGHT.encode()))
    for signature, length in ((b"PK\3\4", 26), (b"PK\1\2", 28)):
        place = data.index(signature) + length
        data[place : place + 2] = b"\0\0"
    return bytes(data)


def _headers_that_take_long() -> bytes:
    """A tar whose attributes are one long row of digits, in which a pattern looks for a word from every place."""
    record = b" comment=" + b"1" * 990_000 + b"\n"
    data = b"%d" % (len(record) + 6) + record
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, len(data)
    return gzip.compress(
        (info.tobuf(tarfile.USTAR_FORMAT) + data + bytes(-len(data) % 512)) * 20 + bytes(1024)
    )


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
    _plain("links-to-the-secret", "print(open('report.md').read())\n" + RIGHT, make=_link_to_the_secret),
    _plain("a-folder-laid-out-as-a-repository", RIGHT, make=_bare_repository),
    _plain("folders-deeper-than-is-looked", RIGHT, make=_deeper_than_is_looked),
    _plain("names-nobody-can-see", RIGHT, make=_names_nobody_can_see),
    _plain("an-archive-whose-entry-has-no-name", RIGHT, others={"work.zip": _without_a_name()}),
    _plain("an-archive-of-damaged-lzma", RIGHT,
           others={"work.zip": _packed(zipfile.ZIP_LZMA, os.urandom(4096), damaged=True)}),
    _plain("an-archive-of-damaged-bzip2", RIGHT,
           others={"work.zip": _packed(zipfile.ZIP_BZIP2, os.urandom(4096), damaged=True)}),
    _plain("a-bomb-of-bzip2", RIGHT, others={"work.zip": _packed(zipfile.ZIP_BZIP2, bytes(128 * 1024**2))}),
    _plain("headers-that-take-long", RIGHT, others={"work.tar.gz": _headers_that_take_long()}),
    _plain("hundreds-of-archives", RIGHT,
           others={f"work{n}.zip": _packed(zipfile.ZIP_STORED, b"x = 1\n") for n in range(200)}),
    _plain("settings-of-its-own", RIGHT, others={
        "pyproject.toml": '[tool.grade]\nlab = "evil:LAB"\n', "conftest.py": SHADOW, "x.pth": "import evil\n",
        ".env": "GRADE_LAB=evil:LAB\n", "setup.cfg": "[x]\n",
    }),
]  # fmt: skip
