"""Calls of student functions are tolerant: names, positions, keyword-only parameters, `*args`, defaults."""

import pytest

from grader.lab import Function, Located, Parameter
from grader.lab.call_binding import arguments, bind, find, fits_arity, normalised, written
from grader.protocol import FunctionInfo, ParameterInfo

DESCEND = Function(
    "descend",
    (
        Parameter("A", ("matrix", "data")),
        Parameter("rank", ("n_factors",)),
        Parameter("num_epochs", ("epochs", "iterations"), 1000),
        Parameter("lr", ("learning_rate", "alpha"), 0.01),
    ),
    aliases=("sgd", "factorise"),
    options=("eps", "momentum"),
)
GIVEN = {"A": "the matrix", "rank": 2, "num_epochs": 3, "lr": 0.5}


def signature(text: str) -> tuple[ParameterInfo, ...]:
    """The parameters of `def f(<text>)`, as a worker reports them."""
    import inspect

    namespace: dict[str, object] = {}
    exec(f"def f({text}): pass", namespace)
    found = inspect.signature(namespace["f"])  # type: ignore[arg-type]
    return tuple(
        ParameterInfo(
            name=p.name,
            kind=p.kind.name.lower(),
            default=None if p.default is p.empty else repr(p.default),
        )
        for p in found.parameters.values()
    )


def called(text: str, given: dict[str, object] = GIVEN) -> dict[str, object]:
    """Make the call for a student's `def f(<text>)` with Python itself, and return what arrived where."""
    split = arguments(DESCEND, bind(DESCEND, signature(text)), given, lambda value: value)
    assert not isinstance(split, str), split
    positional, named, _ = split
    namespace: dict[str, object] = {}
    exec(f"def f({text}): return dict(locals())", namespace)
    return namespace["f"](*positional, **named)  # type: ignore[operator,no-any-return]


@pytest.mark.parametrize(
    "text",
    [
        "A, rank, num_epochs=1000, lr=0.01",
        "A, rank, num_epochs, lr",
        "matrix, n_factors, epochs=1000, learning_rate=0.01",
        "x, r, N, a",
        "X, k, T=500, eta0=0.1",
        "A, rank, /, num_epochs=1000, lr=0.01",
        "A, rank, num_epochs=1000, lr=0.01, verbose=False",
        "A, rank, num_epochs=1000, lr=0.01, *, seed=None, plot=True",
        "A, rank, history=None, num_epochs=1000, lr=0.01",
        "A, verbose=False, rank=2, num_epochs=1000, *, lr=0.01",
        "A, rank, history=None, **options",
        "X, k, momentum=0.0, T=500, a=0.1",
    ],
)
def test_parameters_in_the_order_of_the_sheet_get_their_values_whatever_they_are_called(text: str) -> None:
    arrived = called(text)
    arrived |= arrived.pop("options", {})  # type: ignore[operator]
    own = {"verbose": False, "seed": None, "plot": True, "history": None, "momentum": 0.0}
    assert {name: value for name, value in arrived.items() if name in own} == {
        name: value for name, value in own.items() if name in arrived
    }
    assert [value for name, value in arrived.items() if name not in own] == list(GIVEN.values())


@pytest.mark.parametrize("name", ["total_steps", "trainSteps", "reps", "catalogue_passes", "stolen"])
def test_a_parameter_is_no_option_for_letters_inside_its_words(name: str) -> None:
    assert called(f"A, rank, {name}=1000, lr=0.01")[name] == 3


@pytest.mark.parametrize(
    "name",
    [
        "eps",
        "stop_eps",
        "EPS",
        "logEvery",
        "printevery",
        "tol2",
        "tolerance",
        "reseed",
        "nesterov_momentum",
        "logs",
    ],
)
def test_a_parameter_is_an_option_by_any_word_of_its_name(name: str) -> None:
    arrived = called(f"A, rank, {name}=1000, epochs=1000, lr=0.01")
    assert arrived == {"A": "the matrix", "rank": 2, name: 1000, "epochs": 3, "lr": 0.5}


def test_a_word_of_the_sheets_own_parameters_names_no_option() -> None:
    polish = Function(
        "polish",
        (Parameter("A"), Parameter("seed_points", (), 25), Parameter("clip_at", (), 0.9)),
        options=("clip",),
    )
    bound = bind(polish, signature("A, points_seed=25, clip=0.9, seeds_drawn=3, verbose=0"))
    assert [(slot.theirs, slot.ours) for slot in bound.slots[1:]] == [
        ("points_seed", "seed_points"),
        ("clip", "clip_at"),
    ]


def test_the_words_a_lab_adds_name_options_of_its_functions_only() -> None:
    fit = Function("fit", (Parameter("A"), Parameter("rank", (), 2)))
    own = Function("fit", fit.parameters, options=("patience",))
    asked = signature("A, patience=3")
    assert (bind(fit, asked).missing, bind(own, asked).missing) == ((), ("rank",))


