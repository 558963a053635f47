"""Reports in LaTeX: listings, verbatim text, files included, and the text with its mathematics."""

import os
import re
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Final

from grader.errors import SourceError
from grader.model import Source
from grader.sources.blocks import Block, assemble, at_lines
from grader.sources.decode import bytes_of, text_of
from grader.sources.markdown import listing
from grader.sources.mathtext import rendered

__all__ = ["read"]

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_DEPTH: Final = 5
MAX_FILES: Final = 40

_ENVIRONMENTS: Final = (
    "lstlisting", "minted", "verbatim", "verbatim*", "Verbatim", "BVerbatim", "LVerbatim", "SaveVerbatim",
    "alltt", "pyverbatim", "pycode", "pyblock", "python", "pythoncode", "tcblisting", "minted*",
)  # fmt: skip
_DEFINES: Final = re.compile(
    r"\\(?:lstnewenvironment|newtcblisting|DefineVerbatimEnvironment|newtcbinputlisting)\*?(?:\[[^\]]*\])?\{(\w+)\}"
    r"|\\newminted(?:\[(\w+)\])?\{(\w+)\}"
)
_INCLUDES: Final = {
    "input": 1, "include": 1, "subfile": 1, "lstinputlisting": 1, "inputminted": 2, "verbatiminput": 1,
    "VerbatimInput": 1, "inputpygments": 2, "pythonexternal": 1, "inputpython": 1,
}  # fmt: skip
"""Commands that include a file, and which of their arguments in braces names it."""

_MACRO: Final = re.compile(
    r"\\(?:re)?newcommand\*?\s*\{?\\(\w+)\}?\s*(?:\[\d\])?(?:\[[^\]]*\])?\s*\{", re.MULTILINE
)


def read(path: Path, name: str, root: Path, allowed: Set[str]) -> Source:
    """Read a report with the files it includes: any of those `allowed`, by their paths from `root`.

    Raises SourceError in a sentence where the report is no text.
    """
    notes: list[str] = []
    reading = _Reading(root, allowed, notes)
    blocks = list(reading.file(path, name, 0))
    return assemble(path, name, blocks, notes)


class _Reading:
    """One document with its includes: how many files were read so far, and what to say about it."""

    def __init__(self, root: Path, allowed: Set[str], notes: list[str]) -> None:
        self._root = root.resolve()
        self._allowed = allowed
        self._notes = notes
        self._count = 0

    def file(self, path: Path, name: str, depth: int) -> Iterator[Block]:
        self._count += 1
        text = text_of(bytes_of(path, name, MAX_BYTES, "the report"), name).expandtabs(4)
        environments = {*_ENVIRONMENTS, *_defined(text)}
        includes = {**_INCLUDES, **_including(text)}
        begins = text.find(r"\begin{document}")
        if r"\documentclass" in text and begins >= 0:
            text = "\n" * text.count("\n", 0, begins) + text[begins + len(r"\begin{document}") :]
        text = text.partition(r"\end{document}")[0]
        yield from self._body(text, path, name, depth, environments, includes)

    def _body(
        self,
        text: str,
        path: Path,
        name: str,
        depth: int,
        environments: set[str],
        includes: dict[str, int],
    ) -> Iterator[Block]:
        names = "|".join(sorted((re.escape(e) for e in environments), key=len, reverse=True))
        commands = "|".join(sorted((re.escape(c) for c in includes), key=len, reverse=True))
        found = re.compile(
            rf"\\begin\{{(?P<env>{names})\}}(?P<body>.*?)\\end\{{(?P=env)\}}"
            rf"|\\(?P<command>{commands})\*?(?P<arguments>(?:\s*\[[^\]]*\]|\s*\{{[^{{}}]*\}})+)",
            re.DOTALL,
        )
        pieces: list[tuple[str, int] | Block] = []
        position = 0
        for match in found.finditer(text):
            if _commented(text, match.start()):
                continue
            pieces.append((text[position : match.start()], text.count("\n", 0, position) + 1))
            position = match.end()
            if match["env"]:
                pieces.append(_environment(name, text, match, environments))
            else:
                pieces += self._included(match, path, depth, includes)
        pieces.append((text[position:], text.count("\n", 0, position) + 1))
        for piece in pieces:
            if isinstance(piece, Block):
                yield piece
            elif piece[0].strip():
                yield Block("prose", at_lines(name, rendered(piece[0]), piece[1]))

    def _included(
        self, match: re.Match[str], path: Path, depth: int, includes: dict[str, int]
    ) -> list[Block]:
        """The blocks of an included file: a part of the report, or a listing."""
        given = re.findall(r"\{([^{}]*)\}", match["arguments"])
        number = includes[match["command"]]
        if len(given) < number:
            return []
        wanted = given[number - 1].strip()
        texts = match["command"] in ("input", "include", "subfile") and not wanted.endswith(".py")
        file = self._find(wanted, path, (".tex", "") if texts else ("", ".py"))
        if file is None or self._count >= MAX_FILES or depth >= MAX_DEPTH:
            self._notes.append(f"{path.name} includes {wanted[:80]}, which was not handed in with it.")
            return []
        shown = file.relative_to(self._root).as_posix()
        try:
            if texts:
                return list(self.file(file, shown, depth + 1))
            self._count += 1
            content = text_of(bytes_of(file, shown, MAX_BYTES, "the script"), shown)
        except SourceError as error:
            self._notes.append(str(error))
            return []
        lines = at_lines(shown, content)
        bounds = dict(re.findall(r"(firstline|lastline)\s*=\s*(\d+)", match["arguments"]))
        first, last = int(bounds.get("firstline", 1)), int(bounds.get("lastline", len(lines)))
        language = "python" if file.suffix == ".py" else given[0] if number == 2 else ""
        chosen = lines[max(first - 1, 0) : last]
        return [listing(language, chosen)] if chosen else []

    def _find(self, wanted: str, path: Path, endings: tuple[str, ...]) -> Path | None:
        """A file of the submission, by the path the report gives or else by its name alone."""
        for ending in endings:
            for folder in (path.parent, self._root):
                file = Path(os.path.normpath(folder.resolve() / f"{wanted}{ending}"))
                if self._may_include(file):
                    return file
        named = self._root / Path(wanted).name
        return named if self._may_include(named) else None

    def _may_include(self, file: Path) -> bool:
        return (
            file.is_relative_to(self._root)
            and file.relative_to(self._root).as_posix() in self._allowed
            and file.is_file()
            and not file.is_symlink()
        )


