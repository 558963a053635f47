"""Execute a student's file statement by statement: which statements fail, and what is found and noted."""

import numpy as np
import pytest

from grader import protocol
from grader.core.observation import Observation, Probe
from grader.execution.bench import WorkerBench
from grader.lab import Function, Parameter
from tests.support.workers import WORK, OpenBench

A = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)


def work(bench: WorkerBench, seed: int = 1) -> Observation:
    """What `work(A)` gives."""
    return bench.observe(Probe("work", {"A": A}, seed))


def matrix(observation: Observation) -> np.ndarray:
    """The matrix a call returned."""
    assert isinstance(observation, protocol.Returned), observation
    assert isinstance(observation.value, protocol.Array), observation.value
    data = observation.value
    return np.frombuffer(data.data, data.dtype).reshape(data.shape)


def stated_value(bench: WorkerBench, name: str) -> float:
    """The number that a variable holds."""
    (found,) = (f for f in bench.stated_values if f.origin == f"variable `{name}`")
    return float(found.values)


def test_a_statement_that_raises_loses_only_itself(open_bench: OpenBench) -> None:
    bench = open_bench(
        """
        before = 1.5
        lost = 1 / 0
        after = before + 1
        def work(A): return A * after
        """
    )
    (failure,) = bench.loaded.failures
    assert (failure.line, failure.type_name) == (3, "ZeroDivisionError")
    assert stated_value(bench, "after") == 2.5
    assert np.array_equal(matrix(work(bench)), A * 2.5)


def test_an_error_inside_a_function_is_told_with_the_line_it_happened_in(open_bench: OpenBench) -> None:
    bench = open_bench(
        """
        def helper(x):
            y = x
            return y.no_such_thing
        result = helper(3)
        def work(A):
            return helper(A)
        """
    )
    (failure,) = bench.loaded.failures
    assert (failure.line, failure.type_name) == (4, "AttributeError")
    raised = work(bench)
    assert isinstance(raised, protocol.Raised)
    assert (raised.line, raised.type_name) == (4, "AttributeError")


def test_a_package_that_is_not_installed_loses_only_what_uses_it(open_bench: OpenBench) -> None:
    bench = open_bench(
        """
        import no_such_package
        x = no_such_package.magic()
        y = 2.0
        def work(A): return A
        """
    )
    assert [(f.line, f.type_name) for f in bench.loaded.failures] == [
        (2, "ModuleNotFoundError"),
        (3, "NameError"),
    ]
    assert "no_such_package" in bench.loaded.failures[0].text
    assert stated_value(bench, "y") == 2.0
    assert np.array_equal(matrix(work(bench)), A)


def test_sys_exit_ends_a_statement_and_not_the_file(open_bench: OpenBench) -> None:
    bench = open_bench("import sys\nsys.exit('done')\nx = 1.5\ndef work(A): sys.exit(3)\n")
    assert [(f.line, f.type_name) for f in bench.loaded.failures] == [(2, "SystemExit")]
    assert stated_value(bench, "x") == 1.5
    raised = work(bench)
    assert isinstance(raised, protocol.Raised)
    assert raised.type_name == "SystemExit"


def test_the_body_of_the_main_guard_is_run_statement_by_statement(open_bench: OpenBench) -> None:
    bench = open_bench(
        """
        def work(A): return A
        if __name__ == "__main__":
            first = 1.5
            lost = undefined
            last = first + 1
        """
    )
    assert [(f.line, f.type_name) for f in bench.loaded.failures] == [(5, "NameError")]
    assert stated_value(bench, "last") == 2.5


@pytest.mark.parametrize(
    "guard", ["if '__main__' == __name__:", 'if __name__=="__main__" :', "if (__name__ == '__main__'):"]
)
def test_the_main_guard_may_be_written_in_any_way(open_bench: OpenBench, guard: str) -> None:
    bench = open_bench(f"def work(A): return A\n{guard}\n    lost = undefined\n    x = 1.5\n")
    assert stated_value(bench, "x") == 1.5


