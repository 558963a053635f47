"""Whatever a submission returns becomes plain values, and reading them here never raises an error."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar

import msgspec
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader import protocol
from grader.core.observation import LoadReport, Observation, Probe, StatedValue
from grader.core.result import Outcome
from grader.execution.check_runner import run_checks
from grader.execution.stated_values import from_text, from_variables
from grader.lab import Exercise, Function, Learned, Located, array_of, call_binding
from grader.labkit import UnusableResult, describe
from grader.worker.value_codec import Room, to_wire
from reference import LAB, exercises
from reference.factors.reading import approximations, factors, layout_of, place_of

EXERCISES = exercises(20)


# --- objects that lie -------------------------------------------------------------------------------------


class Fields(tuple[Any, ...]):
    """More names of fields than there are fields."""

    _fields = ("a", "b", "u", "v")


class Short(list[Any]):
    """Fewer items than it says, without end where they are counted."""

    def __len__(self) -> int:
        return 10**9

    def __iter__(self) -> Iterator[Any]:
        while True:
            yield self

    def __getitem__(self, key: Any) -> Any:
        raise SystemExit


class Growing(dict[Any, Any]):
    """Other entries each time it is asked."""

    def __len__(self) -> int:
        self[object()] = 1
        return super().__len__()

    def items(self) -> Any:
        raise KeyboardInterrupt

    keys = values = items


class Key:
    """A key of a dict that does not want to be shown."""

    def __str__(self) -> str:
        raise RecursionError

    __repr__ = __str__


@dataclasses.dataclass
class Raising:
    """A dataclass with a field that raises what is no Exception."""

    U: int = 1

    def __getattribute__(self, name: str) -> Any:
        raise SystemExit


class Forged:
    """Says that it is a dataclass."""

    __dataclass_fields__: ClassVar[Any] = {"U": 1, 2: "V"}


class Lazy:
    """An object of the student's own whose attributes are another thing each time."""

    def __init__(self) -> None:
        self.U = torch.ones(2, 2)

    @property
    def __dict__(self) -> Any:
        raise ValueError

    @property
    def __class__(self) -> Any:
        return tuple


Lazy.__module__ = "__main__"


class Named(type):
    """A type without a name."""

    @property
    def __name__(cls) -> str:
        raise SystemExit

    @property
    def __mro__(cls) -> Any:
        raise SystemExit


class Nameless(metaclass=Named):
    """An object of such a type."""


class Text(str):
    """A text that is another one each time."""

    __slots__ = ()

    def __str__(self) -> str:
        raise ValueError

    def __getitem__(self, key: Any) -> str:
        return "x" * 10**9

    def encode(self, *given: Any) -> bytes:
        raise ValueError


class Whole(int):
    """A number that is something else where it is asked."""

    def __int__(self) -> int:
        raise ValueError

    __index__ = __float__ = __int__

    @property
    def __class__(self) -> Any:
        return bool


class Real(float):
    """The same with a fraction."""

    def __float__(self) -> float:
        raise SystemExit


class View(np.ndarray[Any, Any]):
    """An array that lies about everything it can."""

    shape = property(lambda self: (0, 2**63 - 1, 5))
    dtype = property(lambda self: np.dtype("O"))
    nbytes = property(lambda self: 0)

    def tobytes(self, *given: Any) -> bytes:
        return b"forged"

    def __array_finalize__(self, other: Any) -> None:
        raise SystemExit


class Tensor(torch.Tensor):
    """A tensor that lies about everything it can."""

    shape = property(lambda self: (10**9,) * 9)
    dtype = property(lambda self: "torch.float32")
    layout = device = property(lambda self: torch.strided)

    @classmethod
    def __torch_function__(cls, *given: Any, **named: Any) -> Any:
        raise SystemExit


def endless() -> list[Any]:
    """A list that contains itself."""
    made: list[Any] = [1.0]
    made.append(made)
    return made


def view() -> Any:
    """What cannot be made by a call, since its class raises."""
    with suppress(SystemExit):
        return np.zeros((2, 2), np.float32).view(View)
    return np.ndarray.__new__(np.ndarray, (2, 2))


