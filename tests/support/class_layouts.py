"""One invented class, written to disk in the layout of each platform's download."""

import io
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from grader.core.frozen import Frozen

Files = Mapping[str, bytes]


class Student(Frozen, frozen=True):
    """An invented student, with all the names that platforms use."""

    first: str
    last: str
    id: str
    login: str
    moodle: int
    canvas: int
    group: str

    @property
    def name(self) -> str:
        """The name as Moodle writes it."""
        return f"{self.first} {self.last}"

    @property
    def email(self) -> str:
        """The address, whose first part is the login."""
        return f"{self.login}@lab.example"


CLASS = (
    Student("Ottoline", "Fernsby", "s40211", "ofernsby", 3301, 7101, "Tue"),
    Student("Dáithí", "O'Quarrell", "s40212", "doq", 3302, 7102, "Tue"),
    Student("Mei-Lin", "van der Quoyle", "s40213", "meiquoyle", 3303, 7103, "Wed"),
    Student("Ławniczak", "Brzezicki", "s40214", "lbrz", 3304, 7104, "Wed"),
    Student("Absalom", "Neverhand", "s40215", "anever", 3305, 7105, "Wed"),
)
"""The last of them hands in nothing."""


def canvas_name(student: Student) -> str:
    """The name as Canvas writes it in file names."""
    return "".join(letter for letter in f"{student.last}{student.first}" if letter.isalnum()).lower()


def write(folder: Path, files: Files) -> Path:
    """Write files below a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def zipped(files: Files) -> bytes:
    """The files as a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(files: Files) -> bytes:
    """The files as a .tar.gz."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


Handed = Mapping[Student, Files]
"""The files of every student, by their own file names."""


def folders(folder: Path, handed: Handed) -> Path:
    """A folder for each student, named as in the roster."""
    return write(
        folder, {f"{s.name}/{name}": data for s, files in handed.items() for name, data in files.items()}
    )


def moodle_folders(folder: Path, handed: Handed) -> Path:
    """Moodle's download with folders, still zipped."""
    return _zip(
        folder,
        {
            f"{s.name}_{s.moodle}_assignsubmission_file_/{name}": data
            for s, files in handed.items()
            for name, data in files.items()
        },
    )


def moodle_flat(folder: Path, handed: Handed) -> Path:
    """Moodle's flat download, unpacked."""
    return write(
        folder,
        {
            f"{s.name}_{s.moodle}_assignsubmission_file_{name}": data
            for s, files in handed.items()
            for name, data in files.items()
        },
    )


def canvas(folder: Path, handed: Handed) -> Path:
    """Canvas's download, still zipped."""
    return _zip(
        folder,
        {
            f"{canvas_name(s)}_{s.canvas}_{90_000 + 10 * s.canvas + number}_{name}": data
            for s, files in handed.items()
            for number, (name, data) in enumerate(files.items())
        },
    )


def classroom(folder: Path, handed: Handed) -> Path:
    """Clones of all students' repositories, each with its `.git`."""
    for student, files in handed.items():
        clone = write(folder / f"lab1-{student.login}", files)
        git = ("git", "-C", str(clone), "-c", "user.name=x", "-c", "user.email=x@lab.example")
        for command in (("init", "-q"), ("add", "."), ("commit", "-qm", "Lab 1")):
            subprocess.run((*git, *command), check=True)
        write(clone / ".git" / "hooks", {"lab1.py": b"raise SystemExit('a hook is no work')\n"})
    return folder


def zip_of_zips(folder: Path, handed: Handed) -> Path:
    """A zip of a folder with a zip for each student, each packed on a Mac with a folder in it."""
    return _zip(
        folder,
        {
            f"Lab 1/{s.id}.zip": zipped(
                {
                    **{f"my lab/{name}": data for name, data in files.items()},
                    **{f"__MACOSX/my lab/._{name}": b"\0\5\x16\7" for name in files},
                    "my lab/.ipynb_checkpoints/lab1-checkpoint.py": b"raise SystemExit('a checkpoint is no work')\n",
                }
            )
            for s, files in handed.items()
        },
    )


def tarballs(folder: Path, handed: Handed) -> Path:
    """A folder with a .tar.gz for each student."""
    return write(folder, {f"{s.login}_lab1.tar.gz": tarred(files) for s, files in handed.items()})


LAYOUTS: Mapping[str, Callable[[Path, Handed], Path]] = {
    layout.__name__: layout
    for layout in (folders, moodle_folders, moodle_flat, canvas, classroom, zip_of_zips, tarballs)
}


def _zip(folder: Path, files: Files) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / "download.zip"
    archive.write_bytes(zipped(files))
    return archive


MOODLE_PARTICIPANTS = "First name,Last name,ID number,Email address,Groups\n" + "".join(
    f'{s.first},"{s.last}",{s.id},{s.email},{s.group}\n' for s in CLASS
)
MOODLE_WORKSHEET = (
    "Identifier,Full name,ID number,Email address,Status,Group,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    + "".join(
        f"Participant {s.moodle},{s.name},{s.id},{s.email},Submitted for grading,{s.group},,5.00,Yes,-,-,\n"
        for s in CLASS
    )
)
CANVAS_GRADEBOOK = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Lab 1 (55),Current Score (read only)\n"
    ",,,,,Manual Posting,\n"
    "    Points Possible,,,,,5.00,(read only)\n"
    + "".join(f'"{s.last}, {s.first}",{s.canvas},{s.id},{s.login},{s.group},,\n' for s in CLASS)
    + '"Student, Test",7999,,,Tue,,\n'
)
GITHUB_CLASSROOM = "identifier,github_username,github_id,name\n" + "".join(
    f'"{s.id}","{s.login}","{s.moodle}","{s.name}"\n' for s in CLASS
)
OWN_TABLE = "\ufeffMatrikelnummer;Vollständiger Name;E-Mail-Adresse;Gruppe\r\n" + "".join(
    f"{s.id};{s.name};{s.email};{s.group}\r\n" for s in CLASS
)
