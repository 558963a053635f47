"""Notes on style: what they mention, what they ignore, and that no mark depends on them."""

import json
import textwrap
from pathlib import Path

import pytest

from grader import sources
from grader.marking.style_notes import style_notes
from grader.sources.python import from_code


def notes(code: str) -> tuple[str, ...]:
    """The notes on a file of this code."""
    return style_notes(from_code(Path("lab.py"), "lab.py", textwrap.dedent(code)))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("sum = 0\nfor x in (1, 2):\n    sum += x\n", "`sum` in line 1 shadows the built-in function"),
        ("def f(input):\n    return input\n", "`input` in line 1 shadows the built-in function"),
        ("import torch\ntorch = 3\n", "`torch` in line 2 shadows the module with that name"),
        ("def f(): pass\n\ndef f(): pass\n", "`f` is defined again in line 3"),
        ("for i in range(3):\n    pass\n", "The loop in line 1 changes nothing"),
        ("for i in range(3):\n    unused = i * 2\n", "The loop in line 1 changes nothing"),
    ],
)
def test_what_misleads_a_reader_is_noted_with_its_line(code: str, said: str) -> None:
    found = notes(code)
    assert len(found) == 1
    assert found[0].startswith(said)


@pytest.mark.parametrize(
    "code",
    [
        "for i in range(3):\n    print(i)\n",
        "for i in range(3):\n    x.append(i)\n",
        "for i in range(3):\n    U[i] = 0\n",
        "for i in range(3):\n    total = i\nprint(total)\n",
        "for i in stream():\n    pass\n",
        "for i in range(3):\n    x += 1\n",
        "class Model:\n    def round(self):\n        return 1\n",
        "def f(A, rank, num_epochs=1000, lr=0.01):\n    return A\n",
        "from math import pi as e\nfor epoch in range(10):\n    step()\n",
        "",
    ],
)
def test_what_is_only_a_matter_of_taste_is_let_pass(code: str) -> None:
    assert notes(code) == ()


def test_a_name_is_noted_once_and_only_a_few_notes_are_made() -> None:
    assert len(notes("sum = 1\nsum = 2\n")) == 1
    assert len(notes("sum = max = min = len = map = set = dict = list = 0\n")) == 6


def test_a_file_that_cannot_be_read_has_no_notes_on_style() -> None:
    assert notes("def f(:\n") == ()
    assert style_notes(None) == ()
    assert notes("x = " + "(" * 80 + "1" + ")" * 80) == ()


def test_lines_are_those_of_the_original_file() -> None:
    source = from_code(Path("lab.py"), "lab.py", "x = 1\nsum = 2\n")
    moved = type(source)(source.path, source.name, source.code, (40, 41, 42))
    assert style_notes(moved)[0].startswith("`sum` in line 41 ")


def test_a_note_on_a_notebook_names_the_cell(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "code", "source": code, "metadata": {}, "outputs": [], "execution_count": None}
        for code in ("import torch\n", "x = 1\nsum = 0\n")
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (tmp_path / "lab.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (note,) = style_notes(sources.read(tmp_path / "lab.ipynb", "lab.ipynb"))
    assert note.startswith("`sum` in cell 2 line 2 shadows")
