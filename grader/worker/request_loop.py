"""Serve one student: load the file, make the calls, answer with the results.

Before every call, all generators are seeded and global switches that student code may have changed are reset,
so that no call depends on another.
"""

import builtins
import contextlib
import os
import random
import struct
import sys
import warnings
from functools import cache, partial
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from numpy.random import bit_generator

from grader import protocol
from grader.worker import numpy_names, stub_modules
from grader.worker.cpu_only import asks_for_a_gpu, on_cpu
from grader.worker.line_counter import counting
from grader.worker.module_loader import Loading, line_of, load, message_of
from grader.worker.output_capture import Capture
from grader.worker.safe_names import name_of
from grader.worker.shape_hints import shapes_at
from grader.worker.value_codec import Room, from_wire, to_wire

__all__ = ["serve", "settle"]

MAX_VALUES_RETURNED = 1_500
"""Returned values are read often: a history of every epoch is left out, and the factors beside it are kept."""

MAX_ERRORS = 20_000
"""Characters of what a program writes to stderr, of the end: some log their results there."""

_bit_generator: Any = bit_generator


def serve(channel: int, folder: str) -> None:
    """Answer requests on a descriptor until the grader closes its end.

    The first message says whether the worker is locked.
    """
    _send(channel, protocol.Ready())
    sys.path.append(folder)
    builtins.input = _no_input
    vars(builtins)["display"] = _display
    torch.compile = _as_it_is  # it would start a compiler, and changes only the speed
    finder = stub_modules.install()
    numpy_names.restore()
    capture, dropped = Capture(), Capture()
    filename = ""
    loading = Loading()
    while (request := _receive(channel)) is not None:
        if isinstance(request, protocol.Load):
            filename = request.filename
            _import_beside(folder, filename)
            settle(request.seed)
            if asks_for_a_gpu(request.code):
                on_cpu()
            with _captured(capture, dropped):
                loading = load(
                    request, folder, lambda started: _send(channel, started), lambda: capture.lines
                )
            settle(
                request.seed
            )  # fails if no further call could be made: then the last statement is left out
            missing = ", ".join(sorted(finder.used))
            notes: tuple[str, ...] = (
                (f"{missing} is not installed on the grading machine: its calls did nothing.",)
                if missing
                else ()
            )
            if asks_for_a_gpu(request.code):
                notes += ("The code asks for a graphics processor; it was run on the CPU.",)
            if loading.numpy_1:
                names = "`, `np.".join(loading.numpy_1)
                notes += (f"numpy 2 has no `np.{names}`; it was run with what numpy 1 means by it.",)
            reply: protocol.Reply = protocol.Loaded(
                functions=tuple(loading.functions),
                variables=tuple(loading.variables),
                failures=tuple(loading.failures),
                printed=capture.take(),
                notes=notes,
                record=loading.record,
                errors=dropped.take()[-MAX_ERRORS:],
            )
        else:
            reply = _call(request, loading, filename, capture, dropped)
        _send(channel, reply)


def _call(
    request: protocol.Call, loading: Loading, filename: str, capture: Capture, dropped: Capture
) -> protocol.Reply:
    positional = [from_wire(value) for value in request.positional]
    named = {name: from_wire(value) for name, value in request.named.items()}
    settle(request.seed)
    try:
        with _captured(capture, dropped), counting(filename, request.counted) as count:
            value = loading.callables[request.function](*positional, **named)
            room = Room(values=MAX_VALUES_RETURNED)
            after = tuple(to_wire(argument, room) for argument in (*positional, *named.values()))
            recorded = to_wire(value, room)
    except BaseException as error:  # a student's SystemExit must not end the worker
        return protocol.Raised(
            type_name=name_of(type(error)),
            text=message_of(error),
            line=line_of(error, filename),
            shapes=shapes_at(error, filename),
            printed=capture.take(),
        )
    return protocol.Returned(value=recorded, after=after, printed=capture.take(), lines=count.lines)


@contextlib.contextmanager
def _captured(capture: Capture, dropped: Capture) -> Any:
    """What is written to stderr is kept apart, since progress bars and warnings state no values."""
    if not dropped.is_open:
        dropped.take()
    with contextlib.redirect_stdout(capture.stream), contextlib.redirect_stderr(dropped.stream):
        yield


def _import_beside(folder: str, filename: str) -> None:
    """Let a file in a subfolder import its neighbours, as it does when run from there."""
    beside = str(Path(folder, filename).parent)
    if beside not in sys.path:
        sys.path.append(beside)


def settle(seed: int) -> None:
    """Seed every generator and reset every global switch, so that a call depends on nothing before it."""
    torch.default_generator.manual_seed(seed)  # skips the path through accelerators: 95 µs per call
    entropy = cache(partial(random.Random, seed))  # created only if something draws from it
    _bit_generator.randbits = lambda bits: entropy().getrandbits(
        bits
    )  # used by `default_rng()` without a seed
    torch.seed = torch.random.seed = lambda: torch.manual_seed(entropy().getrandbits(32)).initial_seed()
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.set_default_dtype(torch.float32)
    torch.set_num_threads(1)
    torch.set_grad_enabled(True)
    np.seterr(divide="warn", over="warn", under="ignore", invalid="warn")
    warnings.resetwarnings()
    warnings.simplefilter("ignore")


def _display(*objects: object, **options: object) -> None:
    """The `display` function of notebooks: its argument is output that may state values."""
    print(*objects, sep="\n")


def _as_it_is(model: Any = None, **options: Any) -> Any:
    return (lambda function: function) if model is None else model


def _no_input(prompt: object = "") -> str:
    raise EOFError("input() was called, but nobody can type while the lab is graded")


def _receive(channel: int) -> protocol.Request | None:
    header = _exactly(channel, 4)
    if header is None:
        return None
    body = _exactly(channel, struct.unpack("<I", header)[0])
    return None if body is None else protocol.decode_request(body)


def _exactly(channel: int, count: int) -> bytes | None:
    data = bytearray()
    while len(data) < count:
        chunk = os.read(channel, count - len(data))
        if not chunk:
            return None
        data += chunk
    return bytes(data)


def _send(channel: int, reply: protocol.Reply) -> None:
    body = protocol.encode(reply)
    if len(body) > protocol.MAX_REPLY_BYTES and not isinstance(reply, protocol.Ready | protocol.Started):
        reply = msgspec.structs.replace(reply, printed=reply.printed[-20_000:])
        if isinstance(reply, protocol.Loaded):
            reply = msgspec.structs.replace(reply, record=protocol.Record(), errors="")
        body = protocol.encode(reply)
    waiting = memoryview(struct.pack("<I", len(body)) + body)
    while waiting:
        waiting = waiting[os.write(channel, waiting) :]
