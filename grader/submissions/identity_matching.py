"""Match submissions to people: everybody on the roster, each with their newest submission."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from grader.core.errors import PathError
from grader.core.model import Identity, Submission
from grader.core.safe_files import as_text, shown

__all__ = ["distinct", "enrolled"]

SHORTEST: Final = 3
"""Letters or digits that a part of a folder's name needs to be an id or a login."""

Person = int
"""A person's place on the roster."""


def enrolled(
    found: Sequence[Submission], roster: Sequence[Identity], nothing: Path
) -> tuple[Submission, ...]:
    """The submissions under the roster's names, each person's newest, and an empty one for everybody without
    work.

    `nothing` is an empty folder. Work that matches nobody, or more than one person, keeps its name, with a
    note.
    """
    index = _Index(roster)
    names = _names(roster)
    known = {_folded(name) for name in names}
    taken: dict[Person, list[Submission]] = {}
    rest: list[Submission] = []
    doubtful: dict[Person, list[str]] = {}
    for submission in found:
        candidates = sorted(index.find(submission))
        if len(candidates) == 1:
            taken.setdefault(candidates[0], []).append(submission)
            continue
        for person in candidates:
            doubtful.setdefault(person, []).append(submission.student)
        who = ", ".join(names[person] for person in candidates[:3])
        if _folded(submission.student) in known:
            submission = msgspec.structs.replace(submission, student=f"{submission.student} (whose?)")
        rest.append(
            _noted(
                submission,
                f"More than one person on the roster matches ({who}): rename it to one of them."
                if candidates
                else "Not on the roster.",
            )
        )
    for person, identity in enumerate(roster):
        if person in taken:
            newest = _newest(taken[person])
            rest.append(
                msgspec.structs.replace(
                    newest, student=names[person], identity=_merged(newest.identity, identity)
                )
            )
        else:
            note = "Nothing was handed in."
            if person in doubtful:
                note = f"Nothing was handed in under this name; {', '.join(doubtful[person])} may belong to this student."
            rest.append(Submission(names[person], nothing, (), (note,), identity))
    return tuple(rest)


def distinct(found: Iterable[Submission]) -> tuple[Submission, ...]:
    """The newest of each identified student's submissions, under names that are distinct.

    A name stays as found if nobody else has it in any spelling: case, composed and decomposed letters,
    invisible ones, and trailing spaces or dots make no difference. Otherwise something is added to each, with
    a note. Raises PathError if one path was given twice.
    """
    people: dict[object, list[Submission]] = {}
    for submission in found:
        people.setdefault(_whose(submission), []).append(submission)
    submissions = [_newest(several) for several in people.values()]
    shared: dict[str, list[Submission]] = {}
    for submission in _once(submissions):
        shared.setdefault(_folded(submission.student), []).append(submission)
    taken = set(shared)
    apart: list[Submission] = []
    for together in shared.values():
        apart += together if len(together) == 1 else _told_apart(together, taken)
    return tuple(apart)


