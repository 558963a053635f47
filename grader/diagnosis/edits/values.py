"""An edit of a program's text: small replacements by position, with a sentence for the student."""

from collections.abc import Sequence

import msgspec

from grader.core.frozen import Frozen

__all__ = ["Edit", "Replacement", "applied", "moved_lines", "without_each"]


class Replacement(Frozen, frozen=True):
    """A replacement of a range of the program by text; columns count UTF-8 bytes, as in Python's syntax tree.

    An empty range is an insertion.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    text: str

    @property
    def begin(self) -> tuple[int, int]:
        """The beginning of the range: line and column."""
        return self.line, self.column

    @property
    def end(self) -> tuple[int, int]:
        """The end of the range: line and column."""
        return self.end_line, self.end_column


class Edit(Frozen, frozen=True):
    """One small change of a program, with a sentence about it that does not give away the changed code."""

    kind: str
    """A short id such as `loop-bound`."""
    line: int
    """The line of the program that the edit concerns."""
    sentence: str
    """A sentence about the slip in that line."""
    weight: int
    """How unlikely the slip is: edits with smaller weights are tried first."""
    replacements: tuple[Replacement, ...]


def applied(code: str, edit: Edit) -> str:
    """The program after the edit. Replacements must not overlap."""
    lines = [line.encode() for line in code.split("\n")]
    for replacement in sorted(edit.replacements, key=lambda part: (part.begin, part.end), reverse=True):
        first, last = replacement.line - 1, replacement.end_line - 1
        lines_after = [b""] * max(0, last + 1 - len(lines))
        lines += lines_after
        head = lines[first][: replacement.column]
        tail = lines[last][replacement.end_column :]
        lines[first : last + 1] = (head + replacement.text.encode() + tail).split(b"\n")
    return b"\n".join(lines).decode()


def moved_lines(lines: tuple[int, ...], edit: Edit) -> tuple[int, ...]:
    """For every line of the edited program, the entry of `lines` for the line that it came from."""
    after = list(lines)
    for part in sorted(edit.replacements, key=lambda part: (part.begin, part.end), reverse=True):
        old = after[part.line - 1 : part.end_line]
        new = part.text.count("\n") + 1
        last = old[-1] if old else (after[-1] if after else 1)
        after[part.line - 1 : part.end_line] = [*old, *[last] * new][:new]
    return tuple(after)


def without_each(code: str, made: Sequence[Edit]) -> tuple[str, ...]:
    """For each of the edits, which were made one after the other, the program with all other edits.

    Empty if one edit changes a line that another has changed, so that neither can be made alone.
    """
    original, lines = code.split("\n"), tuple(range(1, code.count("\n") + 2))
    alone: list[Edit] = []
    for edit in made:
        here, replacements = code.split("\n"), []
        for part in edit.replacements:
            stretch = lines[part.line - 1 : part.end_line]
            if not stretch or here[part.line - 1 : part.end_line] != original[stretch[0] - 1 : stretch[-1]]:
                return ()
            replacements.append(msgspec.structs.replace(part, line=stretch[0], end_line=stretch[-1]))
        alone.append(msgspec.structs.replace(edit, replacements=tuple(replacements)))
        code, lines = applied(code, edit), moved_lines(lines, edit)
    return tuple(_together("\n".join(original), [*alone[:n], *alone[n + 1 :]]) for n in range(len(alone)))


def _together(code: str, edits: Sequence[Edit]) -> str:
    """The program after edits of different lines."""
    parts = tuple(part for edit in edits for part in edit.replacements)
    return applied(code, msgspec.structs.replace(edits[0], replacements=parts)) if edits else code
