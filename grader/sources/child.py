"""A process that reads documents and has little to lose: what a report is made of is hostile, too.

``python -I -m grader.sources.child LEVEL FOLDER NAME…`` writes the sources of the files named, by their paths in
the folder, to standard output as MessagePack. It limits its own memory and computing time before it reads, and
locks itself in as a worker does, but may not write anywhere: LEVEL `strict` has it fail where it cannot, `auto`
go on without, and `process` not try.
"""

import resource
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import msgspec

from grader.errors import SourceError
from grader.model import Source
from grader.sources.kinds import kind_of, mistaken
from grader.worker.lockdown import prepared
from grader.worker.readable import requirements
from grader.worker.rlimits import limit

__all__ = ["CPU_SECONDS", "MEMORY", "confine", "decode", "encode", "read_document"]

READERS: Final = tuple(
    f"grader.sources.{name}" for name in ("latex", "markdown", "notebook", "pdf", "webpage")
)
"""All that `_read` may import."""

MEMORY: Final = 1024**3
ANSWER: Final = 64 * 1024**2
"""Bytes of an answer; a report of a hundred pages makes less than one million."""

CPU_SECONDS: Final = 30
"""A report takes one; so much is for a busy notebook on a slow machine."""


def read_document(path: Path, name: str, root: Path) -> Source:
    """Read one document; what only a person can read, or nobody, is said in its `unread`."""
    kind = kind_of(path)
    try:
        if kind != ".html" and (what := mistaken(path)):
            raise SourceError(f"{name} is {what} in spite of its name: a person has to look.")
        source = _read(kind, path, name, root)
    except SourceError as error:
        return _unread(path, name, str(error))
    except (MemoryError, RecursionError):
        return _unread(path, name, f"{name} unpacks to more than can be read: a person has to look.")
    if kind not in (path.suffix.lower(), ".md", ".html"):
        what = {".pdf": "a PDF file", ".ipynb": "a notebook"}[kind]
        note = f"{name} is {what} in spite of its name; it was read as one."
        return msgspec.structs.replace(source, notes=(note, *source.notes))
    return source


def _read(kind: str, path: Path, name: str, root: Path) -> Source:
    if kind == ".pdf":
        from grader.sources import pdf

        return pdf.read(path, name)
    if kind == ".ipynb":
        from grader.sources import notebook

        return notebook.read(path, name)
    if kind == ".tex":
        from grader.sources import latex

        return latex.read(path, name, root)
    if kind == ".html":
        from grader.sources import webpage

        return webpage.read(path, name)
    from grader.sources import markdown

    return markdown.read(path, name)


def _unread(path: Path, name: str, sentence: str) -> Source:
    return Source(path, name, "", (), unread=(sentence,))


def encode(sources: list[Source]) -> bytes:
    """Sources as MessagePack."""
    return msgspec.msgpack.encode(sources, enc_hook=str)


def decode(data: bytes) -> list[Source]:
    """Sources from MessagePack. Raises msgspec.MsgspecError where it is something else."""
    return msgspec.msgpack.decode(data, type=list[Source], dec_hook=_as_path)


def _as_path(kind: type, value: Any) -> Any:
    return kind(value)


def main() -> None:
    """Limit this process, lock it in, read, answer."""
    level, root, *names = sys.argv[1:]
    confine(level, root)
    found = [read_document(Path(root) / name, name, Path(root)) for name in names]
    sys.stdout.buffer.write(encode(found))


def confine(level: str, root: str) -> None:
    """From now on, this process reads the folder and what readers need, writes nothing, reaches nobody, and ends soon.

    Limits come first: a process that is locked in may not change them any more.
    """
    for name in READERS:  # our own files cannot be opened any more
        import_module(name)
    limit(
        {
            resource.RLIMIT_AS: MEMORY,
            resource.RLIMIT_CPU: CPU_SECONDS,
            resource.RLIMIT_FSIZE: ANSWER,
            resource.RLIMIT_CORE: 0,
        }
    )
    if level == "process":
        return
    lockdown, obstacle = prepared(requirements("lab-grader"))
    if lockdown is not None:
        lockdown.shut_files(root, writable=False)
        lockdown.shut_calls()
    elif level == "strict":
        sys.exit(obstacle)


if __name__ == "__main__":
    main()
