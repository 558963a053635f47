"""Students' files and output are read in confined processes, and reading costs no more than its limit."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from grader import sources
from grader.confined.work import ALL_STATED_VALUES
from grader.core.errors import SandboxError, SourceError
from grader.core.submission import Source
from grader.execution.stated_in_text import TOO_MUCH, stated_in_each
from grader.lab import Function
from grader.sandbox.reader_client import MEMORY, Readers
from grader.sandbox.reader_messages import Outline
from grader.sandbox.worker_client import ForkServer
from grader.sources.selection import choose
from grader.sources.stated_text import MAX_STATED_VALUES
from grader.submissions import archives
from grader.submissions.confined_unpacking import unpack_confined
from grader.submissions.discovery import collect, one
from tests.support.command_line import Grade, environment, interruptible
from tests.support.submissions import RIGHT_SVD, Handed

SVD = (Function("truncated_svd", ()),)


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    """Those of the strongest isolation there is."""
    with Readers() as started:
        yield started


def looked_at(readers: Readers, root: Path, files: Sequence[Path] | None = None) -> dict[str, Source]:
    """What was read of each file in a folder, by its name."""
    given = files if files is not None else sorted(file for file in root.rglob("*") if file.is_file())
    return {
        looked.source.name: looked.source for looked in sources.look_at(root, given, readers, beside=given)
    }


# --- where reading happens --------------------------------------------------------------------------------


NOTHING_STARTED = """
import sys
from grader.cli import main
try:
    main()
except SystemExit:
    pass
print(*(name for name in sys.modules if name.startswith("grader.confined") or name == "numpy"), file=sys.stderr)
"""


def test_asking_for_help_starts_and_loads_nothing_that_reads() -> None:
    done = subprocess.run(
        [sys.executable, "-c", NOTHING_STARTED, "--help"],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Usage" in done.stdout
    assert done.stderr.split() == []


WATCHED = """
import sys
from grader.core import parsing
from grader.sources import stated_text
from pathlib import Path
from grader.sources.selection import choose
from grader.submissions.discovery import one
from reference import LAB

def refuse(*arguments):
    raise AssertionError("parsed in the grader's own process")

