"""Edits of a program's text: what they change, what they leave unchanged, how they are described."""

import ast
from collections.abc import Iterator

import pytest

from grader.diagnosis.edit_explanations import concept_of, question_of
from grader.diagnosis.edits import Edit, applied, edited, edits, moved_lines, sliced
from tests.tools.accuracy import CORPUS

DEFAULTS = {"num_epochs": 1000, "lr": 0.01}

FACTORISE = """\
import torch

def factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
"""


def _mended(wrong: str, right: str, kind: str) -> Edit:
    """The edit that makes `right` of `wrong`, of this kind."""
    wanted = ast.dump(ast.parse(right))
    for edit in edits(wrong, DEFAULTS):
        if edit.kind == kind and _parses(applied(wrong, edit)) == wanted:
            return edit
    raise AssertionError(f"no {kind} among {len(edits(wrong, DEFAULTS))} edits mends it")


def _parses(code: str) -> str:
    try:
        return ast.dump(ast.parse(code))
    except SyntaxError:
        return ""


SLIPS = (
    ("loop-bound", "for r in range(m)", "for r in range(rank)"),
    ("loop-bound", "for r in range(m)", "for r in range(m - 1)"),
    ("loop-start", "for c in range(n)", "for c in range(1, n)"),
    ("loop-bound", "for r in range(m):\n            for c in range(n)", "for r in range(n):\n            for c in range(m)"),
    ("index", "V[c] += lr", "V[r] += lr"),
    ("index-order", "A[r, c]", "A[c, r]"),
    ("index-missing", "U[r] += lr", "U += lr"),
    ("operator", "A[r, c] - U[r]", "A[r, c] + U[r]"),
    ("operator", "U[r] @ V[c]", "U[r] * V[c]"),
    ("operands", "A[r, c] - U[r] @ V[c]", "U[r] @ V[c] - A[r, c]"),
    ("sign", "V[c] += lr", "V[c] -= lr"),
    ("augmented", "U[r] += lr", "U[r] =+ lr"),
    ("factor-dropped", "U[r] += lr * e", "U[r] += 2 * lr * e"),
    ("factor-missing", "V[c] += lr * e * U[r]", "V[c] += e * U[r]"),
    ("wrapper-dropped", "e = A[r, c] - U[r] @ V[c]", "e = abs(A[r, c] - U[r] @ V[c])"),
    ("wrapper-dropped", "return U, V", "return U.round(), V.round()"),
    ("transpose", "return U, V.T", "return U, V"),
    ("dedent", "    return U, V", "            return U, V"),
    ("indent", "                V[c] += lr * e * U[r]", "            V[c] += lr * e * U[r]"),
    ("statement-order", "U = torch.rand(m, rank)\n    V = U", "V = U\n    U = torch.rand(m, rank)"),
    ("statement-dropped", "    U = torch", "    rank = 2\n    U = torch"),
    ("statement-missing", "\n                V[c] += lr * e * U[r]", ""),
    ("parameter-for-constant", "range(num_epochs)", "range(1000)"),
    ("default-value", "lr=0.01", "lr=0.1"),
    ("return-order", "return U, V", "return V, U"),
    ("return", "return U, V", "return U @ V.T"),
    ("return", "return U, V", "U, V"),
    ("return", "return U, V", "yield U, V"),
    ("target-order", "m, n = A.shape", "n, m = A.shape"),
    ("copy", "V = torch.rand(n, rank)", "V = U.clone()"),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "right", "wrong"), SLIPS, ids=[f"{s[0]}: {s[2].strip()}" for s in SLIPS])
def test_the_reverse_of_a_slip_is_among_the_edits(kind: str, right: str, wrong: str) -> None:
    base = FACTORISE
    if right not in base:  # a slip of another right program
        original = {"return U, V.T": "return U, V"}.get(right, "V = torch.rand(n, rank)")
        base = base.replace(original, right) if "V.T" in right else base.replace(
            "U = torch.rand(m, rank)\n    V = torch.rand(n, rank)", right
        )  # fmt: skip
    assert right in base
    _mended(base.replace(right, wrong), base, kind)


def test_a_mask_that_nothing_asks_gets_a_guard() -> None:
    wrong = FACTORISE.replace("(A, rank", "(A, M, rank")
    made = [applied(wrong, edit) for edit in edits(wrong) if edit.kind == "guard-missing"]
    assert any(
        "if M[r, c] == 0:\n                    continue\n                e = " in code for code in made
    )


