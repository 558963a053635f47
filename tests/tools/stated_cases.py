"""Hand-ins that state values, right and wrong, put together from `tests/corpus/figures`.

A case is a handwriting (`styles.toml`), at most one mistake (`mistakes.toml`), a way of stating (`ways.toml`) and a format
(a script, a notebook, a document of `documents/`), or one of the odd ones of `odd/` that are written whole. What a document or
a saved output states was computed by running the very code with the model solution behind it, at the seed of the case.

The labels follow the sheet: they say what the program did, whatever the grader makes of it.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from tests.tools.stated_formats import Part, cells_of, notebook, program
from tests.tools.stated_runs import Cell, Values, fill, values

__all__ = ["CHECKS", "Case", "build", "cases", "indistinct", "run_values"]

FOLDER: Final = Path(__file__).parents[1] / "corpus" / "figures"

CHECKS: Final = ("1.2-factors", "1.2-loss", "2.1-matrix", "2.1-error", "3.2-completed")
"""What is labelled; the sentences of 2.1 and 3.2 are for a person."""

PARTS: Final = {
    "1.2": ("factors", "product", "loss"),
    "2.1": ("svd", "error"),
    "3.2": ("mask", "masked", "completed"),
}
"""What is computed for each exercise, in order."""

PRINTING: Final = (
    "script",
    "main",
    "notebook",
    "bare-main",
    "colab",
    "notebook-cleared",
    "argparse",
    "exit-main",
    "notebook-saved",
)
"""Formats in which people print what they found."""

PLAIN: Final = tuple(kind for kind in PRINTING if kind not in ("colab", "argparse"))
"""Those of the wrong ones: a program that could not be run at all would be rejected for nothing that is wrong in it."""

SHORT: Final = ("bare-print", "english-words", "f-strings", "one-print", "lists", "format-and-percent")
"""Ways that state each exercise by itself, as a file of its own has to."""

UNSEEDED: Final = 1000

RIGHTS: Final = 2
"""Right programs of each way."""
WRONGS: Final = 3
"""Wrong programs of each mistake; a document comes on top."""


class Case(msgspec.Struct, frozen=True):
    """One hand-in, at any seed, and what the sheet says of it."""

    name: str
    way: str
    mistake: str = ""
    style: str = "plain"
    format: str = "script"
    right: tuple[str, ...] = CHECKS
    wrong: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    """Of a wrong one: a message must have one of these words."""

    @property
    def has_code(self) -> bool:
        """Whether more than numbers are handed in."""
        return _has_code(self.format)


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def _documents() -> Mapping[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in sorted((FOLDER / "documents").iterdir())}


def _has_code(kind: str) -> bool:
    if kind.startswith("odd/"):
        return not kind.endswith((".md", ".tex"))
    return kind != "notebook-saved" and (kind not in _documents() or "«code»" in _documents()[kind])


# --- Which cases there are --------------------------------------------------------------------------------


@cache
def cases() -> tuple[Case, ...]:
    """Every case, in an order that never changes; no two have the same name."""
    return (
        *_right_programs(),
        *_right_documents(),
        *_right_together(),
        *_wrong_programs(),
        *_wrong_documents(),
        *_wrong_together(),
        *_odd(),
    )


def _right_programs() -> Iterator[Case]:
    styles = list(_table("styles")["styles"])
    for i, (way, told) in enumerate(_table("ways")["ways"].items()):
        formats = told.get("formats", PRINTING)
        for k in range(RIGHTS):
            style = styles[(i + 2 * k) % len(styles)]
            if told.get("keeps") and style == "reuse":
                style = styles[(i + 2 * k + 1) % len(styles)]
            kind = formats[(i + k) % len(formats)]
            yield Case(f"right/{kind}/{way}/{style}", way, style=style, format=kind)


def _right_documents() -> Iterator[Case]:
    for name in _documents():
        yield Case(f"right/{name}", Path(name).stem, format=name)


def _right_together() -> Iterator[Case]:
    """A script beside a report, and a file for each exercise."""
    styles = list(_table("styles")["styles"])
    for i, name in enumerate(_reports()):
        style = styles[i % len(styles)]
        yield Case(f"right/lab1.py+{name}/{style}", Path(name).stem, style=style, format=f"lab1.py+{name}")
    for way, style in zip(SHORT, styles, strict=False):
        yield Case(f"right/three-files/{way}/{style}", way, style=style, format="three-files")


def _wrong_programs() -> Iterator[Case]:
    styles = list(_table("styles")["styles"])
    ways = list(_table("ways")["ways"].items())
    turn = 0
    for i, (mistake, told) in enumerate(_table("mistakes")["mistakes"].items()):
        for k in range(WRONGS):
            way, stated = ways[turn % len(ways)]
            style = styles[(i + k) % len(styles)]
            if style == "reuse" and (stated.get("keeps") or _crosses(told)):
                style = styles[(i + k + 1) % len(styles)]
            formats = stated.get("formats", PLAIN)
            kind = formats[turn // len(ways) % len(formats) if "formats" in stated else turn % len(formats)]
            if kind == "notebook-saved" and "apart" in told:
                kind = "notebook"  # its numbers alone would not show the mistake at every seed
            turn += 1
            yield _wrong(mistake, told, way, style, kind)


def _wrong_documents() -> Iterator[Case]:
    names = list(_documents())
    turn = 0
    for mistake, told in _table("mistakes")["mistakes"].items():
        name = names[turn % len(names)]
        while told.get("apart") == "no" and "«code»" not in _documents()[name]:
            turn += 1
            name = names[turn % len(names)]
        turn += 1
        yield _wrong(mistake, told, Path(name).stem, "plain", name)


def _wrong_together() -> Iterator[Case]:
    styles = list(_table("styles")["styles"])
    reports = _reports()
    for i, (mistake, told) in enumerate(_table("mistakes")["mistakes"].items()):
        style = styles[i % len(styles)]
        if style == "reuse" and _crosses(told):
            style = "plain"
        if i % 2:
            name = reports[i // 2 % len(reports)]
            yield _wrong(mistake, told, Path(name).stem, style, f"lab1.py+{name}")
        elif i % 4 == 0 and not _crosses(told):
            yield _wrong(mistake, told, SHORT[i // 4 % len(SHORT)], style, "three-files")


def _reports() -> list[str]:
    return [name for name, text in _documents().items() if "«code»" not in text]


def _wrong(mistake: str, told: dict[str, Any], way: str, style: str, kind: str) -> Case:
    open_here = told.get("ways_open", {}).get(way, ())
    wrong = tuple(check for check in told["wrong"] if check not in open_here)
    settled = {*told["wrong"], *told.get("open", ())}
    says = told["says"] + ([] if _has_code(kind) else told.get("shown", []))
    return Case(
        f"{mistake}/{kind}" + ("" if kind in _documents() else f"/{way}/{style}"),
        way,
        mistake,
        style,
        kind,
        tuple(check for check in CHECKS if check not in settled),
        wrong,
        tuple(says) if wrong else (),
    )


def _odd() -> Iterator[Case]:
    for name, told in _table("odd")["odd"].items():
        wrong = told.get("wrong", ())
        settled = {*wrong, *told.get("open", ())}
        yield Case(
            f"odd/{name}",
            told["way"],
            format=f"odd/{name}",
            right=tuple(check for check in CHECKS if check not in settled),
            wrong=tuple(wrong),
            says=tuple(told.get("says", ())),
        )


def _crosses(mistake: dict[str, Any]) -> bool:
    """Whether a later exercise uses what 1.2 found, which a hand that reuses its names has lost by then."""
    later = [text for part, text in mistake["parts"].items() if part not in PARTS["1.2"]]
    return any(role in str(text) for text in later for role in ("«U»", "«V»", "«P»"))


# --- What is handed in ------------------------------------------------------------------------------------


def build(case: Case, seed: int) -> dict[str, bytes]:
    """The files of a case at a seed, by their names."""
    if case.format.startswith("odd/"):
        return _odd_files(case, seed)
    style = _table("styles")["styles"][case.style]
    report = case.format.removeprefix("lab1.py+")
    if report in _documents():
        code = _named("\n\n".join(_computed(case)), style["names"], seed) + "\n"
        text = fill(_documents()[report].replace("«code»", code.strip()), run_values(case, seed))
        written = {f"report{Path(report).suffix}": text.encode()}
        return written if report == case.format else {"lab1.py": code.encode(), **written}
    setup = _table("ways")["ways"][case.way].get("setup", "")
    head = _head(case, setup)
    parts = _parts(case, case.way)
    if case.format.startswith("notebook"):
        cells = [Cell(t, _named(c, style["names"], seed)) for t, c in cells_of(head, parts)]
        return {"lab1.ipynb": notebook(cells, case.format, style["names"], _ran_with(case, seed))}
    if case.format == "three-files":
        names = ("ex1_2.py", "ex2_1.py", "ex3_2.py")
        files = {name: "\n".join((head, "", *part, "")) for name, part in zip(names, parts, strict=True)}
        return {name: _named(text, style["names"], seed).encode() for name, text in files.items()}
    return {"lab1.py": _named(program(case.format, head, parts), style["names"], seed).encode()}


def indistinct(case: Case, seed: int) -> bool:
    """Whether a wrong hand-in shows, at this seed, no number that a right one could not show.

    Only where nothing but numbers is handed in: code says what it did. The condition stands beside the mistake.
    """
    if case.format.startswith("odd/"):
        apart = _table("odd")["odd"][case.format.removeprefix("odd/")].get("apart", "")
    elif case.format in _documents() and not case.has_code and case.mistake:
        apart = _table("mistakes")["mistakes"][case.mistake].get("apart", "")
    else:
        return False
    return bool(apart) and not run_values(case, seed).holds(apart)


def run_values(case: Case, seed: int) -> Values:
    """What the program of a case computes at a seed."""
    names = _table("styles")["styles"][case.style]["names"]
    sections = tuple(_named(section, names, seed) for section in _computed(case))
    return values(sections, tuple(names.items()), _ran_with(case, seed))


def _ran_with(case: Case, seed: int) -> int:
    """The state its author's generator had: a program that sets no seed gave other numbers then than it gives us."""
    return seed if "«seed»" in _written(case, "head") else seed + UNSEEDED