def test_other_conditions_are_no_main_guard(open_bench: OpenBench) -> None:
    bench = open_bench(
        """
        def work(A): return A
        if __name__ != "__main__":
            x = 1.5
        if __name__ == "__main__":
            y = 2.5
        else:
            y = 3.5
        """
    )
    assert [f.name for f in bench.stated_values] == ["y"]
    assert stated_value(bench, "y") == 2.5


def test_a_main_function_is_run_and_what_it_prints_is_read(open_bench: OpenBench) -> None:
    bench = open_bench(
        """
        def work(A): return A
        def main():
            print("loss", 0.125)
        if __name__ == "__main__":
            main()
        """
    )
    (printed,) = bench.stated_values
    assert (float(printed.values), printed.name) == (0.125, "loss")


def test_helper_modules_in_the_same_folder_can_be_imported(open_bench: OpenBench) -> None:
    bench = open_bench(
        "from my_helpers import twice\nimport tools.more\ndef work(A): return twice(A) + tools.more.ONE\n",
        others={"my_helpers.py": "def twice(x):\n    return 2 * x\n", "tools/more.py": "ONE = 1\n"},
    )
    assert bench.loaded.failures == ()
    assert np.array_equal(matrix(work(bench)), 2 * A + 1)


def test_a_function_asked_for_may_live_in_a_helper_module(open_bench: OpenBench) -> None:
    bench = open_bench(
        "from my_helpers import *\n", others={"my_helpers.py": "def work(A):\n    return A + 1\n"}
    )
    assert np.array_equal(matrix(work(bench)), A + 1)


def test_a_function_imported_from_a_library_is_not_taken_for_the_students(open_bench: OpenBench) -> None:
    bench = open_bench("from torch.linalg import svd as work\nfrom numpy.linalg import norm\n")
    assert bench.locate(WORK) is None


@pytest.mark.parametrize("name", ["torch", "json", "numpy", "random", "msgspec", "grader"])
def test_a_file_named_like_a_package_does_not_stand_in_for_it(open_bench: OpenBench, name: str) -> None:
    bench = open_bench(
        "import torch, json, numpy, random\n"
        "x = float(json.loads('1.5')) + float(numpy.ones(1)[0]) + float(torch.ones(1)) + random.randint(1, 1)\n"
        "def work(A): return torch.clone(A)\n",
        others={f"{name}.py": "raise RuntimeError('shadowed')\n", f"{name}/__init__.py": "1 / 0\n"},
    )
    assert bench.loaded.failures == ()
    assert stated_value(bench, "x") == 4.5
    assert np.array_equal(matrix(work(bench)), A)


def test_the_file_itself_may_be_named_like_a_package(open_bench: OpenBench) -> None:
    bench = open_bench("import torch\ndef work(A): return torch.clone(A)\n", name="torch.py")
    assert np.array_equal(matrix(work(bench)), A)


def test_plots_and_progress_bars_are_harmless(open_bench: OpenBench) -> None:
    bench = open_bench(
        """
        import matplotlib.pyplot as plt
        import seaborn as sns
        from tqdm import tqdm, trange
        from tqdm.auto import tqdm as auto
        plt.style.use("ggplot")
        def work(A):
            fig, ax = plt.subplots()
            fig, (left, right) = plt.subplots(1, 2, figsize=(3, 4))
            for i in tqdm(range(2), desc="steps"):
                A = A + 1
                ax.plot([i], [i], label="x")[0].set_color("red")
            for i in trange(3):
                A = A + 1
            with auto(total=5) as bar:
                bar.update(1)
            sns.heatmap(A)
            plt.show()
            return A
        x = 1.5
        """
    )
    assert bench.loaded.failures == ()
    assert np.array_equal(matrix(work(bench)), A + 5)
    (note,) = bench.loaded.notes
    assert "matplotlib" in note and "tqdm" in note


