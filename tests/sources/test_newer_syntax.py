"""Syntax of a newer Python is told from a syntax error by what the rest of the file would be without it."""

import sys

import pytest

from grader.sources.newer_syntax import newer_syntax

needs_older = pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python can read it")


@needs_older
@pytest.mark.parametrize(
    ("code", "python", "line"),
    [
        ("x = 1\ntype X = int\n", "3.12", 2),
        ("type Pairs[T] = list[tuple[T, T]]\n", "3.12", 1),
        ("class A[T: int, *Ts, **P](B): pass\n", "3.12", 1),
        ("class A[\n    T,\n    S = int,\n]: pass\n", "3.13", 1),
        ("print(f'{x['a']:>{w}}', f'{x['a']!r}', f'{x['a']=}')\n", "3.12", 1),
        ("print(f'{f'{x['a']}'}')\n", "3.12", 1),
        ("print(f'{'\\n'.join(x)}')\n", "3.12", 1),
        ('"""\ntype X\n"""\nprint(f"{\nx # one\n}")\n', "3.12", 4),
        ("try:\n    pass\nexcept A, b.C:\n    pass\n".replace("b.C", "B.C"), "3.14", 3),
        ("type X = int\nx = t'{X}'\n", "3.14", 2),
    ],
)
def test_the_lowest_version_and_the_line_are_told(code: str, python: str, line: int) -> None:
    found = newer_syntax(code)
    assert found is not None
    assert (found.python, found.line) == (python, line)


@pytest.mark.parametrize(
    "code",
    [
        "def f(:\n    pass\n",
        "print 'x'\n",
        "x = (1,\n",
        "try:\n    pass\nexcept ValueError, e:\n    pass\n",
        "type X = int\ndef f(:\n    pass\n",
        "print(f'{x')\n",
        "print(f'{x['a'] +}')\n",
        "def f[T, T=](x): pass\n",
        "x = 'it's'\n",
        "s = '''type X = int\n",
        "f'" * 2_000,
        "f'{" * 2_000,
        "type X" + "[" * 2_000,
    ],
)
def test_a_mistake_remains_a_mistake(code: str) -> None:
    assert newer_syntax(code) is None
