"""Scripts saved from a notebook keep its commands; notebooks keep what they displayed."""

import json
from pathlib import Path

import pytest

from grader import sources
from grader.execution.stated_values import from_source, from_text


def test_commands_in_a_script_are_left_out_and_no_line_moves(tmp_path: Path) -> None:
    file = tmp_path / "lab1.py"
    file.write_text("!pip install torch\n%matplotlib inline\nx = 1.5\n", encoding="utf-8")
    source = sources.read(file, "lab1.py")
    assert not source.problem
    assert source.code.split("\n")[2] == "x = 1.5"
    assert "`!pip install torch` (line 1)" in source.notes[0]


def test_a_script_that_is_no_python_either_way_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "lab1.py"
    file.write_text("!pip install torch\ndef (:\n", encoding="utf-8")
    assert "SyntaxError" in sources.read(file, "lab1.py").problem


SHOWN = {
    "text/latex": "$U = \\begin{bmatrix} 0.61 & -0.15 \\\\ 0.41 & 1.59 \\end{bmatrix}$",
    "text/markdown": "$U = \\begin{bmatrix} 0.61 & -0.15 \\\\ 0.41 & 1.59 \\end{bmatrix}$",
    "text/html": "<b>U</b><table><tr><td>0.61</td><td>-0.15</td></tr><tr><td>0.41</td><td>1.59</td></tr></table>",
}


@pytest.mark.parametrize("kind", SHOWN)
def test_a_saved_display_states_its_values(tmp_path: Path, kind: str) -> None:
    data = {"text/plain": "<IPython.core.display.Math object>", kind: SHOWN[kind]}
    output = {"output_type": "display_data", "metadata": {}, "data": data}
    cell = {
        "cell_type": "code",
        "metadata": {},
        "execution_count": 1,
        "source": "show()",
        "outputs": [output],
    }
    file = tmp_path / "lab1.ipynb"
    file.write_text(
        json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}), "utf-8"
    )
    found = [value for value in from_source(sources.read(file, "lab1.ipynb")) if value.values.shape == (2, 2)]
    assert [value.values.tolist() for value in found] == [[[0.61, -0.15], [0.41, 1.59]]]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Verlust 0,1219, nach der Formel", [0.1219]),
        ("A = [[0,2214, 0,5153], [3,2531, -0,0114]]", [[0.2214, 0.5153], [3.2531, -0.0114]]),
        ("A = [[0,22; 0,51]; [3,25; -0,01]]", [[0.22, 0.51], [3.25, -0.01]]),
        ("A = [[0.5, 1.5], [2.5, 3.5]]", [[0.5, 1.5], [2.5, 3.5]]),
        ("shape (3,2) and 1,000 epochs", []),
    ],
)
def test_decimal_commas_are_read_and_lists_stay_lists(text: str, values: list[object]) -> None:
    found = [value.values.tolist() for value in from_text(text) if value.half_width < 0.5]
    assert found == ([values] if values and isinstance(values[0], list) else values)
