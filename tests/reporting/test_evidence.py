"""The evidence for a verdict: matrices, lines of code, curves, colours, stated values."""

import itertools
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.core.evidence import Curve, Excerpt, Grid, HeatMaps, Level, LinePlot
from grader.reporting import evidence_text
from grader.reporting.pages import (
    curves,
    heatmaps,
    render_student_html,
    render_student_markdown,
    render_student_text,
)
from grader.reporting.pages.excerpts import highlighted
from tests.tools.showcase import (
    CHECKED_VALUES,
    HIDDEN,
    A,
    P,
    full_report,
    grid,
    heat_maps,
    loss_plot,
    report,
    right,
    usual_report,
    wrong,
)

LAB = "Lab 1"


def twins() -> list[str]:
    """The three twins of the report that holds everything."""
    one = full_report()
    return [
        render(one, LAB) for render in (render_student_html, render_student_markdown, render_student_text)
    ]


@pytest.mark.parametrize(
    "said",
    [
        "range(rank)",
        "0.7895",
        "0.8317",
        "Ask yourself",
        "How often does the body of the loop",
        "what `rank` stands for",
        "With one column and two rows",
        "From the person marking",
        "The second sentence is the heart of it.",
        "0.0135",
        "0.1219",
        "report.tex line 40",
        "a ninth of it",
        "shadows the built-in",
        "they cost no marks",
    ],
)
def test_every_twin_tells_the_same_story(said: str) -> None:
    for page in twins():
        text = re.sub(r"<[^>]+>", "", page.replace("<code>", "`").replace("</code>", "`"))
        text = re.sub(r"\s+", " ", text.replace("\\", "").replace("They cost", "they cost"))
        assert said in text.replace("&lt;", "<").replace("&#39;", "'"), said


def test_a_repair_is_never_shown_to_the_student() -> None:
    assert not [page for page in twins() if "range(m)" in page]


def test_only_the_lines_meant_are_pointed_at_under_their_original_numbers() -> None:
    code = 'for r in range(rank):\n    """a\n    b"""\n    x = U[r]\n'
    lines = highlighted(Excerpt(file="lab.py", first=41, code=code, marked=(42, 44)))
    assert [(line.number, line.marked) for line in lines] == [
        (41, False),
        (42, True),
        (43, False),
        (44, True),
    ]
    assert all(line.html.count("<span") == line.html.count("</span>") for line in lines)
    shown = evidence_text.excerpt_lines(Excerpt(file="lab.py", first=99, code=code, marked=(100,)))
    assert shown[0] == "   99 | for r in range(rank):"
    assert shown[1].startswith("> 100 | ")


@given(st.text(max_size=60))
def test_highlighting_keeps_every_character_of_the_code_and_no_markup_of_it(code: str) -> None:
    lines = highlighted(Excerpt(file="x", first=1, code=code))
    tags = re.findall(r"<[^>]*>", "".join(line.html for line in lines))
    assert all(re.fullmatch(r'</span>|<span class="k-[\w-]+">|<span>', tag) for tag in tags)


def test_matrices_line_up_and_point_at_the_cell_that_differs() -> None:
    shown = evidence_text.grid_lines(grid("U", [[1.5, -22.25], [0, 3]], marked=((0, 1),), hidden=((1, 0),)))
    assert (
        shown == ["U = [ 1.5000  >−22.2500<]", "    [(0)           3     ]"]
        or [len(line) for line in shown] == [len(shown[0])] * 2
    )
    assert ">−22.2500<" in shown[0] and "(0)" in shown[1]


def test_entries_that_agree_to_four_digits_are_shown_with_as_many_as_tell_them_apart() -> None:
    wanted = (grid("U", [[0.123456]], marked=((0, 0),)),)
    got = (grid("U", [[0.123449]], marked=((0, 0),)),)
    digits = evidence_text.digits_needed(wanted, got)
    assert evidence_text.cell_text(0.123456, digits) != evidence_text.cell_text(0.123449, digits)
    assert evidence_text.digits_needed(wanted, wanted) == evidence_text.MOST_DIGITS
    assert evidence_text.digits_needed((), ()) == 4