LIES: dict[str, Callable[[], Any]] = {
    "more fields than items": lambda: Fields((torch.ones(2, 2), torch.ones(2, 2))),
    "fields that are no names": lambda: type("P", (tuple,), {"_fields": (1, None)})((1, 2)),
    "fields that raise": lambda: type("P", (tuple,), {"_fields": property(lambda self: 1 / 0)})((1, 2)),
    "a list without end": lambda: Short([1.0]),
    "a dict that grows": lambda: Growing(U=1.0),
    "keys that cannot be shown": lambda: {Key(): 1.0, Key(): 2.0, (1, Key()): 3.0},
    "keys of many lines": lambda: {"U\nV\x1b[31m\ud800": 1.0, "U" * 10_000: 2.0, "U" * 9_999: 3.0},
    "keys that look alike": lambda: {1: 1.0, "1": 2.0, "1 (2)": 3.0, Text("1"): 4.0},
    "a dataclass that raises": Raising,
    "a forged dataclass": Forged,
    "an object that calls itself a tuple": Lazy,
    "a type without a name": Nameless,
    "a text that changes": lambda: Text("abc"),
    "a lone surrogate": lambda: "\ud800" * 5,
    "a whole number that raises": lambda: Whole(5),
    "a fraction that raises": lambda: Real(5.0),
    "a number of many digits": lambda: 10**5_000,
    "an array that lies": view,
    "a tensor that lies": lambda: torch.ones(2, 2).as_subclass(Tensor),
    "an array of records": lambda: np.zeros(2, np.dtype([("x\n", "f4"), ("y", "O")])),
    "an array of objects": lambda: np.array([Key(), None], object),
    "an array of dates": lambda: np.zeros(3, "datetime64[s]"),
    "a tensor without memory": lambda: torch.ones(2, device="meta"),
    "an expanded tensor": lambda: torch.zeros(1).expand(10**9),
    "no numbers in a large shape": lambda: np.zeros((0, 10**12)),
    "a list in itself": endless,
    "a nested list of a million zeros": lambda: [[0.0] * 1000] * 1000,
    "many small matrices": lambda: [np.ones((1, 1))] * 19_999,
    "many empty lists": lambda: [[]] * 10**6,
    "many names": lambda: {str(number): number for number in range(10**5)},
    "a long text many times": lambda: ["x" * 10**4] * 1000,
    "everything side by side": lambda: [make() for name, make in LIES.items() if name != "everything side by side"],
}  # fmt: skip


@pytest.mark.parametrize("what", LIES)
def test_what_lies_about_itself_arrives_as_plain_values_that_can_be_read(what: str) -> None:
    value = LIES[what]()
    for handed_over in (value, (value, torch.ones(3, 2)), {"U": value, "V": value}):
        reply = protocol.Returned(value=to_wire(handed_over), after=())
        received = protocol.decode_reply(protocol.encode(reply))
        assert isinstance(received, protocol.Returned)
        read(received)


def test_a_named_tuple_and_a_dict_keep_their_names() -> None:
    pair = type(torch.rand(2, 2).min(dim=0))  # named by torch
    assert isinstance(to_wire(torch.rand(2, 2).min(dim=0)), protocol.Items), pair
    told = to_wire({"U": 1.0, "V": 2.0})
    assert isinstance(told, protocol.Items) and told.names == ("U", "V")


def test_names_that_look_alike_are_told_apart() -> None:
    told = to_wire({1: 1.0, "1": 2.0, "1 (2)": 3.0})
    assert isinstance(told, protocol.Items)
    assert len(set(told.names)) == 3


def test_one_part_that_is_too_much_does_not_cost_the_others() -> None:
    told = to_wire((torch.ones(3, 2), [[0.0] * 1000] * 1000, torch.ones(4, 2)))
    assert isinstance(told, protocol.Items)
    first, large, last = told.items
    assert isinstance(first, protocol.Array) and isinstance(last, protocol.Array)
    assert isinstance(large, protocol.Opaque) and large.text == "list of more than 20,000 numbers"


def test_what_is_too_much_as_a_whole_is_named() -> None:
    assert describe(to_wire(list(range(10**6)))) == "a list of more than 20,000 numbers"
    assert "more than 20,000 numbers" in describe(to_wire(torch.zeros(200, 200)))


def test_a_thousand_losses_cross_as_one_array() -> None:
    for losses in ([0.5] * 1000, tuple(range(1000)), [torch.tensor(0.5)] * 1000, [np.float32(0.5)] * 1000):
        told = to_wire((torch.ones(2, 2), losses))
        assert isinstance(told, protocol.Items) and isinstance(told.items[1], protocol.Array)
        array = array_of(told.items[1])
        assert array is not None and array.tolist() == [float(loss) for loss in losses]


