"""What the code of a case computes and shows, with the model solution in place of its own factorisations."""

import ast
import contextlib
import io
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import IPython.display
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from reference.model import solution

__all__ = ["Cell", "Values", "fill", "outputs", "values"]

Array = npt.NDArray[np.float64]


class Cell(NamedTuple):
    """A code cell and the heading above it."""

    title: str
    code: str


class Values(NamedTuple):
    """What a run left, by its roles."""

    by_role: Mapping[str, Any]

    def __call__(self, expression: str) -> Any:
        return eval(expression, {**_TOOLS, **self.by_role})

    def holds(self, condition: str) -> bool:
        """Whether a condition on the values is true; "no" never is."""
        return condition != "no" and bool(self(condition))


def _loss(A: Tensor, P: Tensor) -> float:
    return float(((A - P) ** 2).sum())


_TOOLS = {
    "torch": torch,
    "loss": _loss,
    "best": lambda A: solution.truncated_svd(A, 2),
    "far": lambda X, Y: float((X - Y).abs().max()),
    "sigma": torch.linalg.svdvals,
}

_RUNS: dict[tuple[object, ...], tuple[Tensor, Tensor, Tensor]] = {}
"""Runs of the model solution by all that they depend on, with the state of the generator that they left."""


def _remembered(function: Callable[..., tuple[Tensor, Tensor]]) -> Callable[..., tuple[Tensor, Tensor]]:
    def run(*arguments: Any, **options: Any) -> tuple[Tensor, Tensor]:
        given = (*arguments, *sorted(options.items()))
        key = (
            function.__name__,
            torch.get_rng_state().numpy().tobytes(),
            *(x.numpy().tobytes() if isinstance(x, Tensor) else x for x in given),
            *(tuple(x.shape) for x in given if isinstance(x, Tensor)),
        )
        if key not in _RUNS:
            U, V = function(*arguments, **options)
            _RUNS[key] = (U, V, torch.get_rng_state())
        U, V, state = _RUNS[key]
        torch.set_rng_state(state)
        return U.clone(), V.clone()

    return run


class _Namespace(dict[str, Any]):
    """Top-level names, of which the two factorisations stay the model solution's, however they are defined."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__(__name__="__main__")
        self._kept = {
            names["f"]: _remembered(solution.sgd_factorise),
            names["fm"]: _remembered(solution.sgd_factorise_masked),
        }

    def settle(self) -> None:
        """Put the model solution where the code has defined its own."""
        self.update({name: function for name, function in self._kept.items() if name in self})


@contextlib.contextmanager
def _apart(seed: int) -> Iterator[None]:
    """Leave torch's generator and everybody's printing and logging as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    with torch.random.fork_rng(devices=[]), np.printoptions():
        torch.manual_seed(seed)
        try:
            yield
        finally:
            root.handlers[:] = handlers
            root.setLevel(level)
            torch.set_printoptions(profile="default")  # type: ignore[no-untyped-call]


ROLES: Final = (("f", "fm"), ("U", "V", "P", "L"), ("B", "E"), ("Um", "Vm", "C"))
"""What is known after each section: the head, 1.2, 2.1, 3.2. A later one may use a name again."""


@cache
def values(sections: tuple[str, ...], names: tuple[tuple[str, str], ...], seed: int) -> Values:
    """Run a program in its sections and return what its roles hold where each section ends."""
    space = _Namespace(dict(names))
    held: dict[str, Any] = {}
    with _apart(seed):
        for section, roles in zip(sections, ROLES, strict=True):
            for statement in ast.parse(section).body:
                exec(compile(ast.Module([statement], []), "lab1.py", "exec"), space)
                space.settle()
            held |= {role: space[name] for role, name in names if role in roles and name in space}
    return Values({**held, "A": space["A"], "M": space["M"]})


# --- Notebooks --------------------------------------------------------------------------------------------


def outputs(cells: Sequence[Cell], names: Mapping[str, str], seed: int) -> list[list[dict[str, Any]]]:
    """Run the cells of a notebook and return the outputs that it saves for each."""
    space = _Namespace(names)
    made: list[list[dict[str, Any]]] = []
    streams = {"stdout": io.StringIO(), "stderr": io.StringIO()}
    real = IPython.display.display
    try:
        with _apart(seed):
            for number, cell in enumerate(cells, 1):
                shown: list[dict[str, Any]] = []
                made.append(shown)

                def display(*things: Any, shown: list[dict[str, Any]] = shown) -> None:
                    shown.extend(
                        {"output_type": "display_data", "metadata": {}, "data": _bundle(x)} for x in things
                    )

                IPython.display.display = display  # type: ignore[assignment]
                space["display"] = display
                _run_cell(cell.code, number, space, shown, streams)
    finally:
        IPython.display.display = real
    return made


