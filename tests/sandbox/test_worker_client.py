"""Workers that hang, die, lie or leave files cost only their current call."""

import os
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest

from grader import protocol, sources
from grader.core.errors import SandboxError
from grader.core.observation import Died, Observation, Probe, Uncallable
from grader.execution.bench import WorkerBench
from grader.execution.bench_context import BenchContext
from grader.execution.program import MAX_RESTARTS
from grader.lab import Function, Parameter
from grader.labkit import describe
from grader.sandbox.worker_client import ForkServer, Limits, Worker, temporary_workdir
from tests.support.command_line import Grade, environment
from tests.support.sampling import first_of_each
from tests.support.submissions import Handed
from tests.support.workers import LIMITS, WORK, OpenBench

A = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
OTHER = Function("other", (Parameter("A"),))
BOTH = (WORK, OTHER)
SHORT = Limits(call_seconds=0.5, submission_seconds=60.0, idle_factor=3.0, threads=8)

OTHER_CODE = """
        def other(A): return A + 1
        """


def observe(bench: WorkerBench, function: str = "work", attempt: int = 0) -> Observation:
    """One call with the matrix A."""
    return bench.observe(Probe(function, {"A": A}, seed=1, attempt=attempt))


def assert_other_works(bench: WorkerBench, attempt: int = 0) -> None:
    """`other(A)` still gives A + 1."""
    got = observe(bench, "other", attempt)
    assert isinstance(got, protocol.Returned), got
    assert isinstance(got.value, protocol.Array)
    assert got.value.data == (A + 1).tobytes()


DEATHS = {
    "an infinite loop": ("while True: pass", "time"),
    "waiting for nothing": ("import time; time.sleep(10_000)", "time"),
    "stopping itself": ("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", "time"),
    "leaving without a word": ("import os; os._exit(0)", "exit"),
    "leaving with a status": ("import os; os._exit(77)", "exit"),
    "a null pointer": ("import ctypes; ctypes.string_at(0)", "crash"),
    "killing itself": ("import os; os.kill(os.getpid(), 9)", "crash"),
    "aborting": ("import os; os.abort()", "crash"),
    "closing every descriptor": ("import os; os.closerange(0, 100)", "exit or crash"),
    "an announcement that never ends": ("import os; os.write(3, b'\\xff' * 100)", "protocol"),
    "too many threads": (
        "from threading import Thread, stack_size; from time import sleep; "
        "(stack_size(65536), [Thread(target=sleep, args=(60,), daemon=True).start() for _ in range(20)], sleep(60))",
        "resources",
    ),
    "noise on the line": ("import os; os.write(3, b'\\x04\\x00\\x00\\x00abcd')", "protocol"),
}


@pytest.mark.parametrize("what", DEATHS)
def test_a_death_costs_only_the_call_it_was_in(open_bench: OpenBench, what: str) -> None:
    statement, reason = DEATHS[what]
    bench = open_bench(
        f"""
        def work(A):
            {statement}
        {OTHER_CODE}""",
        functions=BOTH,
        limits=SHORT,
    )
    died = observe(bench)
    assert isinstance(died, Died), died
    assert died.reason in reason.split(" or "), died
    assert died.text
    assert_other_works(bench)


@pytest.mark.parametrize(
    "what", first_of_each(lambda w: DEATHS[w][1], [w for w in DEATHS if DEATHS[w][1] != "protocol"])
)
def test_a_death_while_the_file_is_loaded_loses_only_its_statement(open_bench: OpenBench, what: str) -> None:
    bench = open_bench(
        f"""
        before = 1.5
        {DEATHS[what][0]}
        after = 2.5
        {OTHER_CODE}""",
        functions=BOTH,
        limits=SHORT,
    )
    assert {f.name: float(f.values) for f in bench.stated_values} == {"before": 1.5, "after": 2.5}
    (lost,) = bench.loaded.failures
    assert lost.line == 3
    assert lost.text
    assert_other_works(bench)


def test_two_statements_that_hang_are_both_lost_and_nothing_else(open_bench: OpenBench) -> None:
    bench = open_bench(
        f"""
        while True: pass
        x = 1.5
        import os; os._exit(0)
        y = x + 1
        {OTHER_CODE}""",
        functions=BOTH,
        limits=SHORT,
    )
    assert [failure.line for failure in bench.loaded.failures] == [2, 4]
    assert {f.name: float(f.values) for f in bench.stated_values} == {"x": 1.5, "y": 2.5}
    assert_other_works(bench)


