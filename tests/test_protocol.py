"""The worker's messages: whatever it sends, the grader gets a message or a `WireError`."""

import struct
from random import Random
from typing import Any

import msgspec
import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import protocol
from grader.execution.bench import as_wire
from grader.execution.stated_values import from_text, from_variables
from grader.lab import array_of
from grader.worker.value_codec import from_wire, to_wire


def _array(**changes: object) -> bytes:
    fields = {"type": "Array", "dtype": "float32", "shape": [2], "data": b"\0" * 8, "origin": "torch"}
    value: dict[str, object] = {**fields, **changes}
    return msgspec.msgpack.encode({"type": "Returned", "value": value, "after": [], "printed": ""})


def _nested(depth: int) -> bytes:
    """A tuple in a tuple in a tuple, put together from its bytes: no encoder goes so deep."""
    inner = msgspec.msgpack.encode({"type": "Nothing"})
    around = msgspec.msgpack.encode({"type": "Items", "type_name": "tuple", "items": [None]})[:-1]
    empty = msgspec.msgpack.encode({"type": "Returned", "after": [], "value": None})[:-1]
    return empty + around * depth + inner


def _returned(value: object) -> bytes:
    return msgspec.msgpack.encode({"type": "Returned", "value": value, "after": [], "printed": ""})


def _items(**changes: object) -> dict[str, object]:
    nothing = {"type": "Nothing"}
    return {"type": "Items", "type_name": "tuple", "items": [nothing, nothing], "names": [], **changes}


def _loaded(**changes: object) -> bytes:
    empty = {"type": "Loaded", "functions": [], "variables": [], "failures": [], "printed": ""}
    return msgspec.msgpack.encode({**empty, **changes})


def _function(**changes: object) -> dict[str, object]:
    return {"type": "FunctionInfo", "name": "f", "line": 1, "parameters": [], **changes}


PARAMETER = {"type": "ParameterInfo", "name": "A", "kind": "positional_only", "default": None}
VARIABLE = {"type": "Variable", "name": "U", "value": {"type": "Nothing"}}