def test_what_args_would_take_is_missing_where_a_parameter_of_their_own_would_get_it_first() -> None:
    bound = bind(DESCEND, signature("A, rank, verbose=False, *rest"))
    assert bound.missing == ("num_epochs", "lr")


def test_names_win_over_positions() -> None:
    arrived = called("rank, A, lr=0.01, num_epochs=1000")
    assert arrived == {"rank": 2, "A": "the matrix", "lr": 0.5, "num_epochs": 3}


def test_aliases_win_over_positions() -> None:
    arrived = called("data, n_factors, alpha=0.1, iterations=10")
    assert arrived == {"data": "the matrix", "n_factors": 2, "alpha": 0.5, "iterations": 3}


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("A, M, k", {"A": "A", "M": "M", "k": "rank"}),
        ("M, A, k", {"M": "M", "A": "A", "k": "rank"}),
        ("W, A, k", {"W": "M", "A": "A", "k": "rank"}),
        ("M, mask, k", {"M": "A", "mask": "M", "k": "rank"}),
        ("X, M, k", {"X": "A", "M": "M", "k": "rank"}),
        ("mask, X, k", {"mask": "M", "X": "A", "k": "rank"}),
    ],
)
def test_the_matrix_and_the_mask_are_told_apart_whatever_their_order(
    text: str, where: dict[str, str]
) -> None:
    masked = Function("fill", (Parameter("A"), Parameter("M", ("mask",)), Parameter("rank")))
    assert {slot.theirs: slot.ours for slot in bind(masked, signature(text)).slots} == where


def test_spelling_of_an_alias_may_vary() -> None:
    arrived = called("Matrix, nFactors, Learning_Rate=0.1, EPOCHS=10")
    assert arrived == {"Matrix": "the matrix", "nFactors": 2, "Learning_Rate": 0.5, "EPOCHS": 3}


def test_keyword_only_parameters_are_passed_by_name() -> None:
    arrived = called("A, *, rank, epochs=1000, lr=0.01")
    assert arrived == {"A": "the matrix", "rank": 2, "epochs": 3, "lr": 0.5}


def test_args_take_what_is_left_in_the_order_of_the_sheet() -> None:
    assert called("A, *rest") == {"A": "the matrix", "rest": (2, 3, 0.5)}
    assert called("*everything") == {"everything": ("the matrix", 2, 3, 0.5)}


def test_kwargs_take_what_is_left_by_the_names_of_the_sheet() -> None:
    assert called("A, rank, **options") == {
        "A": "the matrix",
        "rank": 2,
        "options": {"num_epochs": 3, "lr": 0.5},
    }


def test_what_is_left_out_stays_at_the_students_default() -> None:
    assert called("A, rank, num_epochs=7, lr=0.3", {"A": "the matrix", "rank": 2}) == {
        "A": "the matrix",
        "rank": 2,
        "num_epochs": 7,
        "lr": 0.3,
    }


def test_a_default_the_student_did_not_give_is_supplied_from_the_sheet() -> None:
    arrived = called("A, rank, epochs, lr", {"A": "the matrix", "rank": 2})
    assert arrived == {"A": "the matrix", "rank": 2, "epochs": 1000, "lr": 0.01}


def test_leaving_one_out_in_the_middle_does_not_shift_the_others() -> None:
    arrived = called("A, rank, num_epochs=7, lr=0.3", {"A": "the matrix", "rank": 2, "lr": 0.5})
    assert arrived == {"A": "the matrix", "rank": 2, "num_epochs": 7, "lr": 0.5}


def test_the_order_told_is_the_order_in_which_the_values_are_sent() -> None:
    for text in ("A, rank, num_epochs=1, lr=1.0", "rank, *, lr, A, num_epochs=1", "*x", "A, **x"):
        split = arguments(DESCEND, bind(DESCEND, signature(text)), GIVEN, lambda value: value)
        assert not isinstance(split, str)
        positional, named, order = split
        assert [GIVEN[name] for name in order] == [*positional, *named.values()]


@pytest.mark.parametrize(
    "text",
    [
        "A, rank, num_epochs=1000, lr=0.01",
        "x, r, N, a",
        "A, rank, /, num_epochs=1000, lr=0.01",
        "rank, A, lr, epochs",
        "A, lr=0.1, *, rank, epochs=3",
        "num_epochs=5, *, A, rank, lr=0.01",
        "A, rank, epochs, /, lr=0.01",
        "A, *rest",
        "A, **options",
        "*everything",
        "A, rank, history=None, num_epochs=1000, lr=0.01",
    ],
)
@pytest.mark.parametrize("given", [GIVEN, {"A": "the matrix", "rank": 2}])
def test_a_call_as_a_student_reads_it_is_the_call_that_is_made(text: str, given: dict[str, object]) -> None:
    located = Located("f", 1, (), bind(DESCEND, signature(text)))
    shown = written(DESCEND, located, {name: repr(value) for name, value in given.items()})
    namespace: dict[str, object] = {}
    exec(f"def f({text}): return dict(locals())\nread = {shown}", namespace)
    assert namespace["read"] == called(text, given)