def test_values_that_are_no_numbers_are_said_so() -> None:
    cells = [
        evidence_text.cell_text(value)
        for value in (None, math.nan, math.inf, -math.inf, -0.0, 2.0, 1e-9, 123456789.5)
    ]
    assert cells == ["nan", "nan", "inf", "−inf", "0", "2", "1.00e−09", "1.23e+08"]


def test_blocks_stand_side_by_side_only_where_they_fit() -> None:
    blocks = (["aaaa", "aaaa"], ["bb"], ["cccc"])
    assert evidence_text.beside(blocks, 20) == ["aaaa   bb   cccc", "aaaa"]
    assert evidence_text.beside(blocks, 9) == ["aaaa   bb", "aaaa", "", "cccc"]


def test_a_matrix_can_be_heard_row_by_row() -> None:
    said = evidence_text.grid_words(grid("A", [[1, -2.5], [0, 3]], hidden=((0, 1),), marked=((1, 1),)))
    assert said == "A. row 1: 1, minus 2.5000 (hidden); row 2: 0, 3 (differs)."


def test_a_sparkline_falls_as_the_loss_falls_and_is_empty_without_a_curve() -> None:
    line = evidence_text.sparkline(Curve(name="loss", points=((1, 8.0), (10, 2.0), (100, 0.5))), columns=9)
    assert len(line) == 9
    assert line[0] == "█" and line[-1] == "▁"
    assert list(line) == sorted(line, reverse=True)
    assert evidence_text.sparkline(Curve(name="loss", points=((1, 8.0),))) == ""
    assert evidence_text.sparkline(Curve(name="loss", points=((1, 3.0), (2, 3.0))), columns=2) in ("▁▁", "██")


# --- curves -----------------------------------------------------------------------------------------------


def test_axes_are_logarithmic_and_a_tenth_of_the_loss_is_the_same_way_down_everywhere() -> None:
    layout = curves.lay_out(loss_plot())
    assert layout is not None
    ticks = {tick.text: tick.at for tick in layout.y_ticks}
    assert ticks["1"] - ticks["10"] == pytest.approx(ticks["0.1"] - ticks["1"], abs=0.2)
    assert [tick.text for tick in layout.x_ticks] == ["1", "10", "100", "1000"]


def test_every_curve_and_level_has_a_label_and_no_two_labels_touch() -> None:
    layout = curves.lay_out(loss_plot())
    assert layout is not None
    assert {label.name for label in layout.labels} == {
        "yours",
        "reference",
        "best, rank 2",
        "saddle σ₂²",
        "best, rank 1",
    }
    heights = sorted(label.y for label in layout.labels)
    assert all(after - before >= curves.LABEL_GAP - 1e-9 for before, after in itertools.pairwise(heights))
    assert all(layout.top <= height <= layout.bottom for height in heights)


@given(
    st.lists(
        st.tuples(st.floats(allow_nan=True), st.floats(allow_nan=True)), max_size=8
    ),
    st.lists(st.floats(allow_nan=True), max_size=6),
    st.booleans(),
)  # fmt: skip
def test_any_points_make_a_picture_inside_its_frame_or_none(
    points: list[tuple[float, float]], levels: list[float], logarithmic: bool
) -> None:
    plot = LinePlot(
        title="t",
        alternative="a",
        x_label="x",
        y_label="y",
        curves=(Curve(name="c", points=tuple(sorted(points, key=str))),),
        levels=tuple(Level(name="l", value=value) for value in levels),
        logarithmic=logarithmic,
    )
    layout = curves.lay_out(plot)
    if layout is None:
        return
    for _, path in layout.paths:
        for pair in path.removeprefix("M").split(" "):
            x, y = map(float, pair.split(","))
            assert layout.left - 1 <= x <= layout.right + 1
            assert layout.top - 1 <= y <= layout.bottom + 1


def test_a_run_that_diverges_at_once_is_not_drawn() -> None:
    nothing = LinePlot(
        title="t",
        alternative="a",
        x_label="x",
        y_label="y",
        curves=(Curve(name="c", points=((1, math.inf),)),),
    )
    assert curves.lay_out(nothing) is None
    page = render_student_html(report("someone", (right("1.1", "One", pictures=(nothing,)),)), LAB)
    assert "<svg" not in page


# --- heat maps --------------------------------------------------------------------------------------------


