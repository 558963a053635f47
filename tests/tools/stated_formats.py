"""Scripts and notebooks that state values, put together from their parts."""

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from tests.tools.stated_runs import Cell, outputs

__all__ = ["Part", "cells_of", "notebook", "program"]


class Part(NamedTuple):
    """The code of one exercise: what it computes and how it states it."""

    title: str
    computed: str
    stated: str


def program(kind: str, head: str, parts: Iterable[Part]) -> str:
    """One script: all in a row, or within a `main` that is called in one of several ways."""
    body = "\n\n".join("\n".join(filter(None, part)) for part in parts)
    if kind == "script":
        return f"{head}\n\n{body}\n"
    if kind == "colab":
        return f"!pip install torch\n%matplotlib inline\n{head}\n\n{body}\n"
    inside = textwrap.indent(body, "    ")
    start = {
        "main": 'def main():\n{}\n\n\nif __name__ == "__main__":\n    main()\n',
        "bare-main": "def main():\n{}\n\n\nmain()\n",
        "exit-main": 'def main() -> int:\n{}\n    return 0\n\n\nif __name__ == "__main__":\n    raise SystemExit(main())\n',
        "argparse": "def main(args):\n    torch.manual_seed(args.seed)\n{}\n\n\n"
        'if __name__ == "__main__":\n    import argparse\n\n    parser = argparse.ArgumentParser(description="lab 1")\n'
        '    parser.add_argument("--seed", type=int, default=«seed»)\n    main(parser.parse_args())\n',
    }[kind]
    return f"{head}\n\n\n{start.replace('{}', inside, 1)}"


def cells_of(head: str, parts: Iterable[Part]) -> Iterator[tuple[str, str]]:
    """Code cells, each with the heading above it."""
    before, _, functions = head.partition("\ndef ")
    yield "# Lab 1", before.strip()
    yield "", f"def {functions}".strip()
    for title, computed, stated in parts:
        yield "## " + title.strip("#%- "), computed
        if stated:
            yield "", stated


def notebook(cells: list[Cell], kind: str, names: Mapping[str, str], seed: int) -> bytes:
    """A notebook with its outputs, without them, or with nothing of its code but them."""
    made: list[dict[str, Any]] = []
    cleared = kind == "notebook-cleared"
    saved = [[] for _ in cells] if cleared else outputs(cells, names, seed)
    for number, (cell, shown) in enumerate(zip(cells, saved, strict=True), 1):
        if cell.title:
            made.append({"cell_type": "markdown", "metadata": {}, "source": cell.title})
        made.append(
            {
                "cell_type": "code",
                "execution_count": None if cleared else number,
                "metadata": {},
                "outputs": shown,
                "source": f"%run -i cell{number}.py" if kind == "notebook-saved" else cell.code,
            }
        )
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    document = {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(document, indent=1, ensure_ascii=False).encode()