parsing._tree = parsing._remembered = stated_text._all = refuse
source, flags = choose(one(Path(sys.argv[1])), LAB.functions)
print(source.name, len(source.code), *(other.name for other in source.beside))
"""


def test_choosing_among_files_parses_nothing_in_the_graders_own_process(handed_in: Handed) -> None:
    folder = handed_in(
        {"lab.py": RIGHT_SVD, "part.py": "x = 1\nprint(x)\n", "report.md": "The loss is 0.1220."}
    )
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, folder],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["lab.py", str(len(RIGHT_SVD)), "part.py"]


def test_files_that_agree_in_all_but_layout_have_the_same_outline(
    readers: Readers, handed_in: Handed
) -> None:
    code = "def truncated_svd(A, rank):\n    return A  # as it is\nx = f(1)\n"
    folder = handed_in({"one.py": code, "two.py": code.replace("  # as it is", "").replace("f(1)", "f( 1 )")})
    files = sorted(folder.iterdir())
    asked = {"truncatedsvd": "truncated_svd"}
    first, second = (each.outline for each in sources.look_at(folder, files, readers, asked))
    assert first == second != Outline()
    assert first.defined.keys() == {"truncated_svd"}


# --- what a file costs ------------------------------------------------------------------------------------

ENDLESS = "<html>" + "<p>a</p>" * 500_000
"""Four megabytes that take half a minute to be turned into text."""


def test_a_file_that_takes_too_long_costs_itself_and_all_of_them_have_a_bound(
    readers: Readers, handed_in: Handed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "FILE_SECONDS", 1.0)
    monkeypatch.setattr(sources, "CPU_SECONDS", 4.0)
    pages = {f"page{number}.html": ENDLESS for number in range(8)}
    folder = handed_in({"lab.py": RIGHT_SVD, "a.md": "The loss is 0.1220.", **pages})
    before = _cpu_of_children(readers)
    found = looked_at(readers, folder)
    assert found["lab.py"].code == RIGHT_SVD
    assert "0.1220" in found["a.md"].text
    unread = [found[name].unread[0] for name in pages]
    assert sum("takes more time or memory" in sentence for sentence in unread) in (3, 4)
    assert all(
        "takes more time" in sentence or "may take 4 seconds to read" in sentence for sentence in unread
    )
    assert _cpu_of_children(readers) - before < 6, (
        "the bound of a process is one of the kernel, in whole seconds"
    )


def _cpu_of_children(readers: Readers) -> float:
    """Seconds of CPU of all processes that the server has forked and that ended."""
    readers.require()
    assert readers._process is not None
    times = psutil.Process(readers._process.pid).cpu_times()
    return float(times.children_user + times.children_system)


def test_the_bounds_of_reading_are_what_is_promised() -> None:
    assert (sources.CPU_SECONDS, sources.FILE_SECONDS, MEMORY) == (30, 15, 2**30)


def test_more_scripts_than_anyone_writes_are_named_in_one_sentence_and_a_students_own_come_first(
    readers: Readers, handed_in: Handed
) -> None:
    packages = {f"packages/lib/module{number:04}.py": "x = 1\n" for number in range(300)}
    folder = handed_in({**packages, "lab.py": RIGHT_SVD})
    source, flags = choose(one(folder), SVD, readers)
    assert source is not None and source.name == "lab.py"
    (sentence,) = source.unread
    assert sentence.endswith("and 256 more were not read: at most 40 scripts of a student are read.")
    assert flags.count(sentence) == 1


def test_more_text_than_anyone_reads_is_refused_and_the_rest_is_read(
    readers: Readers, handed_in: Handed
) -> None:
    line = "word " * 100 + "\n"
    folder = handed_in(
        {**{f"report{number}.md": line * 4_000 for number in range(5)}, "short.md": "The loss is 0.1220."}
    )
    found = looked_at(readers, folder)
    assert "0.1220" in found["short.md"].text
    refused = [
        name for name, source in found.items() if any("more text than" in each for each in source.unread)
    ]
    assert 1 <= len(refused) <= 3
    assert sum(len(source.text) for source in found.values()) < 8 * 2**20


def test_a_reader_that_is_lost_with_its_server_is_replaced(handed_in: Handed) -> None:
    folder = handed_in({"report.md": "The loss is 0.1220."})
    with Readers() as readers:
        assert "0.1220" in looked_at(readers, folder)["report.md"].text
        assert readers._process is not None
        os.kill(readers._process.pid, signal.SIGKILL)
        assert "0.1220" in looked_at(readers, folder)["report.md"].text
        assert readers.generation == 1


def test_reading_ends_at_once_with_those_who_read(handed_in: Handed) -> None:
    folder = handed_in({"page.html": ENDLESS})
    readers = Readers()
    readers.require()
    said: list[BaseException] = []

    def read() -> None:
        try:
            looked_at(readers, folder)
        except SandboxError as error:
            said.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    assert readers._process is not None
    server = psutil.Process(readers._process.pid)
    assert _eventually(lambda: bool(server.children()))
    forked = server.children()
    readers.close()
    thread.join(10)
    assert not thread.is_alive()
    assert [str(error) for error in said] == ["grading was stopped"]
    assert _eventually(lambda: not any(process.is_running() for process in forked))


def _eventually(holds: "object") -> bool:
    assert callable(holds)
    for _ in range(500):
        if holds():
            return True
        threading.Event().wait(0.02)
    return False


def test_an_interrupt_ends_a_run_that_is_reading(handed_in: Handed, tmp_path: Path) -> None:
    folder = handed_in({f"student{number}/page.html": ENDLESS for number in range(4)})
    run = subprocess.Popen(
        [sys.executable, "-m", "grader.cli", folder, "--out", tmp_path / "out", "--format", "plain"],
        env=environment(),
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=interruptible,
    )
    process = psutil.Process(run.pid)

    def is_reading() -> bool:
        return any(
            "grader.confined.fork_server" in " ".join(child.cmdline()) and child.children()
            for child in process.children()
        )

    assert _eventually(is_reading)
    started = process.children(recursive=True)
    run.send_signal(signal.SIGINT)
    assert run.wait(30) == 130
    assert _eventually(lambda: not any(p.is_running() and p.status() != "zombie" for p in started))


# --- what may stand in a script ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding",
    [
        "punycode",
        "undefined",
        "idna",
        "rot13",
        "utf-7",
        "unicode_escape",
        "raw_unicode_escape",
        "zlib",
        "cp037",
    ],
)
def test_an_encoding_that_is_none_of_a_text_is_refused_in_a_sentence(
    readers: Readers, handed_in: Handed, encoding: str
) -> None:
    folder = handed_in({"lab.py": f"# coding: {encoding}\nx = 1-\n"})
    source = looked_at(readers, folder)["lab.py"]
    assert source.problem.startswith("lab.py ") and "UTF-8" in source.problem
    assert source.code == ""


@pytest.mark.parametrize(
    ("encoding", "line"),
    [
        ("utf-8", "# coding: utf-8"),
        ("latin-1", "# -*- coding: latin-1 -*-"),
        ("cp1252", "# vim: set fileencoding=cp1252 :"),
        ("iso-8859-15", "# coding=iso-8859-15"),
        ("utf-8-sig", ""),
        ("utf-16", ""),
    ],
)
def test_the_encodings_that_students_have_are_read(
    readers: Readers, handed_in: Handed, encoding: str, line: str
) -> None:
    folder = handed_in({"lab.py": f"{line}\nname = 'Zoë'\n".encode(encoding)})
    source = looked_at(readers, folder)["lab.py"]
    assert source.problem == ""
    assert source.code == f"{line}\nname = 'Zoë'\n"


NESTED = "if x:\n" + "".join(f"{' ' * depth}for a in b:\n" for depth in range(1, 90)) + " " * 90 + "pass\n"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("x = '" + "a" * 400_000 + "'\n", "400,000 characters"),
        ("x = 1\n" * 5_001, "5,000 lines"),
        ("x = [" + "1," * 110_000 + "]\n", "more expressions"),
        ("x = " + "-" * 180 + "1\n", "line 1 is nested"),
        ("x = 1" + " + 1" * 200 + "\n", "line 1 is nested"),
        ("y = 2\nx = 0x" + "f" * 2_000 + "\n", "line 2 contains a number with too many digits"),
        ("x = " + "9" * 300_000 + "\n", "Python cannot read the file"),
        ("x = " + "(" * 300 + ")" * 300 + "\n", "Python cannot read the file"),
    ],
)  # fmt: skip
def test_code_beyond_what_anyone_writes_is_refused_in_a_sentence(
    readers: Readers, handed_in: Handed, code: str, why: str
) -> None:
    folder = handed_in({"lab.py": RIGHT_SVD + code, "other.py": RIGHT_SVD})
    found = looked_at(readers, folder)
    moved = why.replace("line 1", f"line {RIGHT_SVD.count(chr(10)) + 1}").replace(
        "line 2", f"line {RIGHT_SVD.count(chr(10)) + 2}"
    )
    assert moved in found["lab.py"].problem, found["lab.py"].problem
    assert found["other.py"].problem == ""


def test_code_that_is_merely_long_or_deep_is_read(readers: Readers, handed_in: Handed) -> None:
    sums = "x = 1" + " + 1" * 120 + "\n"
    chain = "if x == 0:\n    pass\n" + "".join(f"elif x == {n}:\n    pass\n" for n in range(1, 60))
    folder = handed_in({"lab.py": RIGHT_SVD + sums + chain + NESTED + "y = 1\n" * 3_000})
    assert looked_at(readers, folder)["lab.py"].problem == ""


def test_the_code_of_a_report_has_the_same_bounds(readers: Readers, handed_in: Handed) -> None:
    folder = handed_in({"report.md": "```python\n" + "x = " + "-" * 180 + "1\n```\nThe loss is 0.1220.\n"})
    source = looked_at(readers, folder)["report.md"]
    assert source.code == ""
    assert "nested more than 150 deep" in source.problem
    assert "0.1220" in source.text


def test_a_docstring_with_more_lines_than_its_file_and_half_a_character_is_read(
    readers: Readers, handed_in: Handed
) -> None:
    folder = handed_in({"lab.py": 'x = 1\n"""The end\\n\\n\\n \\ud800"""'})
    assert looked_at(readers, folder)["lab.py"].problem == ""


def test_a_report_includes_files_of_its_own_submission_only(readers: Readers, handed_in: Handed) -> None:
    folder = handed_in(
        {
            "ada.tex": "\\input{bob}\n\\input{own}\n",
            "own.tex": "The loss is 0.1220.",
            "bob.tex": "It is 0.5555.",
        }
    )
    own = [folder / "ada.tex", folder / "own.tex"]
    source = looked_at(readers, folder, own)["ada.tex"]
    assert "0.1220" in source.text
    assert "0.5555" not in source.text
    assert source.notes == ("ada.tex includes bob, which was not handed in with it.",)


# --- what is stated ---------------------------------------------------------------------------------------

HOSTILE = {
    "an exercise named without end": "of 1.2 " * 50_000,
    "matrices without end": "[[1.]]" * 100_000,
    "brackets that open": "[" * 400_000,
    "brackets within brackets": "[" * 200_000 + "]" * 200_000,
    "a number of 300,000 digits": "loss = " + "9" * 300_000,
    "digits that end in a letter": "9" * 400_000 + "x",
    "points without end": "1." * 200_000,
    "blanks behind a power": "1x10^" + " " * 400_000 + "x",
    "blanks": " " * 400_000 + "1.2",
    "rows of a table": "1.5 2.5\n" * 50_000,
    "columns of a table": "1.5 2.5" + " |" * 200_000 + "x",
    "stated values on one line": "a 1.5 " * 60_000,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_text_of_the_worst_kind_is_read_within_the_limits_of_the_kernel(readers: Readers, what: str) -> None:
    found, notes = stated_in_each(readers, [HOSTILE[what], "The loss is 0.1220."])
    assert notes == ()
    assert len(found[0]) <= MAX_STATED_VALUES
    assert [each.values for each in found[1]] == [(0.122,)]


def test_a_number_with_more_digits_than_anyone_states_is_none(readers: Readers) -> None:
    (found,), _ = stated_in_each(readers, [f"loss = {'9' * 61}, then 0.5 and 1e999999 and 7e-5"])
    assert [each.values for each in found] == [(0.5,), (7e-5,)]


def test_a_matrix_larger_than_anyone_states_is_none(readers: Readers) -> None:
    def printed(rows: int) -> str:
        return "[" + ", ".join(f"[{'1.5, ' * 99}2.5]" for _ in range(rows)) + "]"

    (fits, larger), _ = stated_in_each(readers, [printed(100), printed(101)])
    assert [each.shape for each in fits] == [(100, 100)]
    assert larger == []


def test_what_all_texts_of_a_submission_state_is_bounded(readers: Readers) -> None:
    found, _ = stated_in_each(readers, ["0.5 " * 3_000] * 8)
    assert [len(each) for each in found] == [MAX_STATED_VALUES] * 5 + [0] * 3
    assert sum(map(len, found)) == ALL_STATED_VALUES


def test_text_that_takes_too_long_costs_itself(readers: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.execution.stated_in_text.TEXT_SECONDS", 0.05)
    found, notes = stated_in_each(readers, ["0.5", "[]" * 2_000_000, "0.25"])
    assert notes == (TOO_MUCH,)
    assert [[each.values for each in texts] for texts in found] == [[(0.5,)], [], [(0.25,)]]


def test_what_a_program_prints_is_read_by_a_confined_process(
    open_bench: object, fork_server: ForkServer
) -> None:
    assert callable(open_bench)
    bench = open_bench("print('loss: 0.1220')\nprint('[[1.]]' * 20_000)\nwork = len\n")
    printed = [
        stated_value for stated_value in bench.stated_values if stated_value.origin.startswith("printed")
    ]
    assert len(printed) == MAX_STATED_VALUES
    assert any(
        "grader.confined.fork_server" in " ".join(child.cmdline()) for child in psutil.Process().children()
    )
    assert fork_server.readers.level == fork_server.level


# --- archives ---------------------------------------------------------------------------------------------


def test_an_archive_is_unpacked_by_a_process_that_writes_in_its_folder_alone(
    readers: Readers, tmp_path: Path
) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("lab/lab.py", RIGHT_SVD)
        archive.writestr("../outside.py", "x = 1")
    (tmp_path / "lab.zip").write_bytes(data.getvalue())
    place = tmp_path / "staging" / "000001"
    (note,) = unpack_confined(tmp_path / "lab.zip", "lab.zip", place, archives.OF_A_STUDENT, readers)
    assert "leads outside its folder" in note
    assert (place / "lab" / "lab.py").read_text() == RIGHT_SVD
    assert sorted(path.name for path in tmp_path.rglob("*.py")) == ["lab.py"]
    assert list(place.parent.iterdir()) == [place]


def _damaged_lzma() -> bytes:
    """A zip whose one entry is said to be LZMA and is not."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("lab.py", RIGHT_SVD)
    whole = bytearray(data.getvalue())
    whole[40:60] = bytes(range(200, 220))
    return bytes(whole)


