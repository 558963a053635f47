"""LaTeX reports: listings, verbatim text, included files, and the text with its mathematics."""

import os
import re
from collections.abc import Iterator, Set
from itertools import islice
from pathlib import Path
from typing import Final

from grader.core.errors import SourceError
from grader.core.model import Source
from grader.sources.blocks import Block, assemble, at_lines
from grader.sources.decode import bytes_of, text_of
from grader.sources.markdown import listing
from grader.sources.mathtext import rendered

__all__ = ["read"]

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_DEPTH: Final = 5
MAX_FILES: Final = 40
MAX_OWN: Final = 100
"""The most environments and commands that a report may define itself; further ones are ignored."""
MAX_ASKED: Final = 200
"""The most files that a report may include."""
LINE: Final = 2_000
"""Characters before a command that are searched for a comment."""

_ENVIRONMENTS: Final = (
    "lstlisting", "minted", "verbatim", "verbatim*", "Verbatim", "BVerbatim", "LVerbatim", "SaveVerbatim",
    "alltt", "pyverbatim", "pycode", "pyblock", "python", "pythoncode", "tcblisting", "minted*",
)  # fmt: skip
_DEFINES: Final = re.compile(
    r"\\(?:lstnewenvironment|newtcblisting|DefineVerbatimEnvironment|newtcbinputlisting)"
    r"\*?+(?:\[[^\]]{0,200}+\])?+\{(\w{1,60}+)\}|\\newminted(?:\[(\w{1,60}+)\])?+\{(\w{1,60}+)\}"
)
_INCLUDES: Final = {
    "input": 1, "include": 1, "subfile": 1, "lstinputlisting": 1, "inputminted": 2, "verbatiminput": 1,
    "VerbatimInput": 1, "inputpygments": 2, "pythonexternal": 1, "inputpython": 1,
}  # fmt: skip
"""Commands that include a file, with the number of the braced argument that names it."""

_MACRO: Final = re.compile(
    r"\\(?:re)?newcommand\*?+\s*+\{?+\\(\w{1,60}+)\}?+\s*+(?:\[\d\])?(?:\[[^\]]{0,200}+\])?+\s*+\{"
)
_ARGUMENTS: Final = r"(?:\s*+(?:\[[^\]]{0,300}+\]|\{[^{}]{0,300}+\}))++"
_HEAD: Final = re.compile(r"(?:[^\S\n]*+(?:\[[^\]]{0,300}+\]|\{[^{}\n]{0,300}+\}))*+[^\S\n]*+")
_LANGUAGE: Final = re.compile(r"language\s*+=\s*+(?:\{?+\[[^\]]{0,100}+\]\}?+)?+\s*+(\w{1,60}+)")
_BRACED: Final = re.compile(r"\{([^{}]*+)\}")
_BOUND: Final = re.compile(r"(firstline|lastline)\s*+=\s*+(\d{1,9}+)")
_COMMENT: Final = re.compile(r"(?<!\\)%")
_INCLUDING: Final = re.compile(
    r"\\(?:lstinputlisting|inputminted|verbatiminput|VerbatimInput|input)\b[^#]{0,300}+#(\d)"
)
_TWO_OPTIONS: Final = re.compile(r"\]\s*+\[")


def read(path: Path, name: str, root: Path, allowed: Set[str]) -> Source:
    """Read a report with the files it includes: any of those `allowed`, by their paths from `root`.

    Raises SourceError, in a sentence, if the report is not text.
    """
    notes: list[str] = []
    reading = _Reading(root, allowed, notes)
    blocks = list(reading.file(path, name, 0))
    return assemble(path, name, blocks, notes)