@pytest.mark.parametrize("asked", ["M is not None", "M.any()", "M.sum() > 0", "len(M)"])
def test_a_condition_about_the_whole_mask_is_made_to_ask_about_the_cell(asked: str) -> None:
    head, _, step = FACTORISE.replace("(A, rank", "(A, M, rank").partition("                e = ")
    inside = f"    e = {step}".replace("\n                ", "\n                    ")
    wrong = f"{head}                if {asked}:\n                {inside}"
    made = [applied(wrong, edit) for edit in edits(wrong) if edit.kind == "condition"]
    assert any("if M[r, c] != 0:\n                    e = " in code for code in made)


def test_an_edit_changes_nothing_but_its_own_lines() -> None:
    for edit in edits(FACTORISE, DEFAULTS):
        touched = {line for part in edit.replacements for line in range(part.line, part.end_line + 1)}
        after = applied(FACTORISE, edit).split("\n")
        for number, line in enumerate(FACTORISE.split("\n"), 1):
            if number not in touched:
                assert line in after, (edit.kind, edit.line)


def test_positions_count_bytes_so_that_umlauts_do_not_shift_an_edit() -> None:
    code = FACTORISE.replace("e = A[r, c] - U[r]", "ä = 'größer'; e = A[r, c] + U[r]")
    right = code.replace("A[r, c] + U[r]", "A[r, c] - U[r]")
    assert applied(code, _mended(code, right, "operator")) == right


def test_lines_of_an_edited_program_are_those_of_the_original() -> None:
    wrong = FACTORISE.replace("(A, rank", "(A, M, rank")
    guard = next(edit for edit in edits(wrong) if edit.kind == "guard-missing")
    before, after = wrong.split("\n"), applied(wrong, guard).split("\n")
    lines = moved_lines(tuple(range(1, len(before) + 1)), guard)
    assert len(lines) == len(after)
    assert after[lines.index(12)] == before[11]


def test_the_same_program_gives_the_same_edits_in_the_same_order() -> None:
    assert edits(FACTORISE, DEFAULTS) == edits(FACTORISE, DEFAULTS)


def test_a_suspected_line_is_edited_first() -> None:
    assert edits(FACTORISE, DEFAULTS, frozenset({13}))[0].line == 13


def test_programs_that_mean_the_same_are_tried_once() -> None:
    codes = [ast.dump(ast.parse(code)) for _, code in edited(FACTORISE, set(), edits(FACTORISE))]
    assert len(codes) == len(set(codes))


def _corpus() -> Iterator[str]:
    for folder in ("wrong", "right"):
        for file in sorted((CORPUS / folder).glob("*.py"))[::7]:
            yield file.read_text(encoding="utf-8")


def test_every_solution_of_the_corpus_has_edits_and_no_sentence_holds_the_edited_line() -> None:
    for code in _corpus():
        found = edits(code, DEFAULTS)
        assert found
        for edit in found[:60]:
            before, after = (
                {line.strip() for line in text.split("\n")} for text in (code, applied(code, edit))
            )
            assert not any(f"`{line}`" in edit.sentence for line in after - before if line), edit


def test_every_kind_of_edit_has_an_idea_to_teach_and_a_question() -> None:
    kinds = {edit.kind for code in _corpus() for edit in edits(code, DEFAULTS)} | {slip[0] for slip in SLIPS}
    plain = concept_of("no such kind"), question_of("no such kind")
    assert len(kinds) > 30
    assert not {kind for kind in kinds if concept_of(kind) == plain[0] or question_of(kind) == plain[1]}


def test_a_slice_keeps_what_a_function_rests_on_and_leaves_out_what_a_script_runs() -> None:
    code = (
        "import torch\nimport os\nRATE = 0.1\nRATE *= 2\n\ndef helper(x):\n    return RATE * x\n\n"
        "def other():\n    return 1\n\ndef work(A):\n    U = A\n    return helper(U)\n\n"
        "A = torch.ones(2)\nU = work(A)\nprint(U)\n"
        "if __name__ == '__main__':\n    work(A)\n"
    )
    kept = sliced(code, {"work"})
    assert kept.count("\n") == code.count("\n")
    assert [line for line in kept.split("\n") if line and not line.startswith(" ")] == [
        "RATE = 0.1", "RATE *= 2", "def helper(x):", "def work(A):",
    ]  # fmt: skip
    assert kept.split("\n")[11] == code.split("\n")[11]