def _folded(name: str) -> str:
    """The name in a spelling in which names that people or file systems confuse are equal."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    seen = "".join(letter for letter in folded if unicodedata.category(letter) not in ("Cc", "Cf"))
    return seen.strip().rstrip(" .") or name


def _once(submissions: Sequence[Submission]) -> list[Submission]:
    """Every submission once, however many paths lead to it."""
    kept: dict[object, Submission] = {}
    for submission in submissions:
        first = kept.setdefault(submission.origins or id(submission), submission)
        if first is not submission and first.student == submission.student:
            raise PathError(
                f"Two submissions are called {submission.student}, and both are {_place(first)}: give that path only once."
            )
    return list(kept.values())


def _whose(submission: Submission) -> object:
    who = submission.identity
    if who.moodle or who.canvas:
        return who.name, who.moodle, who.canvas
    return id(submission)


def _told_apart(together: list[Submission], taken: set[str]) -> Iterator[Submission]:
    """The submissions with a distinguishing suffix: a number of theirs, otherwise their location."""
    together = sorted(together, key=lambda submission: (submission.student, str(_place(submission))))
    marks = [s.identity.id or s.identity.moodle or s.identity.canvas or s.identity.email for s in together]
    known = len({mark for mark in marks if mark}) == len(together)
    if not known:
        marks = _by_place([_place(submission) for submission in together])
    for submission, mark in zip(together, marks, strict=True):
        name = free = f"{submission.student.rstrip()} ({mark})"
        number = 2
        while _folded(free) in taken:
            free, number = f"{name} {number}", number + 1
        taken.add(_folded(free))
        named = msgspec.structs.replace(submission, student=free)
        yield (
            named
            if known
            else _noted(
                named,
                f"Handed in as {shown(submission.student)!r}; other work has this name or one that looks like it: find out "
                "whose each one is, and rename one of them.",
            )
        )


def _by_place(places: Sequence[Path]) -> list[str]:
    """What distinguishes locations: the nearest folders in which they differ, otherwise a number."""
    for depth in range(1, max(len(place.parents) for place in places) + 1):
        above = ["/".join(place.parts[:-1][-depth:]) for place in places]
        if len({_folded(each) for each in above}) == len(places):
            return [as_text(each) for each in above]
    return [str(number) for number in range(1, len(places) + 1)]


def _place(submission: Submission) -> Path:
    return submission.origins[0] if submission.origins else submission.root


def _newest(several: Sequence[Submission]) -> Submission:
    """The submission whose files changed last, with a note on the others; an empty one never wins."""
    handed = [submission for submission in several if submission.files] or [several[-1]]
    newest = max(reversed(handed), key=_changed)
    others = [submission for submission in handed if submission is not newest]
    if not others:
        return newest
    old = ", ".join(f"{_called(submission)} of {_when(submission)}" for submission in others)
    return _noted(
        newest,
        f"Handed in more than once: {_called(newest)} of {_when(newest)} is the newest and was used; {old} was not.",
    )


def _changed(submission: Submission) -> float:
    return max(map(_time, submission.files), default=0.0)


def _time(file: Path) -> float:
    try:
        return file.lstat().st_mtime
    except OSError:  # it existed a moment ago
        return 0.0


def _when(submission: Submission) -> str:
    try:
        return datetime.fromtimestamp(_changed(submission)).strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError, OSError):
        return "an impossible time"


def _called(submission: Submission) -> str:
    return submission.identity.folder or submission.student


def _noted(submission: Submission, note: str) -> Submission:
    return msgspec.structs.replace(submission, notes=(*submission.notes, note))


def _names(roster: Sequence[Identity]) -> list[str]:
    """A distinct name for everybody: the name, with a suffix if two people share it."""
    names = [person.name or person.id or person.login or person.github or person.email for person in roster]
    names = [name or f"Participant {person.moodle}" for name, person in zip(names, roster, strict=True)]
    folded = Counter(map(_folded, names))
    return [
        name
        if folded[_folded(name)] == 1
        else f"{name} ({person.id or person.email or person.login or person.canvas or person.moodle})"
        for name, person in zip(names, roster, strict=True)
    ]


def _merged(download: Identity, roster: Identity) -> Identity:
    """The roster's data, completed by the download's."""
    return msgspec.structs.replace(
        roster,
        **{name: getattr(download, name) for name in Identity.__struct_fields__ if not getattr(roster, name)},
    )


class _Index:
    """Finds people from the names of folders and files."""

    def __init__(self, roster: Sequence[Identity]) -> None:
        self._moodle = {p.moodle: {n} for n, p in enumerate(roster) if p.moodle}
        self._canvas = {p.canvas: {n} for n, p in enumerate(roster) if p.canvas}
        self._whole: dict[str, set[Person]] = {}
        self._part: dict[str, set[Person]] = {}
        for number, person in enumerate(roster):
            handles = [person.id, person.login, person.github, person.email]
            handles += [handle.partition("@")[0] for handle in handles if "@" in handle]
            for key in map(_key, filter(None, handles)):
                self._whole.setdefault(key, set()).add(number)
                if len(key) >= SHORTEST:
                    self._part.setdefault(key, set()).add(number)
            words = person.name.split()
            for start in range(len(words)):
                key = _key("".join(words[start:] + words[:start]))
                self._whole.setdefault(key, set()).add(number)
                if len(words) > 1:
                    self._part.setdefault(key, set()).add(number)

    def find(self, submission: Submission) -> set[Person]:
        """Everybody who may own the submission: the platform's number decides, then the whole name, then the
        longest parts of it."""
        who = submission.identity
        if who.moodle in self._moodle:
            return self._moodle[who.moodle]
        if who.canvas in self._canvas:
            return self._canvas[who.canvas]
        name = who.name or submission.student
        if not who.name and len(submission.files) == 1 and submission.files[0].name == name:
            name = Path(name).stem
        return self._whole.get(_key(name)) or self._by_parts(re.findall(r"[^\W_]+", name))

    def _by_parts(self, words: list[str]) -> set[Person]:
        hits = {
            (start, end): self._part[key]
            for start in range(len(words))
            for end in range(start + 1, len(words) + 1)
            if (key := _key("".join(words[start:end]))) in self._part
        }
        return {
            person
            for (start, end), people in hits.items()
            for person in people
            if not any(a <= start and end <= b and (a, b) != (start, end) for a, b in hits)
        }


def _key(text: str) -> str:
    """Letters and digits without case and accents: platforms write the same name differently."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if character.isalnum())
