"""What checks learn about one submission, as values that are stored and read by a typed key.

A check that finds out how a function has to be called stores that; the checks after it, the diagnosis and the pictures
read it. The bench owns the store, so nothing learned of one submission reaches another.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from grader.core.model import Frozen

__all__ = ["Fact", "Learned"]

T = TypeVar("T")


class Fact(Frozen, Generic[T], frozen=True):
    """The key of one thing that can be learned; equal keys stand for the same thing."""

    name: str
    function: str = ""
    """The sheet's name of the function it is about."""


class Learned:
    """What is known of one submission so far. Starts empty."""

    def __init__(self) -> None:
        self._values: dict[Fact[Any], Any] = {}

    def get(self, fact: Fact[T]) -> T | None:
        """The value that was stored last, or None."""
        return cast("T | None", self._values.get(fact))

    def put(self, fact: Fact[T], value: T) -> T:
        """Store a value in place of the one before, and return it."""
        self._values[fact] = value
        return value

    def once(self, fact: Fact[T], make: Callable[[], T]) -> T:
        """The value stored; where there is none, what `make` returns is stored first."""
        if fact not in self._values:
            self._values[fact] = make()
        return cast("T", self._values[fact])