def _computed(case: Case) -> Iterator[str]:
    """The program of a case without what it prints: its head, then each exercise."""
    yield _head(case, "")
    for part in _parts(case, "bare-print"):
        yield f"{part.title}\n{part.computed}"


def _written(case: Case, part: str) -> str:
    """How the case writes a part: its mistake's way, else its hand's, else the usual one."""
    table = _table("styles")
    told = _table("mistakes")["mistakes"][case.mistake]["parts"] if case.mistake else {}
    for source in (told, table["styles"][case.style].get("parts", {}), table["usual"]):
        if part in source:
            text = source[part]
            if isinstance(text, list):
                text = text[len(case.name) % len(text)]
            return str(text).strip("\n")
    raise LookupError(part)


def _head(case: Case, setup: str) -> str:
    imports, _, seeding = _written(case, "head").partition("\n\n")
    below = [setup.strip("\n"), seeding.strip("\n"), _written(case, "A"), _written(case, "functions")]
    return "\n\n".join((imports, *(text for text in below if text)))


def _parts(case: Case, way: str) -> list[Part]:
    stated = _table("ways")["ways"][way]
    titles = _table("styles")["styles"][case.style]["titles"]
    return [
        Part(
            title,
            "\n".join(text for part in parts if (text := _written(case, part))),
            stated[exercise].strip("\n"),
        )
        for title, (exercise, parts) in zip(titles, PARTS.items(), strict=True)
    ]


