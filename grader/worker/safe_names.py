"""Names as the wire knows them: cut, without control characters, and different where they stand side by side."""

import re
from collections.abc import Iterable
from typing import Final

from grader import protocol

__all__ = ["different", "name_of", "plain"]

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")


def plain(text: str) -> str:
    """The text of a real string as a name: no control characters, nothing that UTF-8 does not know, cut to a length."""
    cut = str.__str__(text)[: protocol.MAX_NAME]
    return _CONTROL.sub("?", cut).encode("utf-8", "replace").decode("utf-8")


def name_of(kind: type) -> str:
    """The name of a type, whatever its metaclass makes of it."""
    try:
        name = type.__getattribute__(kind, "__name__")
        return plain(name) if isinstance(name, str) else "object"
    except BaseException:  # code of the student's may have run
        return "object"


def different(names: Iterable[str]) -> tuple[str, ...]:
    """The names, each that was there before with a number behind it."""
    seen: dict[str, int] = {}
    told: list[str] = []
    for name in names:
        number = seen.get(name, 0)
        seen[name] = number + 1
        while number and (longer := f"{name[: protocol.MAX_NAME - 8]} ({number + 1})") in seen:
            number += 1
        told.append(longer if number else name)
        seen.setdefault(told[-1], 1)
    return tuple(told)