def test_memory_is_limited(open_bench: OpenBench) -> None:
    bench = open_bench(
        f"""
        def work(A):
            hoard = []
            while True:
                hoard.append(bytes(10_000_000))
        {OTHER_CODE}""",
        functions=BOTH,
        limits=Limits(call_seconds=20.0, memory=200_000_000),
    )
    got = observe(bench)
    assert isinstance(got, protocol.Raised), got
    assert got.type_name == "MemoryError"
    assert_other_works(bench)


@pytest.mark.parametrize(
    "hog",
    [
        "while True: kept.append('a' * 10**7)",
        "while True: kept.append(torch.ones(10**6))",
        "try:\n    while True: kept.append(bytes(10**7))\nexcept MemoryError: pass",
    ],
    ids=["texts", "tensors", "an exception that is caught"],
)
def test_a_statement_that_takes_all_memory_is_left_out_and_those_after_it_are_run(
    open_bench: OpenBench, hog: str
) -> None:
    code = "import torch\nkept = []\n" + hog + "\nx = 1.5\n" * 9 + "def work(A): return A + 1\n"
    bench = open_bench(code, limits=Limits(call_seconds=20.0, memory=300_000_000))
    (lost,) = bench.loaded.failures
    assert (lost.line, lost.text) == (3, "it used up all the memory it may have")
    assert isinstance(observe(bench), protocol.Returned)


def test_a_statement_that_asks_for_too_much_memory_once_loses_only_itself(open_bench: OpenBench) -> None:
    bench = open_bench("x = 1.5\ny = bytes(10**13)\nz = x + 1\n")
    assert {stated_value.name: float(stated_value.values) for stated_value in bench.stated_values} == {
        "x": 1.5,
        "z": 2.5,
    }
    assert [failure.type_name for failure in bench.loaded.failures] == ["MemoryError"]


def test_a_tensor_beyond_the_memory_limit_raises(open_bench: OpenBench) -> None:
    bench = open_bench("import torch\ndef work(A): return torch.ones(10**10)\n")
    assert isinstance(observe(bench), protocol.Raised)


def test_files_are_limited(open_bench: OpenBench) -> None:
    bench = open_bench(
        f"""
        def work(A):
            with open("big", "wb") as file:
                for _ in range(100):
                    file.write(bytes(1_000_000))
        {OTHER_CODE}""",
        functions=BOTH,
    )
    got = observe(bench)
    assert isinstance(got, Died | protocol.Raised), got
    assert_other_works(bench)


def test_recursion_without_end_is_an_exception_like_any_other(open_bench: OpenBench) -> None:
    got = observe(open_bench("def work(A): return work(A)\n"))
    assert isinstance(got, protocol.Raised)
    assert got.type_name == "RecursionError"


def test_a_program_that_dies_every_time_is_given_up_after_some_restarts(open_bench: OpenBench) -> None:
    bench = open_bench("import os\ndef work(A): os._exit(0)\n")
    reasons = []
    for attempt in range(MAX_RESTARTS + 3):
        died = observe(bench, attempt=attempt)
        assert isinstance(died, Died)
        reasons.append(died.reason)
    assert reasons == ["exit"] * (MAX_RESTARTS + 1) + ["stopped"] * 2


def test_a_submission_that_used_up_its_time_is_not_called_any_more(open_bench: OpenBench) -> None:
    bench = open_bench(
        f"""
        def work(A):
            while True: pass
        {OTHER_CODE}""",
        functions=BOTH,
        limits=Limits(call_seconds=0.5, submission_seconds=0.1, idle_factor=1.0),
    )
    observe(bench)
    died = observe(bench, "other")
    assert isinstance(died, Died)
    assert died.reason == "time"
    assert "all of it" in died.text


def test_a_probe_may_lower_the_limit_of_its_call(open_bench: OpenBench) -> None:
    bench = open_bench("def work(A):\n    while True: pass\n", limits=Limits(call_seconds=500.0))
    died = bench.observe(Probe("work", {"A": A}, 1, seconds=0.3))
    assert isinstance(died, Died)
    assert "0.3 seconds" in died.text


def test_the_same_call_is_made_once(open_bench: OpenBench) -> None:
    bench = open_bench("count = 0\ndef work(A):\n    global count\n    count += 1\n    return count\n")
    first, again, anew = observe(bench), observe(bench), observe(bench, attempt=1)
    assert isinstance(first, protocol.Returned) and isinstance(anew, protocol.Returned)
    assert first is again
    assert (first.value, anew.value) == (protocol.Number(value=1), protocol.Number(value=2))