def test_a_file_that_plots_nothing_gets_no_note(open_bench: OpenBench) -> None:
    assert open_bench("def work(A): return A\n").loaded.notes == ()


def test_input_raises_at_once_instead_of_waiting_for_a_person(open_bench: OpenBench) -> None:
    bench = open_bench("rank = int(input('rank? '))\nx = 1.5\ndef work(A): return input()\n")
    assert [(f.line, f.type_name) for f in bench.loaded.failures] == [(1, "EOFError")]
    assert "input()" in bench.loaded.failures[0].text
    raised = work(bench)
    assert isinstance(raised, protocol.Raised)
    assert raised.type_name == "EOFError"


def test_the_beginning_and_the_end_of_a_flood_of_output_are_kept(open_bench: OpenBench) -> None:
    bench = open_bench(
        """
        print("first", 1.25)
        for _ in range(100):
            print("x" * 1_000_000)
        print("last", 2.25)
        def work(A):
            for _ in range(100):
                print("y" * 1_000_000)
            return A
        """
    )
    assert [(f.name, float(f.values)) for f in bench.stated_values] == [("first", 1.25), ("last", 2.25)]
    assert len(bench.loaded.printed) < 1_000_000
    returned = work(bench)
    assert np.array_equal(matrix(returned), A)
    assert isinstance(returned, protocol.Returned)
    assert len(returned.printed) < 1_000_000


@pytest.mark.parametrize(
    "switch",
    [
        "torch.set_default_dtype(torch.float64)",
        "torch.set_num_threads(7)",
        "torch.set_grad_enabled(False)",
        "torch.manual_seed(99)",
        "np.random.seed(5); random.seed(5)",
        "np.seterr(all='raise')",
        "warnings.simplefilter('error')",
    ],
)
@pytest.mark.parametrize("where", ["file", "call"])
def test_switches_turned_in_one_place_do_not_disturb_the_next_call(
    open_bench: OpenBench, switch: str, where: str
) -> None:
    plain = """
        import random, warnings
        import numpy as np
        import torch
        def work(A):
            w = torch.rand(2, 2, requires_grad=True)
            (w * w).sum().backward()
            warnings.warn("mind the gap")
            x = np.float64(1.0) / np.float64(0.0) > 1
            state = [torch.get_num_threads(), random.random(), np.random.rand(), float(x)]
            return w.detach().double(), torch.tensor(state, dtype=torch.float64), w.grad.double()
        """
    turned = plain + {
        "file": f"{switch}\n",
        "call": f"def turn(A):\n            {switch}\n",
    }[where].replace("\n", "\n        ")
    functions = (WORK, Function("turn", (Parameter("A"),)))
    undisturbed = open_bench(plain)
    disturbed = open_bench(turned, functions=functions)
    if where == "call":
        assert isinstance(disturbed.observe(Probe("turn", {"A": A}, 1)), protocol.Returned)
    expected, got = work(undisturbed), work(disturbed)
    assert isinstance(expected, protocol.Returned), expected
    assert isinstance(got, protocol.Returned), got
    assert got.value == expected.value


def test_two_calls_with_one_seed_draw_the_same_numbers_and_with_another_others(
    open_bench: OpenBench,
) -> None:
    bench = open_bench(
        """
        import random, numpy as np, torch
        def work(A):
            return torch.tensor([
                torch.rand(1).item(), np.random.rand(), random.random(), np.random.default_rng().random()
            ], dtype=torch.float64)
        """
    )
    first = matrix(bench.observe(Probe("work", {"A": A}, 1)))
    again = matrix(bench.observe(Probe("work", {"A": A}, 1, attempt=1)))
    other = matrix(bench.observe(Probe("work", {"A": A}, 2)))
    assert np.array_equal(first, again)
    assert not (first == other).any()