def test_all_that_one_message_holds_is_counted_together() -> None:
    room = Room()
    first, second = to_wire(torch.zeros(15_000), room), to_wire(torch.zeros(15_000), room)
    assert isinstance(first, protocol.Array) and isinstance(second, protocol.Opaque)


# --- messages that lie ------------------------------------------------------------------------------------


def read(reply: protocol.Reply) -> None:
    """Everything that is done with a message before a check looks at it."""
    if isinstance(reply, protocol.Returned):
        for value in (reply.value, *reply.after):
            read_value(value)
    elif isinstance(reply, protocol.Loaded):
        list(from_variables(reply.variables))
        list(from_text(reply.printed))
        for function in LAB.functions:
            read_functions(function, reply.functions)


def read_value(value: protocol.Value) -> None:
    """As the lab reads what functions return."""
    assert describe(value)
    array_of(value)
    list(approximations(value, (3, 3)))
    for m, n, rank in ((3, 4, 2), (1, 1, 1), (2, 2, 2), (0, 1, 1)):
        arrangement = layout_of(value, m, n, rank)
        place = place_of(value, m, n, rank, arrangement) if arrangement is not None else None
        with suppress(UnusableResult):
            factors(value, m, n, rank, place=place)


def read_functions(function: Function, functions: Sequence[protocol.FunctionInfo]) -> None:
    """As a bench finds the student's version and calls it."""
    call_binding.find(function, functions)
    values = {parameter.name: parameter.name for parameter in function.parameters}
    for info in functions:
        call_binding.fits_arity(function, info)
        bound = call_binding.bind(function, info.parameters)
        call_binding.arguments(function, bound, values, str)
        found = Located(info.name, info.line, binding=bound, made_with=info.made_with, shared=info.shared)
        call_binding.written(function, found, values)