COUNTED = """
        import torch
        made = 0
        def work(A):
            global made
            made += 1
            return A * torch.rand(1) + made
        """


def calls(count: int, size: int = 2) -> list[Probe]:
    """Calls that differ in the matrix they are given and in their seed."""
    return [Probe("work", {"A": np.full((size, size), n, np.float32)}, seed=n) for n in range(count)]


@pytest.mark.parametrize("size", [2, 100], ids=["small", "large"])
def test_calls_made_together_answer_what_they_answer_alone(open_bench: OpenBench, size: int) -> None:
    together, alone = (open_bench(COUNTED, limits=SHORT) for _ in range(2))
    together.expect(calls(40, size))
    answers = [together.observe(probe) for probe in calls(40, size)]
    assert answers == [alone.observe(probe) for probe in calls(40, size)]
    assert all(isinstance(answer, protocol.Returned) for answer in answers)


LOOKS = """
        import fcntl, os, select
        def found(A):
            os.set_blocking(3, False)
            try:
                return len(os.read(3, 1 << 20))
            except BlockingIOError:
                return 0
            finally:
                os.set_blocking(3, True)
        """


def test_while_a_call_runs_no_later_call_is_within_its_reach(open_bench: OpenBench) -> None:
    bench = open_bench(LOOKS + "\n        work = found\n", limits=SHORT)
    bench.expect(calls(40))
    answers = [bench.observe(probe) for probe in calls(40)]
    assert [getattr(answer, "value", answer) for answer in answers] == [protocol.Number(value=0)] * 40


def test_while_a_file_is_loaded_no_call_is_within_its_reach(open_bench: OpenBench) -> None:
    code = LOOKS + "\n        seen = found(0)\n        def work(A): return seen\n"
    answer = observe(open_bench(code, limits=SHORT))
    assert isinstance(answer, protocol.Returned) and answer.value == protocol.Number(value=0)


def test_calls_made_together_are_made_once_and_in_their_order(open_bench: OpenBench) -> None:
    bench = open_bench("made = []\ndef work(A):\n    made.append(int(A[0, 0]))\n    return list(made)")
    bench.expect(calls(3))
    bench.expect(calls(4))
    answer = bench.observe(calls(4)[3])
    assert isinstance(answer, protocol.Returned) and isinstance(answer.value, protocol.Items)
    assert [item.value for item in answer.value.items if isinstance(item, protocol.Number)] == [0, 1, 2, 3]


@pytest.mark.parametrize("what", DEATHS)
def test_a_death_among_calls_made_together_costs_only_its_own(open_bench: OpenBench, what: str) -> None:
    statement, reason = DEATHS[what]
    bench = open_bench(
        f"""
        def work(A):
            if A[0, 0] == 2:
                {statement}
            return A + 1
        """,
        limits=SHORT,
    )
    bench.expect(calls(5))
    answers = [bench.observe(probe) for probe in calls(5)]
    died = answers.pop(2)
    assert isinstance(died, Died) and died.reason in reason.split(" or "), died
    for answer, n in zip(answers, (0, 1, 3, 4), strict=True):
        assert isinstance(answer, protocol.Returned) and isinstance(answer.value, protocol.Array), answer
        assert answer.value.data == np.full((2, 2), n + 1, np.float32).tobytes()


def test_a_call_that_cannot_be_expressed_is_told_and_not_made(open_bench: OpenBench) -> None:
    bench = open_bench("def work(): return 1\n")
    assert isinstance(observe(bench), Uncallable)
    assert isinstance(observe(open_bench("x = 1\n")), Uncallable)


# --- lies -------------------------------------------------------------------------------------------------


def _framed(reply: protocol.Reply) -> bytes:
    body = protocol.encode(reply)
    return struct.pack("<I", len(body)) + body


BAD_ARRAY = protocol.Array(dtype="object", shape=(2, 2), data=b"")
BIG = protocol.Array(dtype="int8", shape=(20_000,), data=bytes(20_000))
MANY = protocol.Returned(
    value=protocol.Items(type_name="tuple", items=(BIG, BIG)), after=(protocol.Nothing(),)
)
TOLD = {
    "more than 1 MB": (struct.pack("<I", 1_000_001), "it returned more than 1 MB"),
    "more than 20,000 numbers": (_framed(MANY), "it returned more than 20,000 numbers"),
    "noise": (struct.pack("<I", 3) + b"abc", "it returned something that cannot be read"),
}