def test_all_matrices_share_one_scale_on_which_zero_is_white() -> None:
    layout = heatmaps.lay_out(heat_maps())
    assert layout is not None
    assert layout.limit == "3.336"
    cells = {cell.text: cell.fill for map_ in layout.maps for cell in map_.cells}
    assert cells["3.3359"] == heatmaps.COLOURS[-1]
    assert heatmaps.colour(0.0) == "#f7f7f7"
    assert heatmaps.colour(-2.0) == heatmaps.COLOURS[0] and heatmaps.colour(2.0) == heatmaps.COLOURS[-1]


@given(st.floats(-1, 1))
def test_every_number_can_be_read_on_its_colour(share: float) -> None:
    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    fill = heatmaps.colour(share)
    dark, light = sorted((luminance(fill), luminance(heatmaps.ink_on(fill))))
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_hidden_cells_are_hatched_and_the_legend_says_so() -> None:
    plain_page = render_student_html(report("someone", (right("1.2", "One", pictures=(heat_maps(),)),)), LAB)
    hatched = render_student_html(
        report("someone", (right("3.2", "One", pictures=(heat_maps(HIDDEN),)),)), LAB
    )
    assert 'class="hatch"' not in plain_page
    assert hatched.count('class="hatch"') == 3 * len(HIDDEN)
    assert "Hatched cells are hidden by the mask." in hatched
    assert "0.5301 (hidden)" in hatched


def test_a_matrix_too_large_to_be_read_is_not_drawn() -> None:
    assert (
        heatmaps.lay_out(HeatMaps(title="t", alternative="a", grids=(grid("A", [[0.0] * 40] * 40),))) is None
    )
    assert heatmaps.lay_out(HeatMaps(title="t", alternative="a", grids=(Grid(name="A", rows=()),))) is None
    assert heatmaps.lay_out(HeatMaps(title="t", alternative="a", grids=(grid("A", A - P),))) is not None


# --- checked values and the fold ----------------------------------------------------------------------------------


def test_figures_stated_stand_beside_the_recomputed_ones_with_words_for_what_became_of_them() -> None:
    page = render_student_html(report("someone", (right("1.2", "One", checked_values=CHECKED_VALUES),)), LAB)
    table = page[
        page.index('<table class="claims">') : page.index("</table>", page.index('<table class="claims">'))
    ]
    rows = [re.sub(r"<[^>]+>", " ", row) for row in table.split("<tr>")[2:]]
    assert "0.1220" in rows[0] and "0.12196" in rows[0] and "holds" in rows[0]
    assert "0.0135" in rows[1] and "0.1219" in rows[1] and "does not hold" in rows[1]
    assert "not checked" in rows[2]


@pytest.mark.parametrize("with_checked_values", [("1.2",), ("2.1",), ("1.2", "2.1", "3.2")])
def test_the_heading_of_stated_figures_stands_once_in_each_exercise_that_has_some(
    with_checked_values: tuple[str, ...],
) -> None:
    exercises = [
        right(id_, id_, checked_values=CHECKED_VALUES if id_ in with_checked_values else ())
        for id_ in ("1.1", "1.2", "2.1", "3.1", "3.2")
    ]
    text = render_student_text(report("someone", tuple(exercises)), LAB)
    lines = [line for line in text.splitlines() if line]
    before = [lines[: n + 1] for n, line in enumerate(lines) if line == "Your values beside ours"]
    assert [
        max(title for title in ("1.1", "1.2", "2.1", "3.1", "3.2") if f"{title} {title}" in above)
        for above in before
    ] == list(with_checked_values)


def test_a_counterexample_replaces_the_raw_numbers_of_the_check_and_the_checks_are_folded() -> None:
    page = render_student_html(usual_report(), LAB)
    first = page[page.index('id="exercise-1"') : page.index('id="exercise-2"')]
    before, _, folded = first.partition('<details class="fold">')
    assert 'class="matrix"' in before and 'class="lead ' not in before
    assert "[[0.5803], [0.8317]]" not in before and "[[0.5803], [0.8317]]" in folded
    bare = render_student_html(report("someone", (wrong("1.1", "One", diagnoses=()),)), LAB)
    assert 'class="lead ' in bare.partition('<details class="fold">')[0]
