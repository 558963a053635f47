"""Which files a locked process may read: Python, and the packages it needs. None of ours.

The grader, the lab and the model solution may be in the same `site-packages` as torch. So no package folder
is opened as a whole: each entry is opened by name, and only if it belongs to a named package or to one of its
dependencies.
"""

import os
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

__all__ = ["DEVICES", "FOR_STUDENTS", "readable_paths", "requirements"]

FOR_STUDENTS: Final = (
    "torch", "numpy", "scipy", "pandas", "matplotlib", "seaborn", "scikit-learn", "sympy", "pillow",
    "torchvision", "torchmetrics", "einops", "jaxtyping", "plotly", "tqdm", "rich", "tabulate", "ipython",
    "ipywidgets", "tensorboard", "wandb", "networkx", "setuptools",
)  # fmt: skip
"""Distributions that a solution may import, if they are installed."""

LIBRARIES: Final = re.compile(
    r"lib(c|m|dl|rt|util|pthread|python[\d.]+|ssl|crypto|sqlite3|lzma|bz2|z|zstd|ffi|expat|uuid|readline"
    r"|ncursesw?|tinfo|gomp|gcc_s|stdc\+\+|gfortran|quadmath|mpdec|nsl|tirpc)[-.\d]*\.so[.\d]*$"
)
"""Shared libraries that modules of the standard library load on first import."""

DATA: Final = ("/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo", "/usr/lib/locale")

DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
"""Readable; /dev/null is also writable."""


def readable_paths(packages: Iterable[str]) -> tuple[str, ...]:
    """Files and folders, absolute and existing, that may be read with everything beneath them.

    `packages` are distributions; their dependencies are included.
    """
    found = {*_standard_library(), *_packages(packages), *_libraries(), *DATA, *DEVICES}
    return tuple(sorted({os.path.realpath(path) for path in found if Path(path).exists()}))


def requirements(package: str) -> tuple[str, ...]:
    """The distributions that an installed package needs, without its extras."""
    required = [r for r in metadata.requires(package) or () if not re.search(r"\bextra\s*==", r)]
    return tuple(re.split(r"[^\w.-]", requirement, maxsplit=1)[0] for requirement in required)


def _standard_library() -> Iterator[str]:
    for name in ("stdlib", "platstdlib"):
        folder = Path(
            sysconfig.get_path(name, vars={"base": sys.base_prefix, "platbase": sys.base_exec_prefix})
        )
        for entry in folder.iterdir() if folder.is_dir() else ():
            if entry.name not in ("site-packages", "dist-packages"):
                yield str(entry)


def _libraries() -> Iterator[str]:
    multiarch = sysconfig.get_config_var("MULTIARCH") or ""
    folders = {sysconfig.get_config_var("LIBDIR") or "", f"{sys.base_prefix}/lib"}
    folders |= {f"{root}/{part}" for root in ("", "/usr") for part in ("lib64", f"lib/{multiarch}")}
    for folder in folders:
        if folder and Path(folder).is_dir():
            yield from (entry.path for entry in os.scandir(folder) if LIBRARIES.match(entry.name))


def _packages(names: Iterable[str]) -> Iterator[str]:
    waiting, seen = list(names), set[str]()
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        yield from _entries(distribution)
        waiting += requirements(name)


def _entries(distribution: metadata.Distribution) -> Iterator[str]:
    """The entries of `site-packages` that belong to a distribution, from the first parts of its RECORD."""
    record = distribution.read_text("RECORD") or ""
    for entry in {line.partition(",")[0].partition("/")[0].strip('"') for line in record.splitlines()}:
        if entry not in ("", "..", "__pycache__"):
            yield str(distribution.locate_file(entry))