def test_a_figure_that_stands_alone_is_shown_as_in_a_notebook(open_bench: OpenBench) -> None:
    code = (
        "import torch\ntorch.tensor([1.5])\n2.5\n(1.25, torch.tensor(3.5))\ndisplay(4.5)\n"
        "'words'\n7\nTrue\n[None]\n[]\nlen([1])\ntorch.manual_seed(0)\n"
    )
    loaded = open_bench(code).loaded
    assert loaded.printed == "tensor([1.5000])\n2.5\n(1.25, tensor(3.5000))\n4.5\n"
    assert loaded.failures == ()


def test_a_function_without_a_signature_is_called_as_it_is_written(open_bench: OpenBench) -> None:
    code = """
        import torch
        @torch.jit.script
        def scale(A: torch.Tensor, factor: float = 2.0, shift: int = 1):
            return A * factor + shift
        @torch.compile
        def work(A):
            return A + 1
        """
    scale = Function("scale", (Parameter("A"), Parameter("factor", (), 5.0), Parameter("shift", (), 1)))
    bench = open_bench(code, functions=(WORK, scale))
    located = bench.locate(scale)
    assert located is not None
    assert dict(located.defaults) == {"factor": "2.0", "shift": "1"}
    assert np.array_equal(matrix(bench.observe(Probe("scale", {"A": A, "factor": 3.0}, 1))), 3 * A + 1)
    assert np.array_equal(matrix(work(bench)), A + 1)


@pytest.mark.parametrize("end", ["close", "detach"])
def test_a_call_that_ends_the_error_stream_leaves_the_next_call_one(open_bench: OpenBench, end: str) -> None:
    bench = open_bench(
        f"""
        import sys
        def work(A):
            print("working", file=sys.stderr)
            sys.stderr.{end}()
            return A
        """
    )
    for seed in (1, 2):
        assert np.array_equal(matrix(work(bench, seed)), A)


def test_functions_of_every_kind_are_found(open_bench: OpenBench) -> None:
    for code in (
        "work = lambda A: A",
        "class Lab:\n    def work(self, A): return A",
        "class Lab:\n    @staticmethod\n    def work(A): return A",
        "import functools\ndef work_(A, k): return A\nwork = functools.partial(work_, k=1)",
        "import functools\ndef logged(f):\n    @functools.wraps(f)\n    def g(*a, **k): return f(*a, **k)\n    return g\n@logged\ndef work(A): return A",
        "import torch\n@torch.no_grad()\ndef work(A): return A",
        "def make():\n    def inner(A): return A\n    return inner\nwork = make()",
        "def work(A: 'torch.Tensor', /) -> 'torch.Tensor': return A",
    ):
        assert np.array_equal(matrix(work(open_bench(code))), A), code


def test_a_method_is_called_on_an_object_made_for_the_call(open_bench: OpenBench) -> None:
    scale = Function("scale", (Parameter("A"), Parameter("factor"), Parameter("shift", (), 1)))
    bench = open_bench(
        """
        class Scaling:
            def __init__(self, factor, shift=1):
                self.factor, self.shift, self.calls = factor, shift, 0
            def scale(self, A):
                self.calls += 1
                return A * self.factor + self.shift * self.calls
        """,
        functions=(scale,),
    )
    for attempt in range(2):
        probe = Probe("scale", {"A": A, "factor": 3.0}, 1, attempt)
        assert np.array_equal(matrix(bench.observe(probe)), 3 * A + 1)
    located = bench.locate(scale)
    assert located is not None
    assert located.made_with == ("factor", "shift")
    assert dict(located.defaults) == {"shift": "1"}


def test_what_class_and_method_both_take_is_given_to_both(open_bench: OpenBench) -> None:
    scale = Function("scale", (Parameter("A"), Parameter("factor")))
    bench = open_bench(
        """
        class Scaling:
            def __init__(self, factor, **options):
                self.factor = factor
            def scale(self, A, factor=7.0):
                return A * self.factor * factor
        """,
        functions=(scale,),
    )
    assert np.array_equal(matrix(bench.observe(Probe("scale", {"A": A, "factor": 3.0}, 1))), 9 * A)


