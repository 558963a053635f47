"""Run the real command line as a user does."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

Grade = Callable[..., "subprocess.CompletedProcess[str]"]
"""The fixture `grade`."""


def environment(**changes: str) -> dict[str, str]:
    """This process's environment without variables for the grader or for colours, and without the cache."""
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GRADE_", "COV_", "PYTEST_"))
        and name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM")
    }
    return {**plain, "TERM": "xterm", "PYTHONIOENCODING": "utf-8", "GRADE_CACHE": "no", **changes}


def interruptible() -> None:
    """For `preexec_fn`: restore SIGINT, which processes of a test run in the background ignore."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def run_grade(
    *arguments: str | Path, cwd: Path, env: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run the command line as a user does, with both streams piped."""
    return subprocess.run(
        [sys.executable, "-m", "grader.cli", *map(str, arguments)],
        cwd=cwd,
        env=environment(**(env or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