def mostly(usual: Sequence[Any], odd: Sequence[Any]) -> st.SearchStrategy[Any]:
    """The usual twenty times for each odd one: a message with one thing wrong tells more than one with ten."""
    return st.sampled_from([*usual] * (1 + 20 * len(odd) // len(usual)) + [*odd])


sides = mostly([0, 1, 2, 3, 4], [200, 2**31, 2**62, 2**63 - 1, 2**64 - 1, -1])
names = mostly(["U", "V", "u", "S", "A", "rank", "", "x" * 100, "ü"], ["x" * 101, "a\n", "\x1b[31m"])
numbers = mostly(
    [0, 1.5, True, float("nan"), float("inf"), 1e308, -(2**63), 2**63 - 1], [2**64 - 1, None, "1"]
)


@st.composite
def arrays(draw: st.DrawFn) -> dict[str, Any]:
    """An array of any shape and type, with the bytes it should have or others."""
    dtype = draw(mostly(["float32", "float64", *protocol.DTYPE_SIZES], ["object", "float128"]))
    shape = draw(st.lists(sides, max_size=3) | mostly([[3, 2], [4, 2], [3, 3]], [[1] * 9, [1] * 33]))
    count = int(np.prod(list(shape), dtype=object)) * protocol.DTYPE_SIZES.get(dtype, 1)
    data = bytes([draw(st.integers(0, 255))]) * (count if 0 <= count <= 10_000 else 0)
    origin = draw(st.sampled_from(["torch", "numpy", "list"]))
    return {"type": "Array", "dtype": dtype, "shape": shape, "data": data + draw(mostly([b""], [b"x"])), "origin": origin}  # fmt: skip


leaves = st.one_of(
    arrays(),
    numbers.map(lambda number: {"type": "Number", "value": number}),
    st.just({"type": "Text", "text": "0.5"}),
    st.just({"type": "Nothing"}),
    st.builds(lambda name, text: {"type": "Opaque", "type_name": name, "text": text}, names, names),
)


def _items(parts: Any) -> Any:
    def put(type_name: str, items: Any, told: Any) -> dict[str, Any]:
        return {"type": "Items", "type_name": type_name, "items": items, "names": told}

    def named(items: Any) -> Any:
        fitting = st.lists(names, min_size=len(items), max_size=len(items), unique=True)
        return st.tuples(st.just(items), st.just([]) | fitting | st.lists(names, max_size=2))

    kinds = mostly(["tuple", "list", protocol.ATTRIBUTES], ["a\n"])
    listed = st.lists(parts, min_size=2, max_size=4) | st.lists(parts, max_size=1)
    return st.builds(lambda kind, given: put(kind, *given), kinds, listed.flatmap(named))


values = st.recursive(leaves, _items, max_leaves=12)
parameters = st.builds(
    lambda name, kind, default: {"type": "ParameterInfo", "name": name, "kind": kind, "default": default},
    names,
    mostly(["positional_only", "positional_or_keyword", "var_positional", "keyword_only", "var_keyword"], [""]),
    mostly([None, "None", "0.01", "1000", "nan", "1e999"], ["x" * 101]),
)  # fmt: skip
functions = st.builds(
    lambda name, line, given, made_with, shared: {
        "type": "FunctionInfo", "name": name, "line": line, "parameters": given, "made_with": made_with, "shared": shared,
    },
    mostly(["sgd_factorise", "truncated_svd", "sgd_factorise_masked", "C.fit", "C.__call__"], ["f\n"]),
    mostly([0, 1, 10**9], [-1]),
    st.lists(parameters, max_size=5, unique_by=lambda parameter: parameter["name"]),
    st.none() | st.lists(names, max_size=3, unique=True),
    st.lists(names, max_size=3, unique=True),
)  # fmt: skip
messages = st.one_of(
    st.builds(
        lambda value, after: {"type": "Returned", "value": value, "after": after, "printed": ""},
        values,
        st.lists(values, max_size=2),
    ),
    st.builds(
        lambda found, variables, printed: {
            "type": "Loaded", "functions": found, "failures": [], "printed": printed,
            "variables": [{"type": "Variable", "name": name, "value": value} for name, value in variables],
        },
        st.lists(functions, max_size=3),
        st.lists(st.tuples(names, values), max_size=3, unique_by=lambda pair: pair[0]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    ),
)  # fmt: skip


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(messages)
def test_any_message_is_refused_or_can_be_read_by_all_who_read_it(message: dict[str, Any]) -> None:
    try:
        received = protocol.decode_reply(msgspec.msgpack.encode(message))
    except protocol.WireError:
        return
    read(received)


class Fed:
    """A bench whose every call is answered with the same message."""

    def __init__(self, answer: protocol.Reply) -> None:
        assert isinstance(answer, protocol.Returned | protocol.Raised)
        self._answer = answer
        self.loaded = LoadReport(None)
        variables = (
            [protocol.Variable(name="U", value=answer.value)] if isinstance(answer, protocol.Returned) else []
        )
        self.stated_values: tuple[StatedValue, ...] = tuple(from_variables(variables))
        self.learned = Learned()

    def locate(self, function: Function) -> Located:
        """Found, as the sheet has it."""
        listed = [
            protocol.ParameterInfo(name=p.name, kind="positional_or_keyword", default=None)
            for p in function.parameters
        ]
        return Located(function.name, 1, (), call_binding.bind(function, listed))

    attempt = locate

    def expect(self, probes: Sequence[Probe]) -> None:
        """Nothing: the answer is known."""

    def observe(self, probe: Probe) -> Observation:
        """The message."""
        if isinstance(self._answer, protocol.Raised) or self._answer.after:
            return self._answer
        after = tuple(to_wire(value) for value in probe.arguments.values())
        return msgspec.structs.replace(self._answer, after=after)


def assert_judged(answer: protocol.Reply) -> None:
    """Every exercise is judged, diagnosed and drawn, and no check fails by our fault."""
    for exercise in EXERCISES:
        bench: Any = Fed(answer)
        results = run_checks(exercise, bench)
        faults = [result for result in results if result.outcome is Outcome.ERROR]
        assert faults == []
        _told(exercise, bench, results)


def _told(exercise: Exercise, bench: Any, results: Any) -> None:
    exercise.diagnose(bench, results)
    exercise.counterexample(bench, results)
    exercise.checked_values(bench)
    exercise.answers(bench)
    exercise.illustrate(bench, results)


@pytest.mark.parametrize("what", LIES)
def test_no_check_of_the_lab_breaks_at_an_object_that_lies(what: str) -> None:
    assert_judged(
        protocol.decode_reply(protocol.encode(protocol.Returned(value=to_wire(LIES[what]()), after=())))
    )


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(values)
def test_no_check_of_the_lab_breaks_at_any_message(value: Mapping[str, Any]) -> None:
    message = {"type": "Returned", "value": value, "after": [], "printed": ""}
    try:
        answer = protocol.decode_reply(msgspec.msgpack.encode(message))
    except protocol.WireError:
        return
    assert_judged(answer)