@pytest.mark.parametrize("given_back", ["return self", "pass"])
def test_a_method_that_leaves_its_results_in_the_object_gives_what_that_holds(
    open_bench: OpenBench, given_back: str
) -> None:
    fit = Function("fit", (Parameter("A"),))
    bench = open_bench(
        f"""
        class Model:
            def fit(self, A):
                self.twice = 2 * A
                {given_back}
        """,
        functions=(fit,),
    )
    observation = bench.observe(Probe("fit", {"A": A}, 1))
    assert isinstance(observation, protocol.Returned)
    assert isinstance(observation.value, protocol.Items)
    assert observation.value.type_name == protocol.ATTRIBUTES
    assert observation.value.names == ("twice",)


def test_a_function_within_another_is_found_where_it_needs_nothing_of_it(open_bench: OpenBench) -> None:
    bench = open_bench(
        """
        def main():
            import math as m
            def half(x): return x / m.pow(2, 1)
            def work(A, factor=2.0): return factor * half(A)
        """
    )
    assert np.array_equal(matrix(work(bench)), A)
    located = bench.locate(WORK)
    assert located is not None
    assert "is nested inside `main`" in located.notes[0]
    assert located.name == "work"


@pytest.mark.parametrize(
    "code",
    [
        "def main():\n    factor = 2\n    def work(A): return factor * A\n    return work",
        "def main(factor):\n    def half(A): return A / factor\n    def work(A): return half(A)",
        "def main():\n    class Lab:\n        def work(self, A): return A",
    ],
)
def test_a_function_within_another_that_needs_something_of_it_is_not_called(
    open_bench: OpenBench, code: str
) -> None:
    assert open_bench(code).locate(WORK) is None


def test_a_function_that_stands_alone_is_preferred_to_one_within_another(open_bench: OpenBench) -> None:
    bench = open_bench("def main():\n    def work(A): return A + 1\ndef work(A): return A\n")
    assert np.array_equal(matrix(work(bench)), A)


def test_the_last_of_several_definitions_counts(open_bench: OpenBench) -> None:
    assert np.array_equal(
        matrix(work(open_bench("def work(A): return A\ndef work(A): return A + 1\n"))), A + 1
    )


def test_arguments_are_reported_as_the_call_left_them(open_bench: OpenBench) -> None:
    bench = open_bench("def work(A):\n    result = A.clone()\n    A += 1\n    return result\n")
    returned = work(bench)
    assert np.array_equal(matrix(returned), A)
    assert isinstance(returned, protocol.Returned)
    (after,) = returned.after
    assert isinstance(after, protocol.Array)
    assert np.array_equal(np.frombuffer(after.data, np.float32).reshape(2, 2), A + 1)


def test_one_calls_changes_to_its_argument_do_not_reach_the_next_call(open_bench: OpenBench) -> None:
    bench = open_bench("def work(A):\n    A += 1\n    return A\n")
    first = matrix(bench.observe(Probe("work", {"A": A}, 1)))
    second = matrix(bench.observe(Probe("work", {"A": A}, 1, attempt=1)))
    assert np.array_equal(first, second)
    assert A.tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_line_ends_of_other_systems_keep_line_numbers(open_bench: OpenBench) -> None:
    for end in ("\r\n", "\r", "\n"):
        bench = open_bench(end.join(["x = 1.5", "", "lost = 1 / 0", "def work(A): return A", ""]))
        assert [failure.line for failure in bench.loaded.failures] == [3]


def test_a_file_of_a_package_imports_its_neighbours(open_bench: OpenBench) -> None:
    bench = open_bench(
        "from .parts import work\nfrom . import data\nx = data.X",
        name="main.py",
        others={
            "parts.py": "from .data import X\ndef work(A):\n    return A * X\n",
            "data.py": "X = 2.5\n",
            "__init__.py": "",
        },
    )
    assert not bench.loaded.failures
    assert stated_value(bench, "x") == 2.5
    assert np.array_equal(matrix(work(bench)), A * np.float32(2.5))
