"""Harmless replacements for plotting and progress packages that are not installed here.

A correct function that shows a progress bar or draws a plot must not fail because of it. A stub accepts every
call and attribute; `tqdm` iterates over its argument.
"""

import builtins
import importlib.abc
import importlib.machinery
import importlib.util
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any, Final

__all__ = ["Absorber", "StandInFinder", "install", "is_shown"]

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


class _ShownText(Absorber):
    """A text to display, as `IPython.display.Math` and its like hold it."""

    def __init__(self, data: Any = "", *args: Any, **kwargs: Any) -> None:
        self._text = data if isinstance(data, str) else ""

    def __repr__(self) -> str:
        return self._text


class _ShownPage(_ShownText):
    """A page to display: its text, with a line for each row of a table."""

    def __repr__(self) -> str:
        return _TAG.sub(" ", _LINE_END.sub("\n", self._text[:MAX_PAGE]))


MAX_PAGE: Final = 20_000
"""Characters read of a displayed page."""
_LINE_END: Final = re.compile(r"(?i)</(?:tr|p|div|h[1-6]|li|pre|b)>|<br ?/?>|<table[^<>]{0,200}>")
_TAG: Final = re.compile(r"<[^<>]{0,500}>")


_SHOWN: Final = {
    "Math": _ShownText,
    "Latex": _ShownText,
    "Markdown": _ShownText,
    "Pretty": _ShownText,
    "HTML": _ShownPage,
}


def is_shown(value: object) -> bool:
    """Whether a value that stands alone in a cell is a text that a notebook displays."""
    return type(value) in (_ShownText, _ShownPage)


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
        if name in _SHOWN and self.__name__.startswith("IPython"):
            return _SHOWN[name]
        if name == "display" and self.__name__ == "IPython.display":
            return vars(builtins)["display"]
        if name == "subplots":
            return _subplots
        return Absorber()


ALWAYS = "IPython"
"""Replaced even where it is installed: there is no notebook that could show anything."""


class StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a stub if one of PACKAGES (or a module in it) is not installed. `used` records them."""

    def __init__(self) -> None:
        self.used: set[str] = set()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Called after all other finders: anything really installed has been found before."""
        package = fullname.partition(".")[0]
        if package not in PACKAGES:
            return None
        if package != ALWAYS:
            self.used.add(package)
        return importlib.util.spec_from_loader(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """An empty module that provides every name."""
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to execute."""


class _Replacing(StandInFinder):
    """Goes before all other finders, for what is always replaced."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A stub for what is always replaced."""
        return super().find_spec(fullname, path, target) if fullname.partition(".")[0] == ALWAYS else None


def install() -> StandInFinder:
    """Append the finder to all others and return it."""
    finder = StandInFinder()
    sys.meta_path.insert(0, _Replacing())
    sys.meta_path.append(finder)
    return finder
