"""Count the steps of a pattern, with a matcher that backtracks like Python's own.

It walks the tree that `re` itself creates for a pattern and takes the same alternatives in the same order.
The number of steps shows what no clock shows reliably: whether a pattern's cost grows with the length of a
text or with its square.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any, Final

__all__ = ["Counted", "largest_bound", "worst_texts"]

REPEATS: Final = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
SINGLE: Final = (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN)
"""Nodes that take one character."""
STRANGE: Final = "\x01"
"""A character that hardly any pattern matches."""

CATEGORIES: Final = {
    op.CATEGORY_DIGIT: str.isdecimal,
    op.CATEGORY_NOT_DIGIT: lambda c: not c.isdecimal(),
    op.CATEGORY_SPACE: str.isspace,
    op.CATEGORY_NOT_SPACE: lambda c: not c.isspace(),
    op.CATEGORY_WORD: lambda c: c.isalnum() or c == "_",
    op.CATEGORY_NOT_WORD: lambda c: not (c.isalnum() or c == "_"),
}


class Counted:
    """A pattern and the number of its steps so far."""

    def __init__(self, pattern: "re.Pattern[str]") -> None:
        self.steps = 0
        self._groups: dict[int, tuple[int, int]] = {}
        self._tree, self._taken = _parsed(pattern)
        self._flags = pattern.flags

    def finditer(self, text: str) -> list[tuple[int, int]]:
        """The matches that `re.finditer` finds."""
        found = []
        position = 0
        while position <= len(text):
            self.steps += 1
            self._groups = {}
            end = next(self._sequence(self._tree, 0, text, position), None)
            if end is not None:
                found.append((position, end))
            if end is None or end == position:
                position += 1
            else:
                position = end
        return found

    def match(self, text: str) -> list[tuple[int, int]]:
        """The match at the beginning that `re.match` finds."""
        self._groups = {}
        end = next(self._sequence(self._tree, 0, text, 0), None)
        return [] if end is None else [(0, end)]

    def _sequence(self, nodes: Sequence[Any], index: int, text: str, at: int) -> Iterator[int]:
        while (
            index < len(nodes) and nodes[index][0] in SINGLE
        ):  # as `_node` does, without a generator for each
            self.steps += 1
            if at >= len(text) or not self._takes(nodes[index], text[at]):
                return
            index, at = index + 1, at + 1
        if index == len(nodes):
            yield at
            return
        for end in self._node(nodes[index], text, at):
            yield from self._sequence(nodes, index + 1, text, end)

    def _node(self, node: Any, text: str, at: int) -> Iterator[int]:
        self.steps += 1
        kind, value = node
        if kind is op.BRANCH:
            for part in value[1]:
                yield from self._sequence(part, 0, text, at)
        elif kind is op.SUBPATTERN:
            for end in self._sequence(value[3], 0, text, at):
                if value[0] is not None:
                    self._groups[value[0]] = (at, end)
                yield end
        elif kind is op.ATOMIC_GROUP:
            end = next(self._sequence(value, 0, text, at), None)
            if end is not None:
                yield end
        elif kind in REPEATS:
            yield from self._repeat(kind, value, text, at)
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            if self._holds(value, text, at) == (kind is op.ASSERT):
                yield at
        elif kind is op.AT:
            if self._is_at(value, text, at):
                yield at
        elif kind is op.GROUPREF:
            start, end = self._groups[value]
            if text.startswith(text[start:end], at):
                yield at + end - start
        else:
            raise NotImplementedError(kind)

    def _repeat(self, kind: Any, value: Any, text: str, at: int) -> Iterator[int]:
        least, most, body = value
        if kind is op.POSSESSIVE_REPEAT:
            count = 0
            while count < most:
                end = next(self._sequence(body, 0, text, at), None)
                if end is None or (end == at and count >= least):
                    break
                at, count = end, count + 1
            if count >= least:
                yield at
            return
        if len(body) == 1 and body[0][0] in SINGLE:
            ends = [at]
            if kind is op.MIN_REPEAT:
                yield from self._lazy(least, most, body[0], text, at)
                return
            while len(ends) - 1 < most and ends[-1] < len(text) and self._takes(body[0], text[ends[-1]]):
                self.steps += 1
                ends.append(ends[-1] + 1)
            for end in reversed(ends[least:]):
                self.steps += 1
                yield end
            return
        yield from self._greedy(least, most, body, text, at)

    def _lazy(self, least: int, most: int, node: Any, text: str, at: int) -> Iterator[int]:
        count = 0
        while True:
            self.steps += 1
            if count >= least:
                yield at
            if count == most or at == len(text) or not self._takes(node, text[at]):
                return
            at, count = at + 1, count + 1

    def _greedy(self, least: int, most: int, body: Any, text: str, at: int) -> Iterator[int]:
        if most > 0:
            for end in self._sequence(body, 0, text, at):
                if end > at:
                    yield from self._greedy(max(least - 1, 0), most - 1, body, text, end)
        if least == 0:
            yield at

    def _holds(self, value: Any, text: str, at: int) -> bool:
        direction, body = value
        if direction > 0:
            return next(self._sequence(body, 0, text, at), None) is not None
        width = body.getwidth()[0]
        return at >= width and next(self._sequence(body, 0, text, at - width), None) == at

    def _is_at(self, where: Any, text: str, at: int) -> bool:
        if where is op.AT_BEGINNING:
            return at == 0 or (bool(self._flags & re.MULTILINE) and text[at - 1] == "\n")
        if where is op.AT_BEGINNING_STRING:
            return at == 0
        if where is op.AT_END_STRING:
            return at == len(text)
        if where is op.AT_END:
            last = at == len(text) or (at == len(text) - 1 and text[at] == "\n")
            return last or (bool(self._flags & re.MULTILINE) and text[at] == "\n")
        word = CATEGORIES[op.CATEGORY_WORD]
        before, behind = at > 0 and word(text[at - 1]), at < len(text) and word(text[at])
        return (before != behind) == (where is op.AT_BOUNDARY)

    def _takes(self, node: Any, letter: str) -> bool:
        known = self._taken.get((id(node), letter))
        if known is None:
            known = self._taken[id(node), letter] = self._takes_anew(node, letter)
        return known

    def _takes_anew(self, node: Any, letter: str) -> bool:
        kind, value = node
        if self._flags & re.IGNORECASE:
            letter = letter.lower()
        if kind is op.LITERAL:
            return ord(letter) == value
        if kind is op.NOT_LITERAL:
            return ord(letter) != value
        if kind is op.ANY:
            return letter != "\n" or bool(self._flags & re.DOTALL)
        return _in_class(value, letter)


@cache
def _parsed(pattern: "re.Pattern[str]") -> tuple[list[Any], dict[tuple[int, str], bool]]:
    """The tree of a pattern, and a table of which of its nodes take which letters, kept for all its texts."""
    return list(_parser.parse(pattern.pattern, pattern.flags)), {}


def _in_class(items: Sequence[Any], letter: str) -> bool:
    negated = items[0][0] is op.NEGATE
    for kind, value in items[1:] if negated else items:
        if kind is op.LITERAL and ord(letter) == value:
            return not negated
        if kind is op.RANGE and value[0] <= ord(letter) <= value[1]:
            return not negated
        if kind is op.CATEGORY and CATEGORIES[value](letter):
            return not negated
    return negated


# --- texts that cost most --------------------------------------------------------------------------------


def worst_texts(pattern: "re.Pattern[str]", size: int) -> set[str]:
    """Texts of about this size that extend each repeat of a pattern as far as possible and then fail."""
    tree = list(_parser.parse(pattern.pattern, pattern.flags))
    found: set[str] = set()
    whole = _sample(tree)
    for prefix, pump in [("", whole), *_pumps(tree, "")]:
        for unit in (
            pump,
            f"{pump}{STRANGE}",
            f"{prefix}{pump}",
            f"{prefix}{pump}{STRANGE}",
            f"{prefix}{pump * 20}",
        ):
            if unit:
                body = unit * max(1, size // len(unit))
                found |= {
                    body,
                    f"{prefix}{body}{STRANGE}",
                    f"{whole}{body}{STRANGE}{whole}",
                    f"{prefix}{body}\n",
                }
    return found


def _pumps(nodes: Sequence[Any], before: str) -> Iterator[tuple[str, str]]:
    """Each repeat of a pattern, with a text that leads to it."""
    for node in nodes:
        kind, value = node
        if kind in REPEATS:
            yield before, _sample(value[2])
            yield from _pumps(value[2], before)
        elif kind is op.SUBPATTERN:
            yield from _pumps(value[3], before)
        elif kind is op.BRANCH:
            for part in value[1]:
                yield from _pumps(part, before)
        elif kind is op.ATOMIC_GROUP:
            yield from _pumps(value, before)
        elif kind in (op.ASSERT, op.ASSERT_NOT) and value[0] > 0:
            yield from _pumps(value[1], before)
        before += _sample([node])


def _sample(nodes: Sequence[Any]) -> str:
    return "".join(_sample_of(kind, value) for kind, value in nodes)


def _sample_of(kind: Any, value: Any) -> str:
    if kind is op.LITERAL:
        return chr(value)
    if kind in (op.ANY, op.NOT_LITERAL):
        return "a" if value != ord("a") else "b"
    if kind is op.IN:
        letters = "a1. \t=,;|&-%([{\"'A\n_²"
        named = "".join(chr(each[1]) for each in value if each[0] is op.LITERAL)
        return next((letter for letter in f"{letters}{named}" if _in_class(value, letter)), "a")
    if kind in REPEATS:
        return _sample(value[2]) * max(value[0], 1)
    if kind is op.SUBPATTERN:
        return _sample(value[3])
    if kind is op.BRANCH:
        return _sample(value[1][0])
    if kind is op.ASSERT and value[0] < 0:
        return _sample(value[1])  # what has to come before
    return _sample(value) if kind is op.ATOMIC_GROUP else ""


def largest_bound(pattern: "re.Pattern[str]") -> int:
    """The largest upper bound of a repeat in the pattern."""
    return max(_bounds(list(_parser.parse(pattern.pattern, pattern.flags))), default=0)


def _bounds(nodes: Sequence[Any]) -> Iterator[int]:
    for kind, value in nodes:
        if kind in REPEATS:
            if value[1] is not op.MAXREPEAT:
                yield int(value[1])
            yield from _bounds(value[2])
        elif kind is op.SUBPATTERN:
            yield from _bounds(value[3])
        elif kind is op.BRANCH:
            for part in value[1]:
                yield from _bounds(part)
        elif kind is op.ATOMIC_GROUP:
            yield from _bounds(value)
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            yield from _bounds(value[1])