@pytest.mark.parametrize("content", [b"no archive", b"", b"PK\3\4" + bytes(200), _damaged_lzma()])
def test_an_archive_that_cannot_be_unpacked_is_refused_in_a_sentence_and_leaves_nothing(
    readers: Readers, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "lab.zip").write_bytes(content)
    place = tmp_path / "staging" / "000001"
    with pytest.raises(SourceError, match=r"^lab\.zip (is|takes) [^\n]*\.$"):
        unpack_confined(tmp_path / "lab.zip", "lab.zip", place, archives.OF_A_STUDENT, readers)
    assert list(place.parent.iterdir()) == []


# --- the whole of it --------------------------------------------------------------------------------------


def test_a_class_with_texts_of_the_worst_kind_is_graded_and_each_is_told(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in(
        {
            "brackets/report.md": HOSTILE["matrices without end"],
            "digits/report.md": HOSTILE["a number of 300,000 digits"],
            "encoding/lab.py": "# coding: punycode\nx = 1-\n",
            "printed/lab.py": RIGHT_SVD + "print('of 1.2 ' * 50_000)\n",
            "right/lab.py": RIGHT_SVD,
        }
    )
    done = grade(folder, "--exercise", "2.1", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "out" / "results.json").read_text())["submissions"]
    marks = {each["student"]: each["marks"] for each in results}
    flags = {each["student"]: " ".join(each["flags"]) for each in results}
    assert marks["right"] == marks["printed"] == 1.0
    assert all(exercise["verdict"] != "error" for each in results for exercise in each["exercises"])
    assert "Only the first 100,000 characters" in flags["brackets"]
    assert "Only the first 100,000 characters" in flags["digits"]
    assert "`punycode`" in flags["encoding"]


def test_what_students_hand_in_packed_is_unpacked_by_a_confined_process(tmp_path: Path) -> None:
    """Here there would be memory enough to find out that it is damaged."""
    for name in ("mira", "odo"):
        (tmp_path / "class" / name).mkdir(parents=True)
    (tmp_path / "class" / "mira" / "lab.zip").write_bytes(_damaged_lzma())
    (tmp_path / "class" / "odo" / "lab1.py").write_text("x = 1\n", encoding="utf-8")
    mira, odo = collect([tmp_path / "class"], staging=tmp_path / "staging")
    assert any("takes more memory to unpack than there is" in note for note in mira.notes)
    assert [file.name for file in odo.files] == ["lab1.py"]
