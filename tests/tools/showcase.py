"""Handwritten reports with everything that a page can show, and a class of them."""

import math
from collections.abc import Sequence

import numpy as np

from grader.core.evidence import CheckedValue, Counterexample, Curve, Excerpt, Grid, HeatMaps, Level, LinePlot
from grader.core.result import CheckResult, Diagnosis, ExerciseReport, HandMark, Outcome, Report, Verdict

LAB = "Lab 1 – Playing with gradients and matrices in PyTorch"

CODE = """\
def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U, V = torch.rand(m, rank), torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(rank):  # "every" row & <column>
            for c in range(n):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
"""

A = np.array([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
P = np.array([[0.2214, 0.5153, 0.3612], [3.2531, -0.0114, 1.9717], [0.5318, 0.7421, 0.4419]])
HIDDEN = ((1, 0), (2, 1))


def grid(name: str, values: object, **fields: tuple[tuple[int, int], ...]) -> Grid:
    """A grid with the values of an array."""
    return Grid(name=name, rows=tuple(tuple(row) for row in np.asarray(values, float).tolist()), **fields)


WITNESS = Counterexample(
    sentence="With one column and two rows at rank 1, row 2 of U never moves: `U[1, 0]` stays 0.8317.",
    call="torch.manual_seed(7); sgd_factorise(torch.tensor([[1.25], [-0.75]]), 1, num_epochs=1, lr=0.2)",
    given=(grid("A", [[1.25], [-0.75]]), grid("U₀", [[0.5349], [0.8317]]), grid("V₀", [[0.1988]])),
    wanted=(grid("U", [[0.5803], [0.7895]], marked=((1, 0),)), grid("V", [[0.1846]])),
    got=(grid("U", [[0.5803], [0.8317]], marked=((1, 0),)), grid("V", [[0.3317]])),
)

DIAGNOSIS = Diagnosis(
    id="rows-to-rank",
    title="The loop over rows ends at `rank` instead of the number of rows.",
    message="Rows from number `rank` on are never visited, so what they hold is never learned.",
    file="lab1.py",
    line=5,
    verified=True,
    concept="what `rank` stands for: columns of U and V, not rows of A",
    question="How often does the body of the loop over `r` run for a 5×3 matrix at rank 1, and how often should it?",
    excerpt=Excerpt(file="lab1.py", first=1, code=CODE, marked=(5,)),
    counterexample=WITNESS,
    repair="--- lab1.py\n+++ lab1.py\n-        for r in range(rank):\n+        for r in range(m):\n",
    evidence="All 23 settings agree to 1e-6.",
)


def loss_plot(same: bool = False) -> LinePlot:
    """Loss against epoch: a student's run that stops falling, and the reference."""
    epochs = [round(10 ** (i / 8), 1) for i in range(25)]
    reference = tuple((x, 0.1219 + 8 * math.exp(-x / 25)) for x in epochs)
    stuck = tuple((x, 5.3871 + 3 * math.exp(-x / 20)) for x in epochs)
    curves = [Curve(name="yours", points=reference if same else stuck)]
    if not same:
        curves.append(Curve(name="reference", points=reference))
    return LinePlot(
        title="Loss against epoch from your own start",
        alternative="Your loss stops falling at 5.39; from the same start the sheet's rule reaches 0.122.",
        x_label="epoch",
        y_label="loss",
        curves=tuple(curves),
        levels=(
            Level(name="best, rank 2", value=0.1219),
            Level(name="saddle σ₂²", value=0.4842),
            Level(name="best, rank 1", value=0.6062),
        ),
    )


def heat_maps(hidden: tuple[tuple[int, int], ...] = ()) -> HeatMaps:
    """A, a product, and their difference."""
    return HeatMaps(
        title="A, your product, and what is left",
        alternative="The last row of the product is far from A; the others are close.",
        grids=(
            grid("A", A, hidden=hidden),
            grid("UVᵀ", P, hidden=hidden),
            grid("A − UVᵀ", A - P, marked=((2, 0),), hidden=hidden),
        ),
    )


CHECKED_VALUES = (
    CheckedValue(what="loss of U and V", stated="0.1220", origin="printed, line 3", recomputed="0.12196", holds=True,
          difference="within the rounding of four digits"),
    CheckedValue(what="‖A − UVᵀ‖²_F", stated="0.0135", origin="report.tex line 40", recomputed="0.1219", holds=False,
          difference="off by 0.1084: a ninth of it, the mean of the squares"),
    CheckedValue(what="learning rate", stated="0.01", origin="report.tex line 12"),
)  # fmt: skip

TITLES = ("It is there and can be called", "One step follows the sheet's rule", "Every row is visited")


def check(number: int, outcome: Outcome, message: str = "") -> CheckResult:
    """A check of the check sequence."""
    failed = outcome is Outcome.FAIL
    return CheckResult(
        id=f"c{number}",
        title=TITLES[number % 3],
        outcome=outcome,
        message=message or ("After 1 epoch, U[1, 0] is 0.831700." if failed else ""),
        got="U = [[0.5803], [0.8317]]" if failed else "",
        wanted="U = [[0.5803], [0.7895]]" if failed else "",
        tolerance="1.2e-06 at U[1, 0] (what rounding to float32 can do)" if failed else "",
        call=WITNESS.call if failed else "",
    )


def right(id_: str, title: str, **fields: object) -> ExerciseReport:
    """An exercise with full marks."""
    whole = {"checks": tuple(check(i, Outcome.PASS) for i in range(3)), "asked": "Write it down."} | fields
    return ExerciseReport(id=id_, title=title, marks=1.0, max_marks=1.0, verdict=Verdict.FULL, **whole)  # type: ignore[arg-type]


def wrong(id_: str, title: str, **fields: object) -> ExerciseReport:
    """An exercise with a complete diagnosis."""
    whole = {
        "asked": "Write `sgd_factorise(A, rank)`: U and V start from U(0,1); each epoch visits every cell.",
        "next_step": "The loop over rows ends at `rank`. Mend that first, then check again.",
        "diagnoses": (DIAGNOSIS,),
        "checks": (check(0, Outcome.PASS), check(2, Outcome.FAIL), check(4, Outcome.SKIPPED)),
        "pictures": (loss_plot(), heat_maps()),
    } | fields
    return ExerciseReport(id=id_, title=title, marks=0.45, max_marks=1.0, verdict=Verdict.PARTIAL, **whole)  # type: ignore[arg-type]


def report(student: str, exercises: Sequence[ExerciseReport], **fields: object) -> Report:
    """A report on some exercises."""
    whole = {"files": ("lab1.py",), "flags": (), "seconds": 1.0} | fields
    return Report(
        student=student,
        marks=round(sum(e.marks for e in exercises), 4),
        max_marks=float(len(exercises)),
        exercises=tuple(exercises),
        **whole,  # type: ignore[arg-type]
    )


def full_report(student: str = "ottoline-barrowfen") -> Report:
    """A report with everything."""
    no_name = ExerciseReport(
        id="2.1", title="Truncate the singular value decomposition", marks=0.0, max_marks=1.0,
        verdict=Verdict.NONE, asked="Set the last singular value to zero and reconstruct.",
        next_step="Print the sum of the squared entries of A minus your reconstruction.",
        checks=(check(0, Outcome.PASS), check(1, Outcome.FAIL), check(2, Outcome.SKIPPED), check(3, Outcome.FAIL)),
    )  # fmt: skip
    by_hand = ExerciseReport(
        id="3.2", title="Complete A", marks=0.5, max_marks=1.0, verdict=Verdict.MANUAL,
        asked="Complete A where (2,1) and (3,2) are hidden.", checks=(check(0, Outcome.MANUAL), check(1, Outcome.PASS)),
        pictures=(heat_maps(HIDDEN),), by_hand=(HandMark(item="3.2-meaning", marks=0.5, comment="The second sentence is the heart of it.", by="M. Reed"),),
    )  # fmt: skip
    return report(
        student,
        (
            wrong("1.1", "Factorise by stochastic gradient descent"),
            right("1.2", "Factorise A at rank 2", checked_values=CHECKED_VALUES, pictures=(heat_maps(),)),
            no_name,
            right("3.1", "Factorise the observed cells", pictures=(loss_plot(same=True),), notes=("It works with a mask of type bool only.",)),
            by_hand,
        ),
        flags=("Code and stated values disagree: this code cannot have made the stated values of 1.2.",),
        style=("`sum` (line 12) shadows the built-in function with that name.", "The loop in line 20 changes nothing."),
    )  # fmt: skip


def usual_report(student: str = "merritt-coldharbour") -> Report:
    """The usual case: one mistake, and everything else correct."""
    return report(
        student,
        (
            wrong("1.1", "Factorise by stochastic gradient descent", pictures=(loss_plot(),)),
            right("1.2", "Factorise A at rank 2"),
            right("2.1", "Truncate the singular value decomposition"),
            right("3.1", "Factorise the observed cells"),
            right("3.2", "Complete A"),
        ),
    )
