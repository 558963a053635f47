"""An edit of a program's text: small replacements by position, with the words that tell where and what."""

from grader.core.model import Frozen

__all__ = ["Edit", "Replacement", "applied", "moved_lines"]


class Replacement(Frozen, frozen=True):
    """Text put in place of a stretch of the program; columns count utf-8 bytes, as in Python's syntax tree.

    A stretch that ends where it begins is an insertion.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    text: str

    @property
    def begin(self) -> tuple[int, int]:
        """Where it begins: line and column."""
        return self.line, self.column

    @property
    def end(self) -> tuple[int, int]:
        """Where it ends: line and column."""
        return self.end_line, self.end_column


class Edit(Frozen, frozen=True):
    """One small change of a program and what it is about, without giving the changed code away."""

    kind: str
    """A short id such as `loop-bound`."""
    line: int
    """The line of the program that it is about."""
    sentence: str
    """What is changed there."""
    weight: int
    """How far from the likeliest mistakes it is: small ones are tried first."""
    replacements: tuple[Replacement, ...]


def applied(code: str, edit: Edit) -> str:
    """The program with the edit made. Replacements must not overlap."""
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
    """For every line of the edited program the entry of `lines` that it came from."""
    after = list(lines)
    for part in sorted(edit.replacements, key=lambda part: (part.begin, part.end), reverse=True):
        old = after[part.line - 1 : part.end_line]
        new = part.text.count("\n") + 1
        last = old[-1] if old else (after[-1] if after else 1)
        after[part.line - 1 : part.end_line] = [*old, *[last] * new][:new]
    return tuple(after)
