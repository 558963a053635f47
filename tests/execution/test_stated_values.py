"""Reading what students state: printed tensors, arrays, lists and numbers, and variables."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader import protocol
from grader.core.observation import StatedValue
from grader.execution.stated_values import MAX_STATED_VALUES, from_text, from_variables
from grader.lab import array_of
from grader.worker.value_codec import to_wire

V = torch.tensor([[0.8126, 1.8290], [-0.7836, 0.2088], [0.8384, 1.0195]])


def only(text: str) -> StatedValue:
    """The one stated value that a text states."""
    stated_values = list(from_text(text))
    assert len(stated_values) == 1, stated_values
    return stated_values[0]


@pytest.mark.parametrize(
    "printed",
    [
        str(V),
        repr(V),
        str(V.numpy()),
        repr(V.numpy()),
        str(V.tolist()),
        "[" + ",\n ".join(str(row) for row in V.tolist()) + "]",
        str(list(V.numpy())),
        str([list(row) for row in V.numpy()]),
        str(V.double()),
        str(V.clone().requires_grad_()),
        str(V.clone().requires_grad_() * 1),
        f"V = {V}",
        f"V:\n{V}\n",
    ],
)
def test_a_matrix_is_read_as_printed_within_half_a_unit(printed: str) -> None:
    stated_value = only(printed)
    assert stated_value.values.shape == (3, 2)
    assert np.abs(stated_value.values - V.double().numpy()).max() <= stated_value.half_width + 1e-7


ROWS = {
    "a tensor a line": "\n".join(str(row) for row in V),
    "a tensor of doubles a line": "\n".join(str(row) for row in V.double()),
    "an array a line": "\n".join(str(row) for row in V.numpy()),
    "a list a line": "\n".join(str(row) for row in V.tolist()),
    "a table": "\n".join("  ".join(f"{x:9.4f}" for x in row) for row in V),
    "a table of tabs": "\n".join("\t".join(f"{x:.4f}" for x in row) for row in V),
    "a table of commas": "\n".join(", ".join(f"{x:.4f}" for x in row) for row in V),
    "a table of bars": "\n".join(f"| {row[0]:.4f} | {row[1]:.4f} |" for row in V.tolist()),
    "a table of ampersands": "\n".join(f"{row[0]:.4f} & {row[1]:.4f} \\\\" for row in V.tolist()),
}


@pytest.mark.parametrize("printed", ROWS.values(), ids=ROWS)
def test_rows_on_lines_one_after_another_are_a_matrix(printed: str) -> None:
    (stated_value,) = (f for f in from_text(f"V is\n{printed}\nloss: 0.1220\n") if f.values.ndim == 2)
    assert stated_value.values.shape == (3, 2)
    assert np.abs(stated_value.values - V.double().numpy()).max() <= stated_value.half_width + 1e-7
    assert stated_value.name == "V is"


@pytest.mark.parametrize("printed", ROWS.values(), ids=ROWS)
def test_two_matrices_of_rows_without_a_word_between_are_both_read(printed: str) -> None:
    found = [f.values for f in from_text(f"{printed}\n{printed}\n") if f.values.shape == (3, 2)]
    assert len(found) == 2
    assert all(np.allclose(values, V, atol=1e-4) for values in found)


@pytest.mark.parametrize(
    "text",
    [
        "0.1 0.2\n\n0.3 0.4\n",
        "0.1 0.2\n0.3 0.4 0.5\n",
        "epoch 1 0.52\nepoch 2 0.31\n",
        "100 200\n300 400\n",
        "[0.1, 0.2] [0.3, 0.4]\n[0.5, 0.6] [0.7, 0.8]\n",
        "0.1\n0.2\n0.3\n",
    ],
)
def test_lines_that_hold_more_or_less_than_a_row_are_no_matrix(text: str) -> None:
    assert all(stated_value.values.ndim < 2 for stated_value in from_text(text))


def test_lines_made_to_be_slow_are_read_at_once() -> None:
    spaces = " " * 200_000
    lines = [
        f"[1.0, 2.0]{spaces}x",
        f"1.0{spaces}x",
        "1.0 " * 50_000 + "x",
        f"[1.0]{spaces}){spaces},{spaces}x",
    ]
    stated_values = list(from_text("\n".join(lines)))
    assert all(stated_value.values.ndim < 2 for stated_value in stated_values)


def test_four_printed_digits_mean_half_a_unit_of_the_fourth() -> None:
    assert only(str(V)).half_width == pytest.approx(5e-5)


@given(st.lists(st.lists(st.floats(-1e6, 1e6, width=32), min_size=2, max_size=2), min_size=2, max_size=4))
def test_whatever_torch_and_numpy_print_encloses_the_value(rows: list[list[float]]) -> None:
    tensor = torch.tensor(rows)
    for printed in (str(tensor), str(tensor.numpy()), str(tensor.tolist())):
        stated_value = only(printed)
        assert stated_value.values.shape == tuple(tensor.shape)
        room = stated_value.half_width * 1.000001 + 1e-6 * np.abs(stated_value.values)
        assert (np.abs(stated_value.values - tensor.double().numpy()) <= room).all(), printed


@pytest.mark.parametrize(
    ("text", "value", "half_width"),
    [
        ("loss 0.1220", 0.1220, 5e-5),
        ("loss 0.12", 0.12, 5e-3),
        ("loss = 5", 5.0, 0.5),
        ("loss: 1.22e-01", 0.122, 5e-4),
        ("loss: 1.22E+3", 1220.0, 5.0),
        ("8.824e-12", 8.824e-12, 5e-16),
        ("tensor(0.1220)", 0.1220, 5e-5),
        ("tensor(0.1220, grad_fn=<SumBackward0>)", 0.1220, 5e-5),
        ("np.float64(0.25)", 0.25, 5e-3),
        ("-0.5", -0.5, 0.05),
        ("−0.5", -0.5, 0.05),
        (".5", 0.5, 0.05),
        ("loss=0.1220\n", 0.1220, 5e-5),
        ("(0.1220)", 0.1220, 5e-5),
    ],
)
def test_a_number_is_read_with_half_a_unit_of_its_last_digit(
    text: str, value: float, half_width: float
) -> None:
    stated_value = only(text)
    assert stated_value.values.shape == ()
    assert float(stated_value.values) == value
    assert stated_value.half_width == pytest.approx(half_width)


@pytest.mark.parametrize(
    "text", ["x1", "A2 is fine", "v1.2.3", "3rd", "0x1f", "nan", "inf", "", "[]", "[[]]"]
)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    assert list(from_text(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "loss (1.2): tensor(0.1220)",
        "loss 1.2 = 0.1220",
        "1.2 Loss of SGD 0.1220",
        "  1.2) the loss is 0.1220",
        "Exercise 1.2: loss 0.1220",
        "Ex. 1.2 loss 0.1220",
        "the loss for 1.2 is 0.1220",
    ],
)
def test_the_number_of_an_exercise_is_no_figure(text: str) -> None:
    stated_value = only(text)
    assert float(stated_value.values) == 0.1220
    assert "loss" in stated_value.name.lower()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("loss 1.4", [1.4]),
        ("loss: 1.4", [1.4]),
        ("a loss of 1.4 after 1000 epochs", [1.4, 1000.0]),
        ("1.2 3.4", [1.2, 3.4]),
    ],
)
def test_a_figure_that_only_looks_like_the_number_of_an_exercise_is_kept(
    text: str, values: list[float]
) -> None:
    assert [float(stated_value.values) for stated_value in from_text(text)] == values


def test_numbers_inside_a_matrix_are_not_stated_one_by_one() -> None:
    assert [f.values.shape for f in from_text("U [[1.0, 2.0], [3.0, 4.0]] loss 0.5")] == [(2, 2), ()]


def test_a_ragged_list_is_no_matrix() -> None:
    assert list(from_text("[[1.0, 2.0], [3.0]]")) == []


def test_a_single_row_is_a_vector_and_in_two_brackets_a_matrix() -> None:
    assert only("[5.3339, 0.6959, 0.3492]").values.shape == (3,)
    assert only("[[5.3339, 0.6959, 0.3492]]").values.shape == (1, 3)


def test_nothing_of_the_brackets_spills_into_the_next_figure() -> None:
    stated_values = list(from_text("[[1., 2.],\n [3., 4.]]\n[[5., 6.],\n [7., 8.]]"))
    assert [f.values.tolist() for f in stated_values] == [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("final loss: 0.1220", "final loss"),
        ("loss = tensor(0.1220)", "loss"),
        ("Reconstruction error\n0.1219", "Reconstruction error"),
        ("U: tensor([[1., 2.]])", "U"),
        ("loss 3.2", "loss"),
    ],
)
def test_the_words_before_a_figure_are_its_name(text: str, name: str) -> None:
    assert only(text).name == name


def test_the_line_of_a_printed_figure_is_told() -> None:
    assert only("nothing\nnothing\nloss 0.5").origin == "printed, line 3"


def test_a_program_that_prints_without_end_states_a_limited_number_of_figures() -> None:
    assert len(list(from_text("1.5 " * 3 * MAX_STATED_VALUES))) == MAX_STATED_VALUES
    assert len(list(from_text("[[1.5, 2.5]]\n" * 2 * MAX_STATED_VALUES))) == MAX_STATED_VALUES


@given(st.text(alphabet="0123456789.eE+-−[](), \nx٣²", max_size=60))
def test_no_text_makes_reading_fail(text: str) -> None:
    for stated_value in from_text(text):
        assert stated_value.half_width > 0


def _variable(name: str, value: object) -> protocol.Variable:
    return protocol.Variable(name=name, value=to_wire(value))


def test_variables_are_exact_and_named() -> None:
    stated_values = list(from_variables([_variable("U", V), _variable("loss", 0.122)]))
    assert [(f.name, f.origin, f.half_width) for f in stated_values] == [
        ("U", "variable `U`", 0.0),
        ("loss", "variable `loss`", 0.0),
    ]
    assert np.array_equal(stated_values[0].values, V.double().numpy())
    assert float(stated_values[1].values) == 0.122


def test_figures_inside_tuples_and_dicts_are_found() -> None:
    held = [_variable("UV", (V, V + 1)), _variable("results", {"loss": 0.5, "U": V})]
    assert [f.name for f in from_variables(held)] == ["UV[0]", "UV[1]", "results.loss", "results.U"]


def test_lists_of_rows_are_one_matrix() -> None:
    (stated_value,) = from_variables([_variable("rows", [[1, 2.5], [3, 4]])])
    assert stated_value.values.tolist() == [[1.0, 2.5], [3.0, 4.0]]
    (stated_value,) = from_variables([_variable("rows", [V[0], V[1]])])
    assert stated_value.values.shape == (2, 2)


@pytest.mark.parametrize(
    "value", [True, None, "0.5", torch.zeros(2, 2, dtype=torch.complex64), torch.zeros(2, 2, 2), ["a", "b"]]
)
def test_what_is_no_real_number_vector_or_matrix_is_no_figure(value: object) -> None:
    assert list(from_variables([_variable("x", value)])) == []


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64, torch.int64, torch.bool])
def test_arrays_of_every_real_type_become_float64(dtype: torch.dtype) -> None:
    values = torch.tensor([[0, 1], [1, 0]]).to(dtype)
    read = array_of(to_wire(values))
    assert read is not None
    assert read.dtype == np.float64
    assert read.tolist() == [[0.0, 1.0], [1.0, 0.0]]
