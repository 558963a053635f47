"""Run a benchmark and save its table in `benchmarks/README.md`: ``python -m benchmarks.record NAME [ARG…]``.

The output of the benchmark replaces the text between the marks with its name, together with the command, the
machine, the date, the commit and the load. A missed goal is saved like any other; a benchmark that fails does
not change the page.
"""

import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.common.tables import MISSED

HERE: Final = Path(__file__).resolve().parent
PAGE: Final = HERE / "README.md"


def names() -> tuple[str, ...]:
    """The names of the benchmarks: every program in this folder but this one."""
    return tuple(sorted(file.stem for file in HERE.glob("*.py") if file.stem not in ("__init__", "record")))


def replaced(page: str, name: str, text: str) -> str:
    """The page with `text` between the marks of `name`. Raises ValueError unless they occur exactly once."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    between = re.compile(f"(?<={re.escape(begin)}\n).*?(?={re.escape(end)})", re.DOTALL)
    new, count = between.subn(lambda _: f"\n{text.strip()}\n\n", page)
    if count != 1:
        raise ValueError(f"the marks of {name} occur {count} times on the page")
    return new


def circumstances(command: str, load: float) -> str:
    """The conditions of a measurement, as one line."""
    cores = len(os.sched_getaffinity(0))
    today = datetime.now(UTC).date().isoformat()
    return (
        f"`{command}` · {_processor()}, {cores} cores, Python {platform.python_version()} · {today} · "
        f"commit {_commit()} · load {load:.1f} before, {os.getloadavg()[0]:.1f} after"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _commit() -> str:
    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=HERE, capture_output=True, text=True, check=True
        ).stdout.strip()

    commit = git("rev-parse", "--short", "HEAD")
    written = (":!README.md", ":!run.json", ":!*.svg")  # the benchmark itself wrote it
    changed = git("status", "--porcelain", "--untracked-files=no", "--", "..", *written)
    return f"{commit} with changes" if changed else commit


def main() -> int:
    """Run the benchmark named by the first argument with the others; return its exit status."""
    name, *arguments = sys.argv[1:] or [""]
    if name not in names():
        print(
            f"python -m benchmarks.record NAME [ARG…], with NAME one of: {', '.join(names())}",
            file=sys.stderr,
        )
        return 2
    load = os.getloadavg()[0]
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *arguments],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    if done.returncode not in (0, MISSED):
        return done.returncode
    print(done.stdout, end="")
    said = circumstances(" ".join(("python -m", f"benchmarks.{name}", *arguments)), load)
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(replaced(page, name, f"{said}\n\n{done.stdout}"), encoding="utf-8")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
