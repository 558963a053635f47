"""Settings from `[tool.grade]` in `pyproject.toml`; environment variables and flags win over them."""

import tomllib
from pathlib import Path

import msgspec

from grader.errors import UsageError
from grader.model import Frozen

__all__ = ["Settings", "read_settings"]


class Settings(Frozen, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What `[tool.grade]` may hold; names are those of the flags."""

    lab: str | None = None
    out: str | None = None
    roster: str | None = None
    marks: str | None = None
    jobs: int | None = None
    seed: int | str | None = None
    time_limit: float | None = None
    format: str | None = None
    fail_under: float | None = None


def read_settings(folder: Path) -> Settings:
    """The settings of the nearest `pyproject.toml` that has a `[tool.grade]`, from the folder upwards.

    Raises UsageError in one sentence where it cannot be used.
    """
    for place in (folder, *folder.parents):
        file = place / "pyproject.toml"
        if not file.is_file():
            continue
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("grade")
            if table is not None:
                return msgspec.convert(table, Settings)
        except (OSError, ValueError, AttributeError, msgspec.MsgspecError) as error:
            raise UsageError(
                f"{file}: [tool.grade] cannot be used ({error}). Mend or remove that line."
            ) from error
    return Settings()
