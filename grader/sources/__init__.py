"""Files handed in, read into sources; nothing here executes anything.

Each module reads one kind of file. Scripts are read here; documents, which are hostile and heavy, by a
process of their own (`child`) that may run out of memory or time and cost only the document.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from grader.limits import Isolation
from grader.model import Source
from grader.sources import python
from grader.sources.kinds import READABLE, kind_of, looks_like_a_document

__all__ = ["MAX_DOCUMENTS", "is_readable", "looks_like_a_document", "read", "read_all"]

MAX_DOCUMENTS: Final = 20
"""Of one student; more are listed for the person marking."""

SECONDS: Final = 120.0
"""On the clock, for all documents of one student; the child's own limit counts computing time."""


def is_readable(path: Path) -> bool:
    """Whether there is a reader for this kind of file."""
    return path.suffix.lower() in READABLE


def read(path: Path, name: str, isolation: Isolation = "auto") -> Source:
    """Read one file; `name` is how it is called in feedback.

    A file that cannot be used comes back with its `problem`, or what is `unread`, in a sentence.
    """
    root = path.parent
    for _ in Path(name).parts[1:]:
        root = root.parent
    (source,) = read_all(root, [path], isolation)
    return msgspec.structs.replace(source, name=name) if source.name != name else source


def read_all(root: Path, files: Sequence[Path], isolation: Isolation = "auto") -> tuple[Source, ...]:
    """Read files under `root`, in their order; each is called by its path from there.

    `isolation` is what the process that reads documents gets; by default the strongest there is.
    """
    names = [file.relative_to(root).as_posix() for file in files]
    documents = [name for file, name in zip(files, names, strict=True) if not _is_script(file)]
    found = _read_documents(root, documents[:MAX_DOCUMENTS], isolation)
    for name in documents[MAX_DOCUMENTS:]:
        sentence = f"{name} was not read: only {MAX_DOCUMENTS} documents of a student are."
        found[name] = Source(root / name, name, "", (), unread=(sentence,))
    return tuple(
        found[name] if name in found else python.read(file, name)
        for file, name in zip(files, names, strict=True)
    )


def _is_script(file: Path) -> bool:
    return kind_of(file) == ".py"


def _read_documents(root: Path, names: Sequence[str], isolation: Isolation) -> dict[str, Source]:
    """All of them by one process; where it fails, each by one of its own, so that one costs only itself."""
    if not names:
        return {}
    sources = _ask_child(root, names, isolation)
    if sources is not None:
        return dict(zip(names, sources, strict=True))
    if len(names) > 1:
        return {name: _read_documents(root, [name], isolation)[name] for name in names}
    sentence = f"{names[0]} takes more time or memory to read than a report does: a person has to look."
    return {names[0]: Source(root / names[0], names[0], "", (), unread=(sentence,))}


def _ask_child(root: Path, names: Sequence[str], isolation: Isolation) -> list[Source] | None:
    command = [sys.executable, "-I", "-B", "-m", "grader.sources.child", isolation, str(root), *names]
    environment = {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "HOME": "/nonexistent",
    }
    # Its answer goes to a file, so that a limit of the child's bounds what is kept of it.
    with tempfile.TemporaryFile() as said:
        try:
            subprocess.run(
                command,
                cwd=root,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
                check=True,
            )
        except (subprocess.SubprocessError, OSError):
            return None
        said.seek(0)
        answer = said.read()
    from grader.sources.child import decode

    try:
        sources = decode(answer)
    except msgspec.MsgspecError:
        return None
    return sources if len(sources) == len(names) else None