@pytest.mark.parametrize("what", TOLD)
def test_what_a_worker_may_not_send_is_told_in_a_sentence(open_bench: OpenBench, what: str) -> None:
    data, sentence = TOLD[what]
    bench = open_bench(
        f"import os\ndef work(A): os.write(3, {data!r})\n{OTHER_CODE.replace('        ', '')}", functions=BOTH
    )
    died = observe(bench)
    assert isinstance(died, Died) and died.text.startswith(sentence)
    assert_other_works(bench)


LARGE = {
    "a nested list": ("[[0.0] * 1000] * 1000, 0.0", "a list of more than 20,000 numbers"),
    "a tensor": ("__import__('torch').zeros(1000, 1000)", "more than 20,000 numbers"),
    "many matrices": ("[A] * 19_999", "a list of more than"),
}


@pytest.mark.parametrize("what", LARGE)
def test_a_function_that_returns_too_much_is_told_so_and_lives_on(open_bench: OpenBench, what: str) -> None:
    returned, words = LARGE[what]
    bench = open_bench(
        f"def work(A): return {returned}\n{OTHER_CODE.replace('        ', '')}", functions=BOTH
    )
    answer = observe(bench)
    assert isinstance(answer, protocol.Returned)
    assert words in describe(answer.value)
    assert_other_works(bench)


def test_variables_that_are_too_large_are_left_out_and_the_others_stay(open_bench: OpenBench) -> None:
    bench = open_bench(
        """
        import torch
        data = torch.zeros(500, 100)
        curves = [[float(n)] * 9_000 for n in range(1)] * 5
        one, two, three = (torch.full((90, 100), float(n)) for n in range(3))
        U, V, loss = torch.ones(3, 2), torch.ones(3, 2), 0.25
        """
    )
    found = {stated_value.name for stated_value in bench.stated_values}
    assert {"U", "V", "loss", "one", "two"} == found
    assert not bench.loaded.failures


