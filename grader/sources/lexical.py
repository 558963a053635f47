"""Whether lines of Python end inside brackets or a string: decided line by line, because repeated parsing
costs more."""

import re
from typing import Final, NamedTuple

__all__ = ["BEGIN", "Open", "after"]

_TOKEN: Final = re.compile(r"\"\"\"|'''|[\"'#()\[\]{}]")
_REST: Final = {
    '"""': re.compile(r'(?:[^"\\]|\\.|"(?!""))*+"""'),
    "'''": re.compile(r"(?:[^'\\]|\\.|'(?!''))*+'''"),
    '"': re.compile(r'(?:[^"\\]|\\.)*+"'),
    "'": re.compile(r"(?:[^'\\]|\\.)*+'"),
}


class Open(NamedTuple):
    """The number of open brackets, and the quotation mark of an open string; neither if a statement may end."""

    brackets: int
    quote: str

    @property
    def is_open(self) -> bool:
        """Whether the next line belongs to the same statement, provided that the lines are Python at all."""
        return self.brackets > 0 or self.quote != ""


BEGIN: Final = Open(0, "")


def after(line: str, before: Open) -> Open:
    """The state at the end of a line."""
    brackets, quote = before
    position = 0
    while True:
        if quote:
            rest = _REST[quote].match(line, position)
            if rest is None:
                goes_on = len(quote) == 3 or line.endswith("\\")
                return Open(brackets, quote if goes_on else "")
            position, quote = rest.end(), ""
        found = _TOKEN.search(line, position)
        if found is None or found[0] == "#":
            return Open(brackets, "")
        position = found.end()
        if found[0] in "([{":
            brackets += 1
        elif found[0] in ")]}":
            brackets -= 1
        else:
            quote = found[0]
