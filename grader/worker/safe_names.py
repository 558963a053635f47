"""Names for the protocol: cut, without control characters, and distinct among siblings."""

import re
from collections.abc import Iterable
from typing import Final

from grader import protocol

__all__ = ["different", "name_of", "plain"]

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")


def plain(text: str) -> str:
    """The text of a genuine string as a name: no control characters, valid UTF-8, cut to a maximum length."""
    cut = str.__str__(text)[: protocol.MAX_NAME]
    return _CONTROL.sub("?", cut).encode("utf-8", "replace").decode("utf-8")


def name_of(kind: type) -> str:
    """The name of a type, whatever its metaclass does."""
    try:
        name = type.__getattribute__(kind, "__name__")
        return plain(name) if isinstance(name, str) else "object"
    except BaseException:  # student code may have run
        return "object"


def different(names: Iterable[str]) -> tuple[str, ...]:
    """The names; each repeated one gets a number as suffix."""
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