def _commented(text: str, position: int) -> bool:
    line = text[text.rfind("\n", 0, position) + 1 : position]
    return re.search(r"(?<!\\)%", line) is not None


def _environment(name: str, text: str, match: re.Match[str], environments: set[str]) -> Block:
    """A verbatim environment: its options and its language stand in front of the first line end."""
    body = match["body"]
    head = re.match(r"(?:[^\S\n]*(?:\[[^\]]*\]|\{[^{}\n]*\}))*[^\S\n]*", body)
    options = head[0] if head else ""
    first = text.count("\n", 0, match.start("body") + len(options)) + 1
    content = body[len(options) :]
    if content.startswith("\n"):
        content, first = content[1:], first + 1
    content = content.removesuffix("\n")
    if match["env"].startswith(("lst", "tcb")):
        language = re.search(r"language\s*=\s*(?:\{?\[[^\]]*\]\}?)?\s*(\w+)", options)
        word = language[1] if language else ""
    else:
        braces = re.findall(r"\{([^{}]*)\}", options)
        word = braces[-1] if braces and match["env"].startswith(("minted", "py")) else ""
        word = word or ("python" if match["env"].startswith("py") else "")
    return listing(word, at_lines(name, content.rstrip(), first))


def _defined(text: str) -> set[str]:
    """Names of verbatim environments that the report defines for itself."""
    found: set[str] = set()
    for environment, minted, language in _DEFINES.findall(text):
        found |= {environment} if environment else {minted or f"{language}code"}
    return found


def _including(text: str) -> dict[str, int]:
    """The report's own commands that include a file, with the number of the argument that names it."""
    found: dict[str, int] = {}
    for match in _MACRO.finditer(text):
        body = text[match.end() : match.end() + 1_000]
        body = body[: _closing(body)]
        used = re.search(
            r"\\(?:lstinputlisting|inputminted|verbatiminput|VerbatimInput|input)\b[^#]*#(\d)", body
        )
        if used:
            optional = bool(re.search(r"\]\s*\[", match[0]))
            found[match[1]] = max(int(used[1]) - optional, 1)
    return found


def _closing(body: str) -> int:
    """The end of a group that was opened before `body`."""
    depth = 1
    for position, character in enumerate(body):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0:
            return position
    return len(body)
