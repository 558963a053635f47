"""Settings: `[tool.grade]` in the nearest `pyproject.toml`, overridden by the environment and by flags.

This module reads and checks the table; the command line applies variables and flags on top.
"""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal

import msgspec

from grader.core.errors import UsageError

__all__ = ["PREFIX", "Found", "Settings", "check_variables", "find_settings", "read_settings", "variable"]

PREFIX: Final = "GRADE_"
"""The prefix of our environment variables."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The keys of `[tool.grade]`, named like the flags; None means not set."""

    lab: str | None = None
    out: str | None = None
    roster: str | None = None
    marks: str | None = None
    jobs: int | None = None
    seed: int | Literal["fresh"] | None = None
    time_limit: float | None = None
    feedback: Literal["marks", "hints", "full"] | None = None
    diagnose_budget: int | None = None
    format: str | None = None
    fail_under: float | None = None
    isolation: Literal["auto", "strict", "process"] | None = None
    junit: str | None = None
    cluster: str | None = None
    cache: bool | None = None
    cache_dir: str | None = None


class Found(msgspec.Struct, frozen=True):
    """Settings and the file they come from, or None."""

    settings: Settings
    file: Path | None = None


def read_settings(folder: Path) -> Settings:
    """The settings that apply in a folder. Raises UsageError like `find_settings`."""
    return find_settings(folder).settings


def find_settings(folder: Path) -> Found:
    """Find the nearest `pyproject.toml` that has a `[tool.grade]`, from the folder upwards, and read its
    settings.

    Raises UsageError, in one sentence, if the table cannot be used or has an unknown key.
    """
    for place in (folder, *folder.parents):
        file = place / "pyproject.toml"
        if not file.is_file():
            continue
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("grade")
            if table is None:
                continue
            settings = msgspec.convert(_known(table, file), Settings)
            return Found(settings, file)
        except (OSError, ValueError, AttributeError, msgspec.MsgspecError) as error:
            raise UsageError(
                f"{file}: [tool.grade] cannot be used ({error}). Correct or remove that line."
            ) from error
    return Found(Settings())


def variable(key: str) -> str:
    """The environment variable of a key: `GRADE_FAIL_UNDER` for `fail-under`."""
    return PREFIX + key.upper().replace("-", "_")


def check_variables(environment: Mapping[str, str], known: Iterable[str]) -> None:
    """Raise UsageError for a variable that looks like a misspelt setting.

    A variable that merely begins with `GRADE_` may belong to another program and is ignored.
    """
    names = {name.removeprefix(PREFIX) for name in known if name.startswith(PREFIX)}
    for name in sorted(environment):
        rest = name.removeprefix(PREFIX)
        if name == rest or rest in names:
            continue
        if nearest := _nearest(rest, names, 0.66):
            raise UsageError(
                f"The environment variable {name} is not a setting: did you mean {PREFIX}{nearest}? Rename or unset it."
            )


def _known(table: object, file: Path) -> dict[str, object]:
    if not isinstance(table, dict):
        raise ValueError("it is not a table")
    known = Settings.__struct_encode_fields__
    for key in table:
        if key not in known:
            nearest = _nearest(key, known, 0.0)
            raise UsageError(
                f"{file}: [tool.grade] has an unknown key `{key}`. Did you mean `{nearest}`? `grade config` lists every key."
            )
    return table


def _nearest(word: str, known: Iterable[str], cutoff: float) -> str:
    return next(iter(difflib.get_close_matches(word, sorted(known), n=1, cutoff=cutoff)), "")