def test_what_has_a_default_on_the_sheet_is_shown_with_the_students_name_for_it() -> None:
    located = Located("fit", 1, (), bind(DESCEND, signature("matrix, k, epochs=5, alpha=1.0")))
    given = {name: str(value) for name, value in (GIVEN | {"A": "A"}).items()}
    assert written(DESCEND, located, given) == "fit(A, 2, epochs=3, alpha=0.5)"


@pytest.mark.parametrize(
    ("parameters", "made_with", "shared", "shown"),
    [
        ("A, rank, num_epochs=1000, lr=0.01", (), (), "Model().fit(A, 2, num_epochs=3, lr=0.5)"),
        ("A, rank, lr=0.01, num_epochs=1000", ("rank", "lr"), (), "Model(rank=2, lr=0.5).fit(A, num_epochs=3)"),
        ("A, epochs=1, rank=1, lr=1.0", ("rank", "lr", "epochs"), ("epochs",),
         "Model(epochs=3, rank=2, lr=0.5).fit(A, 3)"),
        ("A, rank, **options", ("rank",), (), "Model(rank=2, num_epochs=3, lr=0.5).fit(A)"),
    ],
)  # fmt: skip
def test_a_call_of_a_method_makes_its_object_first(
    parameters: str, made_with: tuple[str, ...], shared: tuple[str, ...], shown: str
) -> None:
    located = Located(
        "Model.fit", 1, (), bind(DESCEND, signature(parameters)), made_with=made_with, shared=shared
    )
    given = {name: str(value) for name, value in (GIVEN | {"A": "A"}).items()}
    assert written(DESCEND, located, given) == shown


def test_what_is_an_array_does_not_go_where_a_number_is_the_default() -> None:
    function = Function("cut", (Parameter("A", is_array=True), Parameter("rank")))
    assert bind(function, signature("x, k=2")).taken == ("A", "rank")
    assert "A" in bind(function, signature("rank=2, steps=1000")).missing


def test_a_call_that_cannot_be_made_is_not_shown() -> None:
    located = Located("f", 1, (), bind(DESCEND, signature("A, rank")))
    assert written(DESCEND, located, {name: str(value) for name, value in GIVEN.items()}) == ""


def test_a_parameter_that_is_missing_is_named_when_it_is_needed_and_not_before() -> None:
    binding = bind(DESCEND, signature("A, rank"))
    assert binding.missing == ("num_epochs", "lr")
    assert arguments(DESCEND, binding, {"A": 1, "rank": 2}, int) == ([1, 2], {}, ("A", "rank"))
    refused = arguments(DESCEND, binding, GIVEN, lambda value: value)
    assert isinstance(refused, str)
    assert "`num_epochs`" in refused and "`lr`" in refused


def test_a_parameter_nobody_can_fill_is_named() -> None:
    refused = arguments(
        DESCEND, bind(DESCEND, signature("A, rank, num_epochs, lr, lam")), GIVEN, lambda value: value
    )
    assert isinstance(refused, str)
    assert "`lam`" in refused


def _info(name: str, text: str = "A, rank, num_epochs=1000, lr=0.01") -> FunctionInfo:
    return FunctionInfo(name=name, line=1, parameters=signature(text))


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["other", "descend"], 1),
        (["descend", "Descend"], 0),
        (["sgd", "DESCEND"], 1),
        (["factorise", "other"], 0),
        (["Factorize"], 0),
        (["Model.descend"], 0),
        (["sgd", "factorise"], 1),
        (["descend", "descend"], 1),
    ],
)
def test_the_closest_name_is_found_and_among_equals_the_last(names: list[str], chosen: int) -> None:
    found = find(DESCEND, [_info(name) for name in names])
    assert found is not None
    assert found[0] == chosen


def test_a_name_that_differs_is_noted_and_the_sheets_is_not() -> None:
    same, other = find(DESCEND, [_info("descend")]), find(DESCEND, [_info("sgd")])
    assert same is not None and same[1] == ()
    assert other is not None and "`sgd`" in other[1][0] and "`descend`" in other[1][0]


def test_a_helper_that_is_merely_called_like_an_alias_is_left_alone() -> None:
    assert find(DESCEND, [_info("sgd", "u, v, e, lr, n, more")]) is None


def test_nothing_is_found_where_nothing_has_the_name() -> None:
    assert find(DESCEND, [_info("svd")]) is None
    assert find(DESCEND, []) is None


def test_optional_parameters_may_be_absent() -> None:
    function = Function("cut", (Parameter("A"), Parameter("rank")), optional=("rank",))
    assert fits_arity(function, _info("cut", "A"))
    assert not fits_arity(function, _info("cut", ""))
    assert not fits_arity(Function("cut", (Parameter("A"), Parameter("rank"))), _info("cut", "A"))


def test_spellings_of_a_name_come_out_the_same() -> None:
    same = {normalised(n) for n in ("SGD_Factorise", "sgdFactorize", "sgd_factorise", "Lab.sgd_factorise")}
    assert len(same) == 1
    assert normalised("sgd_factorise") != normalised("sgd_factorise_masked")