def _named(text: str, names: Mapping[str, str], seed: int) -> str:
    return re.sub("«(\\w+)»", lambda role: {**names, "seed": str(seed)}[role[1]], text)


def _odd_files(case: Case, seed: int) -> dict[str, bytes]:
    path = FOLDER / case.format
    if path.is_dir():
        return {f"{path.name}/{file.name}": _odd_text(file, seed).encode() for file in sorted(path.iterdir())}
    text = _odd_text(path, seed)
    if path.suffix == ".cells":
        cells = [Cell("", cell.strip()) for cell in text.split("# %%\n")]
        return {"lab1.ipynb": notebook(cells, "notebook-cleared", {}, seed)}
    return {("lab1" if path.suffix == ".py" else "report") + path.suffix: text.encode()}


def _odd_text(file: Path, seed: int) -> str:
    usual = _table("styles")["usual"]
    sgd, masked = usual["functions"].strip("\n").split("\n\n\n")
    names = _table("styles")["styles"]["plain"]["names"]
    text = file.read_text(encoding="utf-8")
    if "«" in text and "|" in text:
        text = fill(text, run_values(_PLAIN, seed))
    for name, code in {"A": usual["A"], "M": usual["mask"], "sgd": sgd, "masked": masked}.items():
        text = text.replace(f"«{name}»", code)
    return _named(text, names, seed)


_PLAIN: Final = Case("", "bare-print")
"""The right program whose values the odd documents state."""