def _run_cell(
    code: str,
    number: int,
    space: _Namespace,
    shown: list[dict[str, Any]],
    streams: Mapping[str, io.StringIO],
) -> None:
    """Run one cell. A logger keeps the stream it was given in an earlier cell, so that all cells share them."""
    before = {name: stream.tell() for name, stream in streams.items()}
    body = ast.parse(code).body
    last = body[-1] if body and isinstance(body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(streams["stdout"]), contextlib.redirect_stderr(streams["stderr"]):
        for statement in body[: -1 if last is not None else None]:
            exec(compile(ast.Module([statement], []), "cell", "exec"), space)
            space.settle()
        result = (
            eval(compile(ast.Expression(last.value), "cell", "eval"), space) if last is not None else None
        )
    printed = [
        {"output_type": "stream", "name": name, "text": text}
        for name, stream in streams.items()
        if (text := stream.getvalue()[before[name] :])
    ]
    shown[:0] = printed
    if result is not None:
        shown.append(
            {
                "output_type": "execute_result",
                "execution_count": number,
                "metadata": {},
                "data": _bundle(result),
            }
        )


def _bundle(thing: Any) -> dict[str, str]:
    """What a notebook saves of something shown, by type."""
    data = {"text/plain": repr(thing)}
    for kind, method in (("latex", "_repr_latex_"), ("markdown", "_repr_markdown_"), ("html", "_repr_html_")):
        made = getattr(thing, method, lambda: None)()
        if made:
            data[f"text/{kind}"] = made
    return data


# --- Documents --------------------------------------------------------------------------------------------


def fill(text: str, ran: Values) -> str:
    """Put the values of a run where a document names them: `«U|bmatrix»`, `«loss(A, P)|4»`."""
    return re.sub("«([^«»|]+)\\|(\\w+)»", lambda place: _shown(ran(place[1]), place[2]), text)


def _shown(value: Any, form: str) -> str:
    comma = form.endswith("comma")
    form = form.removesuffix("comma")
    if form.isdigit():
        shown = f"{float(value):.{form}f}"
    elif form in ("tensor", "torch"):
        shown = str(value)
    else:
        rows = [[f"{x:.4f}" for x in row] for row in np.atleast_2d(torch.as_tensor(value).numpy())]
        shown = _FORMS[form](rows)
    return shown.replace(".", "{,}" if "matrix" in form else ",") if comma else shown


def _latex(kind: str) -> Callable[[list[list[str]]], str]:
    def write(rows: list[list[str]]) -> str:
        return f"\\begin{{{kind}}} " + " \\\\ ".join(map(" & ".join, rows)) + f" \\end{{{kind}}}"

    return write


def _array(rows: list[list[str]]) -> str:
    inside = " \\\\ ".join(map(" & ".join, rows))
    return f"\\left(\\begin{{array}}{{{'c' * len(rows[0])}}} {inside} \\end{{array}}\\right)"


def _tabular(rows: list[list[str]]) -> str:
    inside = " \\\\\n".join(map(" & ".join, rows))
    return f"\\begin{{tabular}}{{{'r' * len(rows[0])}}}\n{inside} \\\\\n\\end{{tabular}}"


def _markdown_table(rows: list[list[str]]) -> str:
    head = [str(number) for number in range(1, len(rows[0]) + 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def _html(rows: list[list[str]]) -> str:
    return (
        "<table>" + "".join(f"<tr>{''.join(f'<td>{x}</td>' for x in row)}</tr>" for row in rows) + "</table>"
    )


_FORMS: dict[str, Callable[[list[list[str]]], str]] = {
    "bmatrix": _latex("bmatrix"),
    "pmatrix": _latex("pmatrix"),
    "array": _array,
    "tabular": _tabular,
    "mdtable": _markdown_table,
    "html": _html,
    "list": lambda rows: "[" + ", ".join(f"[{', '.join(row)}]" for row in rows) + "]",
    "rows": lambda rows: "\n".join("  ".join(row) for row in rows),
}
