"""Answers in words are found wherever they are written and shown to a person; they decide no mark."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from grader import sources
from grader.core.observation import LoadReport, Observation, Probe, StatedValue
from grader.core.result import Outcome
from grader.core.submission import Passage, Place, Source
from grader.lab import Function, Learned, Located
from grader.labkit import Question
from reference.checks.explanations import MEANING, WHY
from tests.support.command_line import Grade
from tests.support.paths import SUBMISSIONS
from tests.support.submissions import RIGHT_SVD, Handed


class Written:
    """A bench on which something was written and nothing can be run."""

    def __init__(self, *passages: Passage, printed: str = "") -> None:
        source = Source(Path("lab.md"), "lab.md", "", (), passages=passages)
        self.loaded = LoadReport(source, printed=printed)
        self.stated_values: tuple[StatedValue, ...] = ()
        self.learned = Learned()

    def locate(self, function: Function) -> Located | None:
        """Find nothing."""
        return None

    def attempt(self, function: Function) -> Located | None:
        """Find nothing."""
        return None

    def expect(self, probes: Sequence[Probe]) -> None:
        """Nothing can be run."""

    def observe(self, probe: Probe) -> Observation:
        """Nothing can be run."""
        raise AssertionError


def prose(text: str, file: str = "report.md", kind: str = "prose") -> Passage:
    """A text with the place of each of its lines."""
    return Passage(kind, text, tuple(Place(file, n, f"line {n}") for n, _ in enumerate(text.split("\n"), 1)))


def quoted(question: Question, *passages: Passage, printed: str = "") -> list[tuple[str, str]]:
    """The quotations for a question, with their places."""
    answers = question.answer(Written(*passages, printed=printed))
    return [(quote.text, quote.origin) for answer in answers for quote in answer.quotes]


REPORT = """\
# 2.1 Truncated SVD

The reconstruction loss is 0.1219. It is lower than with SGD because, by the
Eckart-Young theorem, no matrix of rank 2 comes closer to A.

# 3.2 Completion

The hidden entries are not recovered exactly: 2.18 instead of 3.34, since many
rank 2 matrices fit the observed cells.
"""


def test_each_question_gets_its_own_paragraph_with_its_place_and_what_it_mentions() -> None:
    (why,), (meaning,) = (question.answer(Written(prose(REPORT))) for question in (WHY, MEANING))
    (quote,) = why.quotes
    assert quote.text.startswith("The reconstruction loss is 0.1219. It is lower")
    assert quote.text.endswith("no matrix of rank 2 comes closer to A.")
    assert quote.origin == "report.md line 3"
    assert why.question == "Why is this the case?"
    assert {"Eckart–Young", "optimality", "rank"} <= set(why.mentioned)
    (quote,) = meaning.quotes
    assert quote.origin == "report.md line 8"
    assert {"hidden values", "observed values", "rank"} <= set(meaning.mentioned)
    assert "Eckart–Young" not in meaning.mentioned


def test_what_is_printed_is_found_and_what_is_said_twice_is_quoted_once() -> None:
    sentence = "SVD is better than SGD because of Eckart and Young."
    assert quoted(WHY, printed=f"2.1\n0.1219\n{sentence}\n") == [(sentence, "printed, line 3")]
    assert quoted(WHY, prose(sentence, "lab1.py", "comment"), printed=sentence) == [
        (sentence, "lab1.py line 1")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "U: (m, rank) factors of A",
        "rank: the rank of the truncated SVD",
        "set the last singular value to zero",
        "Eckart-Young",
        "tensor([[0.2245, 0.5212, 0.3592], [3.2530, -0.0090, 1.9737]])",
        "2.1",
        "mask out the hidden cells",
    ],
)
def test_comments_on_code_and_figures_are_no_explanations(text: str) -> None:
    assert quoted(WHY, prose(text)) == quoted(MEANING, prose(text)) == []


def test_a_number_that_begins_like_an_exercise_is_no_title() -> None:
    sentence = "It is the optimum, by the theorem of Eckart and Young."
    assert quoted(WHY, prose(f"3.2530 -0.0090\n{sentence}"))
    assert not quoted(WHY, prose(f"3.2 Completion\n\n{sentence}")), "this is the answer to another question"


def test_a_long_text_is_cut_and_only_the_best_are_quoted() -> None:
    long = "The SVD is optimal because of Eckart-Young, since it is. " * 40
    others = "\n\n".join(f"In run {n} the SVD has a lower loss than SGD at this rank." for n in range(9))
    found = quoted(WHY, prose(f"{others}\n\n{long}"))
    assert len(found) == 4
    assert found[-1][0].startswith("The SVD is optimal") and found[-1][0].endswith("…")


def test_where_nothing_is_found_a_person_still_looks() -> None:
    finding = WHY.finding(Written(prose("x = 1")))
    assert finding.outcome is Outcome.MANUAL
    assert "No explanation in words was found" in finding.message


EXPLAINED = {
    "cosmo_tarrybeck/coursework1.py": "better than SGD since truncating the SVD is provably optimal",
    "edda-mirrowby/edda.py": "The loss is lower, because of the Eckart Young theorem",
    "philippa-dunmarrow/lab1_report.py": "SVD gives the optimal low rank approximation",
    "tamsin-quillfeather/lab1.py": "The SVD error (0.1219) is a tiny bit below the SGD loss",
    "nadezh-ovrilova/łab1_odpowiedź.py": "Eckart–Young: SVD daje najlepsze przybliżenie",
}


@pytest.mark.parametrize("name", EXPLAINED)
def test_the_explanations_of_the_sample_class_are_found(name: str) -> None:
    source = sources.read(SUBMISSIONS / name, name)
    found = quoted(WHY, *source.passages)
    assert any(text.startswith(EXPLAINED[name]) for text, _ in found), found


@pytest.mark.slow
def test_explanations_are_shown_beside_the_verdict_in_every_output(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    written = "# 2.1: the loss is <i>lower</i> than for SGD,\n# because of the Eckart-Young theorem\n"
    printed = 'print("No rank 2 matrix is better than this SVD, so SGD cannot win.")\n'
    folder = handed_in({"ada/lab.py": RIGHT_SVD + written + printed, "bob/lab.py": RIGHT_SVD})
    out = tmp_path / "out"
    assert grade(folder, "--exercise", "2.1", "--out", out).returncode == 0
    entries: list[Any] = json.loads((out / "results.json").read_text(encoding="utf-8"))["submissions"]
    (exercise,) = entries[0]["exercises"]
    (answer,) = exercise["answers"]
    assert [quote["origin"] for quote in answer["quotes"]] == ["lab.py line 10", "printed, line 2"]
    assert "Eckart–Young" in answer["mentioned"] and "rank" in answer["mentioned"]
    (why,) = (check for check in exercise["checks"] if check["id"] == answer["check"])
    assert why["outcome"] == "manual" and "Eckart–Young" in why["message"]
    assert exercise["verdict"] == "full"
    assert entries[1]["exercises"][0]["answers"] == []
    html = (out / "students" / "ada" / "report.html").read_text(encoding="utf-8")
    assert "because of the Eckart-Young theorem" in html and "lab.py line 10" in html
    assert "<i>lower" not in html and "&lt;i&gt;lower" in html
    assert "because of the Eckart-Young theorem" in (out / "students" / "ada" / "report.md").read_text()
    shown = grade("check", folder / "ada" / "lab.py", "--exercise", "2.1", env={"COLUMNS": "300"})
    assert "because of the Eckart-Young theorem" in shown.stdout
