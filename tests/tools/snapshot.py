"""`python -m tests.tools.snapshot FILE [--corpus]`: results.json of the sample class without durations.

With `--corpus` every labelled solution is graded too. A change of structure gives the same bytes before and after:
``python -m tests.tools.snapshot before.json``, then the change, then the same for ``after.json``, and ``cmp``.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def results_of(folder: Path, out: Path) -> object:
    """The results of grading a folder with the real command, without what depends on the machine's speed."""
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
    """Grade, and write what came out."""
    parser = argparse.ArgumentParser(description="keep results to compare them after a change of structure")
    parser.add_argument("file", type=Path)
    parser.add_argument("--corpus", action="store_true", help="grade every labelled solution too")
    options = parser.parse_args()
    folders = [ROOT / "submissions"]
    if options.corpus:
        folders += [ROOT / "tests" / "corpus" / name for name in ("right", "wrong", "later", "mutants")]
    with tempfile.TemporaryDirectory() as place:
        found = {folder.name: results_of(folder, Path(place) / folder.name) for folder in folders}
    options.file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
