"""The total allowance of a submission: counted over its calls, restarts, programs and edited versions."""

import numpy as np
import pytest

from grader import protocol
from grader.core.observation import Died, Probe
from grader.diagnosis.repair_search import search
from grader.execution.bench import WorkerBench
from grader.execution.bench_context import BenchContext
from grader.execution.check_runner import run_checks
from grader.sandbox.allowance import Allowance, Spending
from grader.sandbox.worker_client import ForkServer, Limits, Worker
from reference import LAB
from tests.support.submissions import Handed
from tests.support.workers import WORK, OpenBench

BURNS = """
import os, time
def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end: pass
"""
"""Defines what takes so many seconds of CPU, on a busy machine too."""

SHORT = Limits(call_seconds=5.0, submission_seconds=0.5, idle_factor=100.0)


def ask(bench: WorkerBench, number: int) -> object:
    """One call, told apart from others by its number."""
    return bench.observe(Probe("work", {"A": number}, seed=1))


def asked_until_it_is_over(bench: WorkerBench) -> list[object]:
    """What the calls give, each of which uses a part of the whole, up to the first that ends for it."""
    answers = []
    for number in range(20):
        answers.append(ask(bench, number))
        if isinstance(answers[-1], Died) and "all of it together" in answers[-1].text:
            return answers
    raise AssertionError(answers)


def test_calls_that_are_each_within_their_limit_end_where_all_together_are_not(open_bench: OpenBench) -> None:
    bench = open_bench(BURNS + "def work(A):\n    burn(0.2)\n    return A\n", limits=SHORT)
    *before, over = asked_until_it_is_over(bench)
    assert 1 <= len(before) <= 3
    assert isinstance(over, Died)
    assert (over.reason, over.text) == ("time", "all of it together took longer than 0.5 seconds")
    assert isinstance(ask(bench, 99), Died)
    assert isinstance(ask(bench, 0), protocol.Returned), "what was observed stands"


def test_restarts_are_paid_from_the_same_allowance(open_bench: OpenBench) -> None:
    code = BURNS + "burn(0.2)\ndef work(A):\n    os._exit(0)\n"
    bench = open_bench(code, limits=SHORT)
    for number in range(6):
        ask(bench, number)
    assert bench.spending.files.is_used_up


@pytest.mark.slow
def test_statements_that_are_each_within_their_limit_end_where_all_together_are_not(
    open_bench: OpenBench,
) -> None:
    limits = Limits(call_seconds=5.0, submission_seconds=2.5, idle_factor=100.0)
    code = BURNS + "x = 1.5\n" + "burn(1.1)\n" * 20 + "y = 2.5\ndef work(A): return A\n"
    bench = open_bench(code, limits=limits)
    (lost,) = bench.loaded.failures
    assert "all of it together took longer than 2.5 seconds" in lost.text
    assert bench.spending.files.is_used_up and not bench.spending.calls.is_used_up
    assert [stated_value.name for stated_value in bench.stated_values] == ["x"]
    assert isinstance(ask(bench, 1), protocol.Returned), "definitions behind it are there all the same"


def test_programs_beside_are_paid_from_the_same_allowance(handed_in: Handed, fork_server: ForkServer) -> None:
    from grader.sources.selection import choose
    from grader.submissions.discovery import one

    files = {"lab1.py": "x = 1.5\n"} | {f"part{n}.py": BURNS + f"burn(0.3)\ny{n} = {n}.5\n" for n in range(6)}
    submission = one(handed_in(files))
    source, _ = choose(submission, (WORK,), fork_server.readers)
    assert source is not None and len(source.beside) > 3
    spending = Spending(SHORT)
    bench = WorkerBench(
        BenchContext(
            fork_server=fork_server,
            folder=submission.root,
            source=source,
            functions=(WORK,),
            limits=SHORT,
            seed=1,
        ),
        spending,
    )
    bench.close()
    assert spending.files.is_used_up
    assert (
        0
        < len([stated_value for stated_value in bench.stated_values if stated_value.name.startswith("y")])
        <= 2
    )


def test_waiting_is_paid_on_the_clock(handed_in: Handed, fork_server: ForkServer) -> None:
    allowance = Allowance(cpu=100.0, clock=0.2)
    worker = Worker(fork_server, handed_in({"lab.py": ""}), Limits(), allowance)
    died, _ = worker.ask(
        protocol.Load(code="import time\ntime.sleep(1000)\n", filename="lab.py", seed=1), 100.0
    )
    assert isinstance(died, Died) and died.reason == "time"
    assert allowance.is_used_up