class _Reading:
    """One document with its includes: the number of files read so far, and the notes about it."""

    def __init__(self, root: Path, allowed: Set[str], notes: list[str]) -> None:
        self._root = root.resolve()
        self._allowed = allowed
        self._notes = notes
        self._count = self._asked = 0

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
        found = _pattern(environments, includes)
        pieces: list[tuple[str, int] | Block] = []
        without_end: set[str] = set()
        position, line, start = 0, 1, 0
        while match := found.search(text, start):
            environment = match["env"]
            end = start = match.end()
            if environment:
                closing = f"\\end{{{environment}}}"
                end = -1 if environment in without_end else text.find(closing, start)
                if end < 0:
                    without_end.add(environment)
                    start = match.start() + 1
                    continue
                start = end + len(closing)
            if _commented(text, match.start()):
                continue
            before = text[position : match.start()]
            pieces.append((before, line))
            line += before.count("\n")
            if environment:
                pieces.append(_environment(name, text[match.end() : end], line, environment))
            else:
                pieces += self._included(match, path, depth, includes)
            line += text.count("\n", match.start(), start)
            position = start
        pieces.append((text[position:], line))
        for piece in pieces:
            if isinstance(piece, Block):
                yield piece
            elif piece[0].strip():
                yield Block("prose", at_lines(name, rendered(piece[0]), piece[1]))

    def _included(
        self, match: re.Match[str], path: Path, depth: int, includes: dict[str, int]
    ) -> list[Block]:
        """The blocks of an included file: a part of the report, or a listing."""
        given = _BRACED.findall(match["arguments"])
        number = includes[match["command"]]
        self._asked += 1
        if len(given) < number or self._asked > MAX_ASKED:
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
        bounds = dict(_BOUND.findall(match["arguments"]))
        first, last = int(bounds.get("firstline", 1)), int(bounds.get("lastline", len(lines)))
        language = "python" if file.suffix == ".py" else given[0] if number == 2 else ""
        chosen = lines[max(first - 1, 0) : last]
        return [listing(language, chosen)] if chosen else []

    def _find(self, wanted: str, path: Path, endings: tuple[str, ...]) -> Path | None:
        """A file of the submission, by the path in the report or else by its name alone."""
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


def _pattern(environments: set[str], includes: dict[str, int]) -> re.Pattern[str]:
    """The start of a verbatim environment, or a command that includes a file, with its arguments."""
    names = "|".join(sorted((re.escape(e) for e in environments), key=len, reverse=True))
    commands = "|".join(sorted((re.escape(c) for c in includes), key=len, reverse=True))
    return re.compile(
        rf"\\begin\{{(?P<env>{names})\}}|\\(?P<command>{commands})\*?+(?P<arguments>{_ARGUMENTS})"
    )


def _commented(text: str, position: int) -> bool:
    line = text[text.rfind("\n", max(position - LINE, 0), position) + 1 : position][-LINE:]
    return _COMMENT.search(line) is not None


def _environment(name: str, body: str, line: int, environment: str) -> Block:
    """A verbatim environment: its options and its language come before the first line ending."""
    head = _HEAD.match(body)
    options = head[0] if head else ""
    first = line + options.count("\n")
    content = body[len(options) :]
    if content.startswith("\n"):
        content, first = content[1:], first + 1
    content = content.removesuffix("\n")
    if environment.startswith(("lst", "tcb")):
        language = _LANGUAGE.search(options[:LINE])
        word = language[1] if language else ""
    else:
        braces = _BRACED.findall(options)
        word = braces[-1] if braces and environment.startswith(("minted", "py")) else ""
        word = word or ("python" if environment.startswith("py") else "")
    return listing(word, at_lines(name, content.rstrip(), first))


def _defined(text: str) -> set[str]:
    """Names of verbatim environments that the report defines itself."""
    found: set[str] = set()
    for match in islice(_DEFINES.finditer(text), MAX_OWN):
        environment, minted, language = match.groups("")
        found |= {environment} if environment else {minted or f"{language}code"}
    return found


def _including(text: str) -> dict[str, int]:
    """The report's own commands that include a file, with the number of the argument that names it."""
    found: dict[str, int] = {}
    for match in islice(_MACRO.finditer(text), MAX_OWN):
        body = text[match.end() : match.end() + 1_000]
        body = body[: _closing(body)]
        used = _INCLUDING.search(body)
        if used:
            optional = bool(_TWO_OPTIONS.search(match[0]))
            found[match[1]] = max(int(used[1]) - optional, 1)
    return found


def _closing(body: str) -> int:
    """The end of a group that opens before `body`."""
    depth = 1
    for position, character in enumerate(body):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0:
            return position
    return len(body)
