"""`python -m tests.tools.snapshot FILE [--corpus]`: save results.json of the sample class without durations.

With `--corpus`, every labelled solution is graded, too. A change of structure gives the same bytes before and
after: run ``python -m tests.tools.snapshot before.json``, make the change, run it for ``after.json``, and use
``cmp``.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def results_of(folder: Path, out: Path) -> object:
    """The results of grading a folder with the real command, without durations."""
    command = [sys.executable, "-m", "grader.cli", folder, "--out", out, "--format", "plain", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(done.returncode)
    return _without_seconds(json.loads((out / "results.json").read_text(encoding="utf-8")))


def _without_seconds(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_seconds(item) for key, item in value.items() if key != "seconds"}
    return [_without_seconds(item) for item in value] if isinstance(value, list) else value


def main() -> None:
    """Grade, and write the results."""
    parser = argparse.ArgumentParser(description="save results, to compare them after a change of structure")
    parser.add_argument("file", type=Path)
    parser.add_argument("--corpus", action="store_true", help="grade every labelled solution too")
    options = parser.parse_args()
    folders = [ROOT / "submissions"]
    if options.corpus:
        folders += [ROOT / "tests" / "corpus" / name for name in ("right", "wrong", "later", "mutants")]
    with tempfile.TemporaryDirectory() as place:
        results = {folder.name: results_of(folder, Path(place) / folder.name) for folder in folders}
    options.file.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