def test_a_worker_that_announces_one_statement_after_the_other_is_ended(
    handed_in: Handed, fork_server: ForkServer
) -> None:
    """Each statement has its own limit, so that a file without end would have time without end."""
    code = """
import os, struct, time, msgspec
for number in range(5, 10**9):
    body = msgspec.msgpack.encode({"type": "Started", "statement": number, "line": 1})
    os.write(3, struct.pack("<I", len(body)) + body)
    time.sleep(0.01)
"""
    worker = Worker(fork_server, handed_in({"lab.py": ""}), Limits(), Allowance(cpu=100.0, clock=100.0))
    died, _ = worker.ask(protocol.Load(code=code, filename="lab.py", seed=1), 100.0)
    assert isinstance(died, Died) and died.reason == "protocol"
    worker = Worker(fork_server, handed_in({"lab.py": ""}), Limits(), Allowance(cpu=100.0, clock=0.5))
    died, _ = worker.ask(protocol.Load(code=code + "#" * 10**6, filename="lab.py", seed=1), 100.0)
    assert isinstance(died, Died) and died.reason == "time"


def test_the_search_for_repairs_has_an_allowance_of_its_own(open_bench: OpenBench) -> None:
    wrong = """
        import torch
        def truncated_svd(A, rank):
            U, S, Vh = torch.linalg.svd(A, full_matrices=False)
            return U[:, :rank] @ torch.diag(S[:rank]) @ Vh[1:rank + 1]
        """
    exercise = {each.id: each for each in LAB.exercises(LAB.seed)}["2.1"]
    bench = open_bench(wrong, functions=LAB.functions)
    results = run_checks(exercise, bench)
    left = bench.spending.calls.cpu
    assert search(exercise, LAB.functions, bench, results).candidates > 2
    assert bench.spending.search.cpu < Limits().search_seconds
    assert bench.spending.calls.cpu == left
    bench.spending.search.pay(cpu=1000.0, clock=0.0)
    ended = search(exercise, LAB.functions, bench, results)
    assert ended.candidates <= 2 and ended.repairs == ()
    assert run_checks(exercise, bench) == results


# --- memory of ours ---------------------------------------------------------------------------------------


def test_a_submission_whose_answers_fill_what_is_kept_is_told_so(
    handed_in: Handed, fork_server: ForkServer
) -> None:
    folder = handed_in({"lab.py": ""})
    from grader import sources

    (folder / "lab.py").write_text("import torch\ndef work(A): return torch.zeros(100, 100)\n")
    spending = Spending(Limits(), most_held=100_000)
    bench = WorkerBench(
        BenchContext(
            fork_server=fork_server,
            folder=folder,
            source=sources.read(folder / "lab.py", "lab.py"),
            functions=(WORK,),
            limits=Limits(),
            seed=1,
        ),
        spending,
    )
    answers = [ask(bench, number) for number in range(5)]
    bench.close()
    kinds = [type(answer) for answer in answers]
    assert kinds == [protocol.Returned] * 2 + [Died] * 3
    assert answers[-1].text == "all that it returned together is more than is kept"
    assert ask(bench, 0) == answers[0]


@pytest.mark.parametrize(
    "value",
    [
        protocol.Array(dtype="float64", shape=(100, 100), data=bytes(80_000)),
        protocol.Text(text="x" * 20_000),
        protocol.Items(type_name="list", items=(protocol.Number(value=1.0),) * 4_000),
        protocol.Items(
            type_name="dict",
            items=(protocol.Nothing(),) * 1_000,
            names=tuple(f"{n:0100}" for n in range(1_000)),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_counted_as_kept_is_no_less_than_what_is_kept(value: protocol.Value) -> None:
    import tracemalloc

    data = protocol.encode(protocol.Returned(value=value, after=()))
    tracemalloc.start()
    reply = protocol.decode_reply(data)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert protocol.kept_bytes(reply) >= 0.9 * taken


def test_an_honest_submission_uses_little_of_what_is_kept(open_bench: OpenBench) -> None:
    code = """
        import torch
        def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
            U, V, losses = torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank), []
            for epoch in range(num_epochs):
                for r in range(A.shape[0]):
                    for c in range(A.shape[1]):
                        e = A[r, c] - U[r] @ V[c]
                        U[r], V[c] = U[r] + lr * e * V[c], V[c] + lr * e * U[r]
                losses.append(((A - U @ V.T) ** 2).sum())
            return U, V, losses
        """
    bench = open_bench(code, functions=LAB.functions, limits=Limits())
    run_checks(LAB.exercises(LAB.seed)[0], bench)
    assert not bench.spending.is_full
    assert np.isfinite(bench.spending.calls.cpu)


def test_all_that_is_kept_of_one_submission_is_less_than_64_megabytes(open_bench: OpenBench) -> None:
    import tracemalloc

    code = """
        import torch
        rows = {str(n): torch.rand(100, 100).tolist() for n in range(40)}
        for n in range(300):
            print(torch.rand(3, 3).tolist(), n)
        def work(A):
            return torch.rand(100, 100)
        """
    tracemalloc.start()
    bench = open_bench(code, limits=Limits())
    for number in range(500):
        answer = ask(bench, number)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(answer, Died) and bench.spending.is_full
    assert kept < 64e6
