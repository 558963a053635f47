"""The commands that the documentation gives for rosters and marks by a person do what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

from conftest import RIGHT_SVD, ROOT, Handed, environment
from layouts import MOODLE_PARTICIPANTS


def blocks(page: str, word: str) -> list[str]:
    """The shell commands of a page that speak of something."""
    found = re.findall(
        r"^```sh\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    return [block for block in found if word in block]


def test_the_commands_for_rosters_and_marks_by_hand_run_as_they_stand(
    handed_in: Handed, tmp_path: Path
) -> None:
    handed_in({"tamsin-quillfeather/lab1.py": RIGHT_SVD, "Ottoline Fernsby/lab1.py": ""}, "submissions")
    (tmp_path / "roster.csv").write_text(MOODLE_PARTICIPANTS, encoding="utf-8")
    (by_hand,) = blocks("README.md", "grade mark")
    (roster,) = blocks("docs/handing-in.md", "--roster")
    env = environment(PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", COLUMNS="200")
    script = f"set -e\ngrade submissions/ --exercise 2.1\n{by_hand}\n{roster}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=env, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Say why no matrix of rank 2 can do better." in done.stdout
    rows = (tmp_path / "reports" / "gradebook.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0].startswith("student,id,email,group,")
    assert any(
        row.startswith("Absalom Neverhand,s40215,") and "Nothing was handed in." in row for row in rows
    )
    assert any(
        row.startswith("tamsin-quillfeather,") and "0.9 (automatic: 1) by M. Reed" in row for row in rows
    )
