"""Read the class list: an export of Moodle, Canvas or GitHub Classroom, or a table of your own.

Known exports: Moodle's participants and grading worksheet, Canvas's gradebook, GitHub Classroom's roster.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from grader.core.errors import TableError
from grader.core.model import Identity
from grader.submissions.csv_tables import Row, Table, read_table

__all__ = ["COLUMNS", "read_roster"]

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "first": ("first name", "firstname", "given name", "vorname", "prénom", "nombre"),
    "last": ("last name", "lastname", "surname", "family name", "nachname", "nom", "nom de famille",
             "apellido(s)", "apellidos"),
    "name": ("name", "full name", "fullname", "student", "student name", "display name",
             "vollständiger name", "nom complet", "nombre completo"),
    "id": ("id", "id number", "idnumber", "student id", "student number", "sid", "sis user id", "sis id",
           "matriculation number", "matrikelnummer", "id-nummer", "número de id", "numéro d’identification",
           "numéro d'identification"),
    "email": ("email", "e-mail", "email address", "e-mail address", "mail", "e-mail-adresse",
              "adresse de courriel", "dirección de correo"),
    "group": ("group", "groups", "section", "team", "class", "gruppe", "gruppen", "groupe", "groupes",
              "grupo", "grupos"),
    "login": ("username", "user name", "login", "login id", "sis login id", "anmeldename", "nom d’utilisateur",
              "nom d'utilisateur", "nombre de usuario"),
    "github": ("github", "github username", "github_username", "github login"),
    "identifier": ("identifier",),
    "canvas": ("canvas id", "canvas user id"),
}  # fmt: skip
"""Column names by content, in lower case; the first one present is used."""

PARTICIPANT: Final = re.compile(r"\D*?(\d+)")
"""Moodle's worksheet contains `Participant 1234567`, in the site's language."""


def read_roster(path: Path) -> tuple[Identity, ...]:
    """Everybody in the table, in order. Raises TableError, in one sentence, if it cannot be used."""
    table = read_table(path)
    columns = _columns(table)
    people = tuple(
        person
        for row in table.rows
        if (person := _person(row, columns)) is not None and not _pretended(person)
    )
    if not people:
        raise TableError(f"{path} lists nobody: it needs a line for each student below the column names.")
    for number, person in enumerate(people):
        if person in people[:number]:
            raise TableError(
                f"{path} lists {person.name or person.id or person.email} twice: remove one line."
            )
    return people


def _columns(table: Table) -> dict[str, int]:
    header = [name.casefold() for name in table.header]
    columns = {
        what: header.index(name)
        for what, names in COLUMNS.items()
        for name in [next((name for name in names if name in header), None)]
        if name is not None
    }
    if {"sis user id", "sis login id", "root account"} & set(header) and "id" in header:
        # Canvas's gradebook: `ID` is Canvas's own number of the user.
        columns["canvas"] = header.index("id")
        columns["id"] = header.index("sis user id") if "sis user id" in header else -1
    columns = {what: number for what, number in columns.items() if number >= 0}
    if not {"name", "last", "id", "email", "login", "github", "identifier"} & columns.keys():
        shown = ", ".join(table.header[:8])
        raise TableError(
            f"{table.path} has no column for names, ids or email addresses; it has: {shown}. "
            "Rename one of them to name, id or email."
        )
    return columns


def _person(row: Row, columns: Mapping[str, int]) -> Identity | None:
    cells = {what: row.cells[number] if number < len(row.cells) else "" for what, number in columns.items()}
    name = " ".join(filter(None, (cells.get("first", ""), cells.get("last", "")))) or cells.get("name", "")
    identifier = cells.get("identifier", "")
    number = PARTICIPANT.fullmatch(identifier)
    classroom = "github" in columns
    if "canvas" in columns and not cells["canvas"]:
        return None  # rows such as “Points Possible” come before the students
    last, comma, first = name.partition(", ")
    person = Identity(
        name=f"{first} {last}" if comma else name,
        id=cells.get("id", "") or (identifier if classroom else ""),
        email=cells.get("email", ""),
        group=cells.get("group", ""),
        login=cells.get("login", ""),
        github=cells.get("github", ""),
        moodle=number[1] if number is not None and not classroom else "",
        canvas=cells.get("canvas", ""),
    )
    return (
        person
        if any((person.name, person.id, person.email, person.login, person.github, person.moodle))
        else None
    )


def _pretended(person: Identity) -> bool:
    """Canvas adds a fictitious student, for a student's view of the course."""
    return bool(person.canvas) and person.name in ("Test Student", "Student Test")
