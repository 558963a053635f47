"""What one student handed in, and the source it was read into, with the place of every line."""

from pathlib import Path

from grader.core.frozen import Frozen

__all__ = ["Identity", "LostCode", "Passage", "Place", "Source", "Submission"]


class Identity(Frozen, frozen=True, omit_defaults=True, kw_only=True):
    """A student's identity in other systems, from the download and the roster. Fields they do not give are
    empty."""

    name: str = ""
    """The full name."""
    id: str = ""
    """The school's number: Moodle's ID number, Canvas's SIS user ID."""
    email: str = ""
    """The email address."""
    group: str = ""
    """The group or section."""
    login: str = ""
    """The login name."""
    moodle: str = ""
    """Moodle's participant number, as in the worksheet's `Participant 1234567`."""
    canvas: str = ""
    """Canvas's user ID."""
    github: str = ""
    """The user name on GitHub."""
    folder: str = ""
    """The folder's name in the download; in a flat download, the prefix of the student's file names, up to
    the last underscore before the files' own names."""
    flat: bool = False
    """Whether the download was flat: files named `folder` + own name instead of a folder."""


class Submission(Frozen, frozen=True):
    """One student's submission.

    `student` is the roster's name if there is a roster, otherwise the folder's or file's name as found.
    """

    student: str
    root: Path
    """The folder that file paths are relative to."""
    files: tuple[Path, ...]
    """All submitted files, absolute, sorted."""
    notes: tuple[str, ...] = ()
    identity: Identity = Identity()
    origins: tuple[Path, ...] = ()
    """The original folder, files or archive, where they were found; absolute."""
    given: Path | None = None
    """The path on the command line under which they were found; absolute."""


class Place(Frozen, frozen=True):
    """The location of a line in the submission.

    `line` counts in the file, in the cell of a notebook or on the page of a PDF; `words` give the location
    without the file: `line 12`, `cell 3 line 7`, `page 1 line 20`.
    """

    file: str
    line: int
    words: str


class Passage(Frozen, frozen=True):
    """Text that is not code, with the location of each of its lines.

    `kind` is `prose` (a report), `comment` (comments and docstrings in code) or `output` (saved by a
    notebook, or shown in a report as what the code printed).
    """

    kind: str
    text: str
    places: tuple[Place, ...]


class LostCode(Frozen, frozen=True):
    """Code that could not be read, so that nothing in it was run."""

    place: Place
    """Where it begins, or the line that Python complains about; line 0 stands for the whole file."""
    text: str
    """The code."""
    error: str
    """The reason, in a few words: `SyntaxError: expected ':'`."""
    needs: str = ""
    """What the grader lacks, in words, if it is not the student's mistake: `it needs Python 3.12 for …`."""

    @property
    def where(self) -> str:
        """The file and the place in it, in words."""
        return f"{self.place.file} {self.place.words}".rstrip()


class Source(Frozen, frozen=True):
    """A submission as read, never executed: one file, or several combined.

    `lines[i]` is the line of the original file that line i + 1 of `code` came from; `places[i]` gives the
    location in full if a line number alone does not identify it.
    """

    path: Path
    name: str
    code: str
    lines: tuple[int, ...]
    problem: str = ""
    """A sentence if the file contains no runnable code: what is wrong and where."""
    problem_line: int | None = None
    places: tuple[Place, ...] = ()
    passages: tuple[Passage, ...] = ()
    notes: tuple[str, ...] = ()
    """What the person marking should know about how the files were read."""
    unread: tuple[str, ...] = ()
    """Sentences about content that only a person can read, such as a scanned page."""
    beside: tuple["Source", ...] = ()
    """Other submitted programs, run separately: the values they state count, their definitions do not."""
    lost: tuple[LostCode, ...] = ()
    """Code that could not be read, also of files that were not chosen."""

    @property
    def text(self) -> str:
        """All text in words, including comments: what a report says without code and output."""
        return "\n\n".join(passage.text for passage in self.passages if passage.kind != "output")

    def place(self, line: int) -> Place:
        """The location in the submission of line `line` of `code`, counted from 1."""
        if 0 < line <= len(self.places):
            return self.places[line - 1]
        original = self.lines[line - 1] if 0 < line <= len(self.lines) else line
        return Place(self.name, original, f"line {original}")
