"""Harmless replacements for plotting and progress packages that are not installed here.

A correct function that shows a progress bar or draws a plot must not fail because of it. A stub accepts every
call and attribute; `tqdm` iterates over its argument.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any

__all__ = ["Absorber", "StandInFinder", "install"]

PACKAGES = ("matplotlib", "seaborn", "plotly", "tqdm", "IPython", "pylab", "tensorboard", "wandb", "rich")


class Absorber:
    """Accepts every call, attribute, item and `with`, and returns another stub."""

    def __call__(self, *args: Any, **kwargs: Any) -> "Absorber":
        return self

    def __getattr__(self, name: str) -> "Absorber":
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: Any) -> "Absorber":
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __enter__(self) -> "Absorber":
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    def __iter__(self) -> Iterator["Absorber"]:
        return iter((self,))


def _subplots(rows: int = 1, columns: int = 1, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
    rows, columns = int(kwargs.get("nrows", rows)), int(kwargs.get("ncols", columns))
    row = tuple(Absorber() for _ in range(columns))
    axes: Any = row if columns > 1 else row[0]
    if rows > 1:
        axes = tuple(axes for _ in range(rows))
    return Absorber(), axes


class _Progress(Absorber):
    def __init__(self, iterable: Iterable[Any] = (), *args: Any, **kwargs: Any) -> None:
        self._iterable = iterable

    def __iter__(self) -> Iterator[Any]:
        return iter(self._iterable)


def _trange(*args: Any, **kwargs: Any) -> _Progress:
    return _Progress(range(*args))


class _StandIn(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "tqdm":
            return _Progress
        if name == "trange":
            return _trange
        if name == "subplots":
            return _subplots
        return Absorber()


class StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a stub if one of PACKAGES (or a module in it) is not installed. `used` records them."""

    def __init__(self) -> None:
        self.used: set[str] = set()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Called after all other finders: anything really installed has been found before."""
        if fullname.split(".")[0] not in PACKAGES:
            return None
        self.used.add(fullname.split(".")[0])
        return importlib.util.spec_from_loader(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """An empty module that provides every name."""
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to execute."""


def install() -> StandInFinder:
    """Append the finder to all others and return it."""
    finder = StandInFinder()
    sys.meta_path.append(finder)
    return finder
