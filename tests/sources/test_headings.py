"""Titles of sections are found in every kind of text; a label holds for its own line."""

import pytest

from grader.sources.headings import headings, title_below


@pytest.mark.parametrize(
    "title",
    [
        "# Exercise 1.2",
        r"\section*{1.2}",
        "=== 1.2 ===",
        "**Task 1**",
        "1.2 Factorisation",
        "Aufgabe 3.2",
        "Question 2:",
    ],
)
def test_a_title_holds_for_the_lines_below_it(title: str) -> None:
    assert headings(f"before\n{title}\ntext\nmore") == ["", title, title, title]


def test_the_nearest_title_holds() -> None:
    assert headings("# One\na\n# Two\nb") == ["# One", "# One", "# Two", "# Two"]


@pytest.mark.parametrize("label", ["1.2 loss: 0.1220", "1.2: U = [[0.6168, -0.1530]]", "2.1 error 0,1219"])
def test_a_label_with_a_value_holds_for_its_own_line_and_ends_the_section(label: str) -> None:
    assert headings(f"# All\n{label}\nnext") == ["# All", label, ""]


@pytest.mark.parametrize("line", ["The loss is 0.1220.", "1.25 seconds", "0.6168 -0.1530", "a == b", ""])
def test_other_lines_are_no_titles(line: str) -> None:
    assert headings(line) == ([""] if line else [])


def test_a_title_holds_in_the_next_text_until_there_is_another() -> None:
    assert title_below("a\n# Two\nb", "# One") == "# Two"
    assert title_below("a", "# One") == "# One"
    assert headings("a\n# Two", "# One") == ["# One", "# Two"]
