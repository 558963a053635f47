"""`python -m tests.tools.throwing FOLDER [--few]`: take in a class while system calls raise every exception.

Python calls an audit hook before it opens, lists, creates, moves or removes a file, and raises the exception
of the hook. The class contains work in every layout. At one place at a time, calls for `mallory` raise one
class of exception, each class at each place (with `--few`, one class of each family). Prints the problems,
one per line, then the number of attempts.
"""

import errno
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import grader
from grader.core.errors import NoRoomError, SourceError
from grader.core.submission import Submission
from grader.submissions.archives import unpack
from grader.submissions.discovery import collect
from tests.support.class_layouts import tarred, zipped

ONE = b"def descend(A): return A\n"

FILES = {
    "ada/lab.py": ONE,
    "bo.py": ONE,
    "Cy Moor_3_assignsubmission_file_/lab.py": ONE,
    "quillada_8_12_lab.py": ONE,
    "mallory/mallory.py": ONE,
    "mallory/mallory-deep/mallory.txt": ONE,
    "mallory-packed/mallory.zip": zipped({"mallory.py": ONE, "mallory-deep/mallory.txt": ONE}),
    "mallory-packed/mallory.tar.gz": tarred({"mallory2.py": ONE}),
    "mallory-packed/mallory-1.py": b"import mallory\n",
    "mallory-flat.py": ONE,
    "mallory-flat.md": ONE,
    "mallory-flat.zip": zipped({"mallory.py": ONE}),
    "Mallory Low_7_assignsubmission_file_/mallory.py": ONE,
    "Mallory Low_7_assignsubmission_onlinetext_/mallory.html": ONE,
    "malloryjo_9_13_lab.py": ONE,
    ".mallory-hidden/mallory.py": ONE,
}


class Hook:
    """Raises an exception for a call about mallory, at one line of the grader."""

    def __init__(self) -> None:
        self.lines: set[str] | None = None
        """The places of the calls, while they are collected."""
        self.line = ""
        self.answer: Exception | None = None

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        """Collect calls about mallory, or raise an exception for them."""
        if (
            (self.lines is None and not self.line)
            or event == "import"
            or "mallory" not in repr(arguments).lower()
        ):
            return
        frame: FrameType | None = sys._getframe(1)
        ways = []
        while frame is not None:
            if frame.f_code.co_filename.startswith(OURS):
                ways.append(f"{frame.f_code.co_qualname}:{frame.f_lineno}")
            frame = frame.f_back
        line = f"{event} in {' < '.join(ways[:4])}"
        if self.lines is not None:
            self.lines.add(line)
        elif line == self.line and self.answer is not None:
            raise self.answer


FEW = (
    OSError, PermissionError, ValueError, UnicodeDecodeError, LookupError, ArithmeticError, RuntimeError, RecursionError,
    MemoryError, SourceError,
)  # fmt: skip
"""Exception classes from every family that the grader might catch."""

OURS = str(Path(grader.__file__).parent)


def every_exception() -> Iterator[Exception]:
    """An instance of each loaded exception class, whatever arguments its constructor needs."""
    waiting, seen = [Exception], {Exception}
    while waiting:
        kind = waiting.pop()
        for below in kind.__subclasses__():
            if below not in seen:
                seen.add(below)
                waiting.append(below)
        if issubclass(kind, NoRoomError):
            continue
        for arguments in (
            (),
            ("told",),
            (errno.EIO, "told"),
            ("utf-8", b"x", 0, 1, "told"),
            ("utf-8", "x", 0, 1, "told"),
        ):
            try:
                made = kind(*arguments)
                str(made)
            except Exception:
                continue
            yield made
            break


def taken(folder: Path, staging: Path) -> dict[str, Submission]:
    """Take in the class; archives are unpacked in this process so that the hook applies."""
    return {
        submission.student: submission for submission in collect([folder], staging=staging, unpack=unpack)
    }


def what_differs(found: dict[str, Submission], expected: dict[str, Submission]) -> str:
    """What another student lost, or which student is missing."""
    if found.keys() != expected.keys():
        return f"students are {sorted(found)}"
    for student, before in expected.items():
        after = found[student]
        if "mallory" not in student.lower() and (len(after.files), after.notes) != (
            len(before.files),
            before.notes,
        ):
            return f"{student} has {after.files} and {after.notes}"
        lost = len(after.files) < len(before.files)
        if lost and not set(after.notes) - set(before.notes):
            return f"{student} lost files without a word"
    return ""


def main() -> None:
    """Try all exceptions at all places."""
    folder = Path(sys.argv[1]) / "class"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    staging = Path(sys.argv[1]) / "staging"
    hook = Hook()
    sys.addaudithook(hook)
    expected = taken(folder, staging)
    shutil.rmtree(staging)
    hook.lines = set()
    taken(folder, staging)
    lines, hook.lines = sorted(hook.lines), None
    answers = [each for each in every_exception() if "--few" not in sys.argv or type(each) in FEW]
    for line in lines:
        for answer in answers:
            shutil.rmtree(staging, ignore_errors=True)
            hook.line, hook.answer = line, answer
            try:
                found = taken(folder, staging)
                hook.line = ""
                wrong = what_differs(found, expected)
            except Exception as error:
                hook.line = ""
                wrong = f"{type(error).__name__} ended the run: {error}"
            if wrong:
                print(f"{type(answer).__name__}: {line}: {wrong}")
    print(len(lines), "places,", len(answers), "exceptions")


if __name__ == "__main__":
    main()
