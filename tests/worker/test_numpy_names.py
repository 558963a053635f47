"""Names of numpy 1 mean in a submission what they meant, whatever numpy is installed."""

import pytest

from tests.support.workers import OpenBench


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("np.float_(3)", "3.0"),
        ("np.Inf + np.PINF", "inf"),
        ("np.NINF", "-inf"),
        ("np.isnan(np.NaN)", "True"),
        ("np.product([2, 3])", "6"),
        ("np.cumproduct([2, 3])", "[2 6]"),
        ("np.trapz([1.0, 2.0])", "1.5"),
        ("np.row_stack([[1], [2]])", "[[1]\n [2]]"),
        ("np.in1d([[1], [2]], [2])", "[False  True]"),
        ("np.alltrue([1, 0])", "False"),
        ("np.int(2.5)", "2"),
        ("np.asfarray([1]).dtype", "float64"),
    ],
)
def test_a_name_that_numpy_removed_is_there_again(
    open_bench: OpenBench, expression: str, printed: str
) -> None:
    loaded = open_bench(f"import numpy as np\nprint({expression})\n").loaded
    assert loaded.failures == ()
    assert loaded.printed.strip() == printed


def test_a_note_says_which_names_were_given_back(open_bench: OpenBench) -> None:
    loaded = open_bench("import numpy as np\nfrom numpy import NaN\nx = np.float_(3)\n").loaded
    assert loaded.notes == (
        "numpy 2 has no `np.NaN`, `np.float_`; it was run with what numpy 1 means by it.",
    )
    assert open_bench("import numpy as np\nx = np.float64(3)\n").loaded.notes == ()