HOSTILE = {
    "nothing": b"",
    "noise": b"\xc1\xff\x00",
    "pickle": b"cos\nsystem\n(S'true'\ntR.",
    "a request": protocol.encode(protocol.Load(code="", filename="x.py", seed=1)),
    "an unknown message": msgspec.msgpack.encode({"type": "Passed", "marks": 5}),
    "an unknown field": msgspec.msgpack.encode(
        {"type": "Raised", "type_name": "E", "text": "", "marks": 5.0}
    ),
    "a number for a text": msgspec.msgpack.encode({"type": "Raised", "type_name": 5, "text": ""}),
    "two messages": protocol.encode(protocol.Started(statement=1, line=1)) * 2,
    "half a message": protocol.encode(protocol.Raised(type_name="E", text="long"))[:-2],
    "a text that is no UTF-8": b"\x83\xa4type\xa6Raised\xa9type_name\xa1E\xa4text\xa2\xff\xfe",
    "too few bytes": _array(shape=[3]),
    "too many bytes": _array(shape=[1]),
    "a dtype that is code": _array(dtype="O"),
    "an unknown dtype": _array(dtype="float128"),
    "a negative shape": _array(shape=[-1, -2]),
    "a shape beyond memory": _array(shape=[2**40, 2**40]),
    "many dimensions of one": _array(shape=[1] * 64, data=b"\0" * 4),
    "dimensions that hide in a zero": _array(shape=[2**62, 0, 2], data=b"\0" * 8),
    "no numbers in a shape beyond what can be multiplied": _array(shape=[0, 2**63 - 1, 2], data=b""),
    "no numbers in a large shape": _array(shape=[0, protocol.MAX_NUMBERS + 1], data=b""),
    "a dimension beyond 64 bits": _array(shape=[2**64 - 1], data=b""),
    "an array over the limit": _array(
        shape=[protocol.MAX_NUMBERS + 1], data=b"\0" * (4 * protocol.MAX_NUMBERS + 4)
    ),
    "an integer beyond 64 bits": _returned({"type": "Number", "value": 2**63}),
    "more names than values": _returned(_items(names=["U", "V", "W"])),
    "fewer names than values": _returned(_items(names=["U"])),
    "one name for two values": _returned(_items(names=["U", "U"])),
    "a name of two lines": _returned(_items(names=["U", "V\n"])),
    "a name with an escape": _returned(_items(type_name="\x1b[31mtuple")),
    "a name without end": _returned(_items(type_name="t" * 101)),
    "a parameter of no kind": _loaded(functions=[_function(parameters=[{**PARAMETER, "kind": "optional"}])]),
    "one name for two parameters": _loaded(functions=[_function(parameters=[PARAMETER] * 2)]),
    "one name for two parameters of a class": _loaded(functions=[_function(made_with=["A", "A"])]),
    "one name for two variables": _loaded(variables=[VARIABLE] * 2),
    "a function at a line before the first": _loaded(functions=[_function(line=-1)]),
    "functions without end": _loaded(functions=[_function()] * 201),
    "a list that promises more than there is": _returned(_items())[:-1] + b"\xdd\xff\xff\xff\xff",
    "deep nesting": _nested(6),
    "very deep nesting": _nested(5_000),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_the_protocol_does_not_allow_is_a_wire_error(what: str) -> None:
    with pytest.raises(protocol.WireError):
        protocol.decode_reply(HOSTILE[what])


def test_a_message_over_the_size_limit_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(protocol.TooMuchError, match="more than 1 MB"):
        protocol.decode_reply(b"\0" * (protocol.MAX_REPLY_BYTES + 1))


def _numbers(count: int, of: int) -> protocol.Returned:
    array = protocol.Array(dtype="int8", shape=(of,), data=bytes(of))
    return protocol.Returned(value=protocol.Items(type_name="tuple", items=(array,) * count), after=(array,))


def test_numbers_are_counted_over_the_whole_message() -> None:
    assert protocol.decode_reply(protocol.encode(_numbers(3, 5_000)))
    with pytest.raises(protocol.TooMuchError, match="more than 20,000 numbers"):
        protocol.decode_reply(protocol.encode(_numbers(4, 5_000)))


def test_values_are_counted_over_the_whole_message() -> None:
    assert protocol.decode_reply(protocol.encode(_numbers(protocol.MAX_VALUES - 2, 0)))
    with pytest.raises(protocol.TooMuchError, match="more than 5,000 values"):
        protocol.decode_reply(protocol.encode(_numbers(protocol.MAX_VALUES - 1, 0)))


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_said_of_a_bad_message_holds_nothing_of_it(what: str) -> None:
    with pytest.raises(protocol.WireError) as raised:
        protocol.decode_reply(HOSTILE[what])
    assert len(str(raised.value)) < 100
    assert str(raised.value).isprintable()


def test_a_bad_array_is_found_wherever_it_stands() -> None:
    bad = protocol.Array(dtype="float32", shape=(3,), data=b"")
    hidden = protocol.Items(
        type_name="list", items=(protocol.Nothing(), protocol.Items(type_name="dict", items=(bad,)))
    )
    variable = protocol.Variable(name="x", value=hidden)
    for reply in (
        protocol.Returned(value=hidden, after=()),
        protocol.Returned(value=protocol.Nothing(), after=(protocol.Nothing(), hidden)),
        protocol.Loaded(functions=(), variables=(variable,), failures=(), printed=""),
    ):
        with pytest.raises(protocol.WireError, match="0 bytes"):
            protocol.decode_reply(protocol.encode(reply))


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
shapes = st.lists(st.integers(0, 4), max_size=3).map(tuple)
arrays = st.builds(
    lambda dtype, shape, origin: protocol.Array(
        dtype=dtype,
        shape=shape,
        data=b"\x7f" * (protocol.DTYPE_SIZES[dtype] * int(np.prod(shape))),
        origin=origin,
    ),
    st.sampled_from(sorted(protocol.DTYPE_SIZES)),
    shapes,
    st.sampled_from(["torch", "numpy"]),
)
leaves = st.one_of(
    arrays,
    st.builds(protocol.Number, value=st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats()),
    st.builds(protocol.Text, text=texts),
    st.builds(protocol.Nothing),
    st.builds(protocol.Opaque, type_name=names, text=texts),
)
values = st.one_of(
    leaves,
    st.lists(st.tuples(names, leaves), max_size=3, unique_by=lambda named: named[0]).flatmap(
        lambda named: st.builds(
            protocol.Items,
            type_name=names,
            items=st.just(tuple(leaf for _, leaf in named)),
            names=st.sampled_from([(), tuple(name for name, _ in named)]),
        )
    ),
)
replies = st.one_of(
    st.just(protocol.Ready()),
    st.builds(protocol.Started, statement=st.integers(0, 5), line=st.integers(0, 5)),
    st.builds(protocol.Raised, type_name=names, text=texts, line=st.none() | st.integers(0, 5), printed=texts),
    st.builds(protocol.Returned, value=values, after=st.lists(values, max_size=2).map(tuple), printed=texts),
    st.builds(
        protocol.Loaded,
        functions=st.just(()),
        variables=st.lists(
            st.builds(protocol.Variable, name=names, value=values), max_size=3, unique_by=lambda variable: variable.name
        ).map(tuple),
        failures=st.lists(
            st.builds(protocol.Failure, statement=st.integers(0, 5), line=st.integers(0, 5), type_name=names, text=texts),
            max_size=2,
        ).map(tuple),
        printed=texts,
    ),
)  # fmt: skip


@given(replies)
def test_every_message_arrives_as_it_was_sent(reply: Any) -> None:
    data = protocol.encode(reply)
    assert protocol.encode(protocol.decode_reply(data)) == data


@given(st.binary(max_size=200))
def test_noise_is_never_more_than_a_wire_error(data: bytes) -> None:
    try:
        reply = protocol.decode_reply(data)
    except protocol.WireError:
        return
    assert isinstance(
        reply, protocol.Ready | protocol.Started | protocol.Loaded | protocol.Returned | protocol.Raised
    )


@given(replies, st.data())
def test_a_mutated_message_is_a_message_or_a_wire_error_and_its_values_can_be_read(
    reply: Any, data: st.DataObject
) -> None:
    mutated = bytearray(protocol.encode(reply))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(mutated) - 1))
        mutated[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
        if not mutated:
            break
    try:
        received = protocol.decode_reply(bytes(mutated))
    except protocol.WireError:
        return
    if isinstance(received, protocol.Returned):
        for value in (received.value, *received.after):
            array_of(value)
    elif isinstance(received, protocol.Loaded):
        list(from_variables(received.variables))
        list(from_text(received.printed))


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int64", "int32", "uint8", "bool"])
def test_an_array_keeps_type_shape_and_values_on_its_way_there_and_back(dtype: str) -> None:
    sent = np.arange(6).reshape(2, 3).astype(dtype)
    tensor = from_wire(as_wire(sent))
    assert str(tensor.dtype) == f"torch.{dtype}"
    returned = to_wire(tensor)
    assert isinstance(returned, protocol.Array)
    assert (returned.dtype, returned.shape, returned.data) == (dtype, (2, 3), sent.tobytes())


def test_what_is_recorded_does_not_change_with_the_tensor() -> None:
    tensor = from_wire(as_wire(np.ones((2, 2), np.float32)))
    recorded = to_wire(tensor)
    tensor += 1
    assert isinstance(recorded, protocol.Array)
    assert struct.unpack("<4f", recorded.data) == (1.0, 1.0, 1.0, 1.0)


def test_views_and_transposes_are_recorded_as_they_read() -> None:
    A = np.arange(6, dtype=np.float32).reshape(2, 3)
    recorded = to_wire(from_wire(as_wire(A)).T[1:])
    assert isinstance(recorded, protocol.Array)
    assert np.array_equal(np.frombuffer(recorded.data, np.float32).reshape(recorded.shape), A.T[1:])


def test_what_cannot_cross_is_named_instead() -> None:
    import torch

    for value, word in (
        (object(), "object"),
        (10**30, "int"),
        (torch.eye(2).to_sparse(), "Tensor"),
        (torch.zeros(2, device="meta"), "Tensor"),
        (torch.zeros(2, dtype=torch.bfloat16), "Tensor"),
        (torch.zeros(protocol.MAX_NUMBERS + 1), "Tensor"),
    ):
        recorded = to_wire(value)
        assert isinstance(recorded, protocol.Opaque)
        assert recorded.type_name == word


def test_a_list_that_contains_itself_ends() -> None:
    endless: list[object] = []
    endless.append(endless)
    data = protocol.encode(protocol.Returned(value=to_wire(endless), after=()))
    assert isinstance(protocol.decode_reply(data), protocol.Returned)


def test_four_levels_of_nesting_are_read_and_five_are_not() -> None:
    assert isinstance(protocol.decode_reply(_nested(4)), protocol.Returned)
    with pytest.raises(protocol.WireError, match="four deep"):
        protocol.decode_reply(_nested(5))


CORPUS = (
    protocol.Ready(),
    protocol.Started(statement=3, line=7),
    protocol.Raised(type_name="ValueError", text="no", line=3, printed="1.5\n"),
    protocol.Returned(
        value=protocol.Items(
            type_name="tuple",
            items=(
                protocol.Array(dtype="float32", shape=(2, 3), data=bytes(24)),
                protocol.Number(value=0.25),
            ),
        ),
        after=(protocol.Text(text="x"), protocol.Nothing(), protocol.Opaque(type_name="object")),
    ),
    protocol.Loaded(
        functions=(
            protocol.FunctionInfo(
                name="f", line=1, parameters=(protocol.ParameterInfo(name="A", kind="positional_only"),)
            ),
        ),
        variables=(
            protocol.Variable(name="U", value=protocol.Array(dtype="int8", shape=(4,), data=bytes(4))),
        ),
        failures=(protocol.Failure(statement=1, line=2, type_name="E", text="t"),),
        printed="loss 0.1",
    ),
)


def _mutated(random: Random, data: bytes) -> bytes:
    """A message with some bytes replaced, inserted, removed or repeated, cut off, or noise instead."""
    if random.random() < 0.1:
        return random.randbytes(random.randrange(200))
    changed = bytearray(data)
    for _ in range(random.randrange(1, 6)):
        place = random.randrange(len(changed) + 1)
        kind = random.randrange(5)
        if kind == 0:
            changed[place : place + 1] = random.randbytes(1)
        elif kind == 1:  # lengths that promise more than follows
            changed[place : place + 5] = bytes([random.randrange(0xC0, 0xE0)]) + random.randbytes(4)
        elif kind == 2:
            del changed[place : place + random.randrange(8)]
        elif kind == 3:
            changed[place:place] = changed[: random.randrange(len(changed) + 1)]
        else:
            changed[place:] = random.randbytes(random.randrange(8))
    return bytes(changed[:4_000])


def _fuzz(messages: int, seed: int) -> int:
    random, corpus = Random(seed), [protocol.encode(message) for message in CORPUS]
    accepted = 0
    for _ in range(messages):
        try:
            protocol.decode_reply(_mutated(random, random.choice(corpus)))
        except protocol.WireError:
            continue
        accepted += 1
    return accepted


def test_mutated_messages_are_refused_or_read_and_take_no_memory_with_them() -> None:
    assert 0 < _fuzz(20_000, seed=1) < 20_000


@pytest.mark.slow
def test_a_million_mutated_messages_crash_nothing_and_take_no_memory_with_them() -> None:
    _fuzz(100_000, seed=2)
    before = psutil.Process().memory_info().rss
    assert 0 < _fuzz(1_000_000, seed=3) < 1_000_000
    assert psutil.Process().memory_info().rss - before < 20 * 1024**2