LIES = {
    "an array of objects": _framed(protocol.Returned(value=BAD_ARRAY, after=(protocol.Nothing(),))),
    "more arguments than were given": _framed(protocol.Returned(value=protocol.Nothing(), after=(protocol.Nothing(),) * 9)),
    "fewer arguments than were given": _framed(protocol.Returned(value=protocol.Nothing(), after=())),
    "an answer to another question": _framed(protocol.Loaded(functions=(), variables=(), failures=(), printed="")),
    "progress without end": _framed(protocol.Started(statement=1, line=10**9)) * 50 + b"\xff\xff",
    "progress to no statement": _framed(protocol.Started(statement=-1, line=1)),
    "being new again": _framed(protocol.Ready()),
    "an exception at a line that is not there": _framed(protocol.Raised(type_name="E", text="", line=-(10**9))),
    "an empty message": struct.pack("<I", 0),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_lying_worker_costs_at_most_one_call_more_and_breaks_nothing(
    open_bench: OpenBench, lie: str
) -> None:
    bench = open_bench(
        f"""
        import os
        def work(A):
            os.write(3, {LIES[lie]!r})
            os._exit(0)
        {OTHER_CODE}""",
        functions=BOTH,
        limits=SHORT,
    )
    assert isinstance(observe(bench), Died | protocol.Raised)
    observe(bench, "other")
    assert_other_works(bench, attempt=1)


def test_functions_that_are_not_there_can_be_announced_but_not_called(open_bench: OpenBench) -> None:
    kinds: tuple[protocol.Kind, ...] = ("positional_or_keyword", "var_keyword")
    functions = tuple(
        protocol.FunctionInfo(
            name="work", line=10**9, parameters=(protocol.ParameterInfo(name="A", kind=kind),)
        )
        for kind in kinds
    )
    forged = _framed(protocol.Loaded(functions=functions, variables=(), failures=(), printed=""))
    bench = open_bench(f"import os, time\nos.write(3, {forged!r})\ntime.sleep(10_000)\n", limits=SHORT)
    assert len(bench.loaded.functions) == 2
    assert isinstance(observe(bench), Died | Uncallable | protocol.Raised)


def test_prints_and_errors_of_a_worker_reach_no_stream_of_ours(
    open_bench: OpenBench, capfd: pytest.CaptureFixture[str]
) -> None:
    bench = open_bench(
        """
        import os, sys
        def work(A):
            for stream in (sys.__stdout__, sys.__stderr__):
                print("forged", file=stream, flush=True)
            os.write(1, b"forged")
            os.write(2, b"forged")
            return A
        """
    )
    assert isinstance(observe(bench), protocol.Returned)
    assert capfd.readouterr() == ("", "")


# --- what is left behind ----------------------------------------------------------------------------------


def eventually(gone: Callable[[], bool]) -> bool:
    """Whether something the kernel does in its own time comes true before long."""
    deadline = time.monotonic() + 90
    while not gone() and time.monotonic() < deadline:
        time.sleep(0.02)
    return gone()


def running(word: str) -> list[psutil.Process]:
    """Processes with the word in their command line, zombies left out."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if word in (process.info["cmdline"] or []) and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


PROGRAMS = {
    "a child": "subprocess.Popen(['sleep', WORD])",
    "a child in a session of its own": "subprocess.Popen(['sleep', WORD], start_new_session=True)",
    "a grandchild without a parent": """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("sleep", ["sleep", WORD])
    os._exit(0)
""",
    "a stopped child": "os.kill(subprocess.Popen(['sleep', WORD]).pid, 19)",
    "a child that ignores signals": "subprocess.Popen(['sh', '-c', 'trap \"\" TERM HUP INT; sleep ' + WORD])",
}


@pytest.mark.parametrize("what", PROGRAMS)
def test_programs_a_student_started_end_with_the_worker(
    handed_in: Handed, free_fork_server: ForkServer, what: str
) -> None:
    word = f"{10_000_000 + os.getpid()}"
    folder = handed_in({"lab.py": ""})
    worker = Worker(free_fork_server, folder, LIMITS)
    code = f"import os, subprocess\nWORD = '{word}'\n{PROGRAMS[what]}\n"
    loaded, _ = worker.ask(protocol.Load(code=code, filename="lab.py", seed=1), 5.0)
    assert isinstance(loaded, protocol.Loaded)
    assert loaded.failures == ()
    assert eventually(lambda: bool(running(word)))
    worker.close()
    assert eventually(lambda: not running(word))


def test_programs_left_behind_end_with_the_fork_server(handed_in: Handed) -> None:
    word = f"{30_000_000 + os.getpid()}"
    with ForkServer("process") as fork_server:
        worker = Worker(fork_server, handed_in({"lab.py": ""}), LIMITS)
        code = f"import os, subprocess\nWORD = '{word}'\n{PROGRAMS['a grandchild without a parent']}\n"
        worker.ask(protocol.Load(code=code, filename="lab.py", seed=1), 5.0)
        assert eventually(lambda: bool(running(word)))
    assert eventually(lambda: not running(word))


def test_a_fork_server_takes_its_workers_with_it(handed_in: Handed) -> None:
    folder = handed_in({"lab.py": ""})
    with ForkServer() as fork_server:
        worker = Worker(fork_server, folder, LIMITS)
        loaded, _ = worker.ask(protocol.Load(code="x = 1", filename="lab.py", seed=1), 5.0)
        assert isinstance(loaded, protocol.Loaded)
        process = psutil.Process(worker._pid)
        assert process.is_running()
    assert eventually(lambda: not process.is_running())


def test_a_worker_is_started_again_after_its_fork_server_was_killed(handed_in: Handed) -> None:
    folder = handed_in({"lab.py": ""})
    with ForkServer("process") as fork_server:
        first = Worker(fork_server, folder, LIMITS)
        code = "import os\nos.kill(os.getppid(), 9)\n"
        first.ask(protocol.Load(code=code, filename="lab.py", seed=1), 5.0)
        first.close()
        second = Worker(fork_server, folder, LIMITS)
        loaded, _ = second.ask(protocol.Load(code="x = 1", filename="lab.py", seed=1), 5.0)
        assert isinstance(loaded, protocol.Loaded)
        second.close()


def test_a_worker_sees_a_private_copy_that_is_removed(handed_in: Handed) -> None:
    root = handed_in({"lab.py": "", "data/numbers.txt": "1 2 3", "huge.bin": bytes(2_000)})
    files = [root / "lab.py", root / "data/numbers.txt", root / "huge.bin"]
    with temporary_workdir(root, files, most=1_000) as folder:
        assert folder != root
        assert (folder / "data/numbers.txt").read_text() == "1 2 3"
        assert not (folder / "huge.bin").exists()
        (folder / "lab.py").write_text("changed")
    assert not folder.exists()
    assert (root / "lab.py").read_text() == ""


def test_nothing_is_left_after_a_run_of_a_messy_class(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    word = f"{20_000_000 + os.getpid()}"
    folder = handed_in(
        {
            "hangs/lab.py": "while True: pass\n",
            "starts/lab.py": f"import subprocess\nsubprocess.Popen(['sleep', '{word}'])\n",
            "dies/lab.py": "import os\nos.abort()\n",
            "writes/lab.py": "open('a', 'w').write('x')\nimport tempfile\ntempfile.mkdtemp()\n",
        }
    )
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = grade(
        folder, "--exercise", "2.1", "--time-limit", "0.5", "--out", tmp_path / "out", "--isolation", "process", env={"TMPDIR": str(temporary)}
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Isolation is `process`" in done.stderr
    assert list(temporary.iterdir()) == []
    assert eventually(lambda: not running(word))
    assert sorted(file.name for file in folder.rglob("*") if file.is_file()) == ["lab.py"] * 4


def test_a_grader_that_is_killed_takes_its_workers_with_it(handed_in: Handed, tmp_path: Path) -> None:
    folder = handed_in({"hangs/lab.py": "open('begun', 'w').close()\nwhile True: pass\n"})
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    command = [sys.executable, "-m", "grader.cli", folder, "--out", tmp_path / "out", "--time-limit", "100"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment(TMPDIR=str(temporary)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running_grade:
        assert eventually(lambda: any(temporary.glob("*/begun")))
        others = psutil.Process(running_grade.pid).children(recursive=True)
        assert len(others) >= 2
        running_grade.kill()
    assert eventually(lambda: not any(process.is_running() for process in others))


# --- the process that starts workers ----------------------------------------------------------------------


@pytest.mark.slow
def test_a_stopped_fork_server_is_replaced_and_its_workers_calls_are_made_again(
    handed_in: Handed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.sandbox.fork_client.ANSWER_SECONDS", 0.5)
    folder = handed_in({"lab.py": OTHER_CODE.replace("        ", "")})
    source = sources.read(folder / "lab.py", "lab.py")
    with ForkServer("process") as fork_server:
        bench = WorkerBench(
            BenchContext(
                fork_server=fork_server, folder=folder, source=source, functions=BOTH, limits=LIMITS, seed=1
            )
        )
        assert_other_works(bench)
        program = bench._program
        assert program is not None and program._worker is not None
        psutil.Process(program._worker._pid).parent().suspend()
        program.close()
        assert_other_works(bench, attempt=1)
        assert fork_server.generation == 1
        bench.close()


@pytest.mark.slow
def test_who_ends_the_fork_server_costs_others_nothing(
    handed_in: Handed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.execution.program.MAX_LOSSES", 2)
    code = "import os, time\ndef other(A):\n    os.kill(os.getppid(), 9)\n    time.sleep(60)\n"
    killer = handed_in({"lab.py": code}, "killer")
    honest = handed_in({"lab.py": OTHER_CODE.replace("        ", "")}, "honest")
    with ForkServer("process") as fork_server:
        benches = [
            WorkerBench(
                BenchContext(
                    fork_server=fork_server,
                    folder=folder,
                    source=sources.read(folder / "lab.py", "lab.py"),
                    functions=BOTH,
                    limits=LIMITS,
                    seed=1,
                )
            )
            for folder in (killer, honest)
        ]
        assert isinstance(observe(benches[0], "other"), Died)
        assert_other_works(benches[1])
        for bench in benches:
            bench.close()


def test_a_worker_that_cannot_be_locked_in_is_our_fault_and_runs_nothing(
    handed_in: Handed, tmp_path: Path
) -> None:
    marker = tmp_path / "ran"
    with ForkServer() as fork_server, pytest.raises(SandboxError):
        worker = Worker(fork_server, tmp_path / "no such folder", LIMITS)
        worker.ask(protocol.Load(code=f"open({str(marker)!r}, 'w')", filename="lab.py", seed=1), 5.0)
    assert not marker.exists()


SMALL_DISK = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
os.execv(sys.executable, [sys.executable, "-m", "grader.cli", *sys.argv[1:]])
"""
"""Starts the grader where no file can grow beyond 3000 bytes."""


@pytest.mark.slow
def test_a_full_disk_is_told_in_a_sentence_and_leaves_no_half_files(
    handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in({"one/lab.py": "def truncated_svd(A, rank): return A\n"})
    command = [sys.executable, "-c", SMALL_DISK, folder, "--exercise", "2.1", "--out", tmp_path / "out"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert "could not be used (File too large)" in done.stderr
    assert not list((tmp_path / "out").rglob("*.tmp"))
