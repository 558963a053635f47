"""Find a student's version of a function and express a call with the student's own parameters.

Functions are matched by exact name, then by spelling variants; parameters by name, then by the sheet's
aliases, then by their common default, then by position. Spelling never disqualifies a function.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, TypeVar

from grader.lab.spec import Binding, Function, Located, Parameter, Slot
from grader.protocol import FunctionInfo, ParameterInfo

__all__ = ["OPTION_WORDS", "arguments", "bind", "find", "fits_arity", "normalised", "written"]

OPTION_WORDS: Final = (
    "seed", "verbos", "print", "log", "logs", "logger", "logging", "tol", "toler", "every", "plot", "show", "debug",
)  # fmt: skip
"""Words in names of parameters that students add for themselves, in any lab; `Function.options` adds a lab's own."""

_WHOLE_ONLY: Final = 3
"""An option word of at most so many letters counts as a word of its own only: `reps` ends with `eps`."""

_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN_WORDS: Final = re.compile(r"[_\d]+")

T = TypeVar("T")

_POSITIONAL = ("positional_only", "positional_or_keyword")


def normalised(name: str) -> str:
    """A name without the differences that students introduce: case, underscores, British or American
    spelling, a class prefix."""
    plain = re.sub(r"[^a-z0-9]", "", name.rsplit(".", 1)[-1].lower())
    return re.sub(r"iz(?=e|ing|ation)", "is", plain)


def find(function: Function, candidates: Sequence[FunctionInfo]) -> tuple[int, tuple[str, ...]] | None:
    """The number of the student's version and notes about its name, or None.

    The order of preference is exact name, spelling variant, alias; among equals, the one whose parameters
    fit, then the last one defined.
    """
    aliases = {normalised(alias) for alias in function.aliases}
    ranked: list[tuple[int, bool, int]] = []
    for number, candidate in enumerate(candidates):
        plain = normalised(candidate.name)
        if candidate.name == function.name:
            closeness = 3
        elif plain == normalised(function.name):
            closeness = 2
        elif plain in aliases:
            closeness = 1
        else:
            continue
        fits = fits_arity(function, candidate)
        if closeness == 1 and not fits:
            continue  # one of the student's helpers that happens to have this name
        ranked.append((closeness, fits, number))
    if not ranked:
        return None
    fitting = [entry for entry in ranked if entry[1]] or ranked
    closeness, _, number = max(fitting, key=lambda entry: (entry[0], entry[2]))
    name = candidates[number].name
    notes = () if closeness == 3 else (f"Found as `{name}`; the sheet calls it `{function.name}`.",)
    return number, notes


def fits_arity(function: Function, candidate: FunctionInfo) -> bool:
    """Whether every call of the sheet can be expressed with the candidate's parameters."""
    bound = bind(function, candidate.parameters)
    return not bound.extra and not set(bound.missing) - set(function.optional)


def bind(function: Function, parameters: Sequence[ParameterInfo]) -> Binding:
    """Match the sheet's parameters with the student's: by name, by alias, by default, then by position.

    A one-letter name counts only if the sheet's one-letter names before it are present too, since `M` may be
    any matrix if there is no `A`. A variadic parameter of the student's takes the rest.
    """
    theirs_by_name = {p.name: p for p in parameters if p.kind in (*_POSITIONAL, "keyword_only")}
    letters = [p.name for p in function.parameters if len(p.name) == 1]
    options = _option_words(function)
    left = list(function.parameters)
    taken: dict[str, Parameter] = {}

    def take(name: str, ours: Parameter) -> None:
        taken[name] = ours
        left.remove(ours)

    for ours in function.parameters:
        before = letters[: letters.index(ours.name)] if ours.name in letters else []
        if ours.name in theirs_by_name and theirs_by_name.keys() >= set(before):
            take(ours.name, ours)
    for name in theirs_by_name:
        ours_by_alias = next((ours for ours in left if _is_alias(name, ours)), None)
        if name not in taken and ours_by_alias is not None:
            take(name, ours_by_alias)
    for name, theirs in theirs_by_name.items():
        alike = next((ours for ours in left if _has_default_of(theirs, ours, options)), None)
        if name not in taken and alike is not None:
            take(name, alike)
    for name, theirs in theirs_by_name.items():
        if name not in taken and left and theirs.kind in _POSITIONAL and _may_be(theirs, left[0], options):
            take(name, left[0])

    own = [
        name for name, theirs in theirs_by_name.items() if name not in taken and theirs.kind in _POSITIONAL
    ]
    order = list(theirs_by_name)
    slots = tuple(
        Slot(
            name,
            taken[name].name,
            theirs.kind,
            has_default=theirs.default is not None,
            by_name=any(order.index(other) < order.index(name) for other in own),
        )
        for name, theirs in theirs_by_name.items()
        if name in taken
    )
    kinds = {p.kind for p in parameters}
    takes_more = (
        "var_positional" in kinds and not own
    )  # arguments for `*args` would be taken by the student's own parameters
    rest = tuple(ours.name for ours in left)
    swallowed = rest if takes_more or "var_keyword" in kinds else ()
    return Binding(
        slots=slots,
        variadic=swallowed if takes_more else (),
        by_keyword=() if takes_more else swallowed,
        missing=() if swallowed else rest,
        extra=tuple(
            name for name, theirs in theirs_by_name.items() if name not in taken and theirs.default is None
        ),
        taken=(*(slot.ours for slot in slots), *swallowed),
        without_default=frozenset((*(slot.ours for slot in slots if not slot.has_default), *swallowed)),
    )


def _words(name: str) -> tuple[str, ...]:
    """The words of a name, in lower case: `maxSteps` and `max_steps2` have `max` and `steps`."""
    return tuple(word.lower() for word in _BETWEEN_WORDS.split(_HUMP.sub("_", name)) if word)


def _option_words(function: Function) -> frozenset[str]:
    """Words that name an option of the student's: none of them is a word of the sheet's own parameters."""
    own = {
        word for ours in function.parameters for name in (ours.name, *ours.aliases) for word in _words(name)
    }
    return frozenset(
        option
        for option in (*OPTION_WORDS, *function.options)
        if not any(_is_option(w, {option}) for w in own)
    )


def _is_option(word: str, options: Collection[str]) -> bool:
    """Whether a word is an option word, or begins or ends with a long one: `logging`, `minibatch`, `printout`."""
    return word in options or any(
        len(option) > _WHOLE_ONLY and (word.startswith(option) or word.endswith(option)) for option in options
    )


def _is_alias(name: str, ours: Parameter) -> bool:
    plain = name.lower().replace("_", "")
    return len(plain) > 1 and plain in {a.lower().replace("_", "") for a in (ours.name, *ours.aliases)}


def _has_default_of(theirs: ParameterInfo, ours: Parameter, options: Collection[str]) -> bool:
    """Whether a parameter has the default that the sheet gives: a default of 1000 means the epochs, whatever the name."""
    try:
        same = (
            theirs.default is not None and ours.default is not None and float(theirs.default) == ours.default
        )
    except ValueError:
        return False
    return same and _may_be(theirs, ours, options)


def _may_be(theirs: ParameterInfo, ours: Parameter, options: Collection[str]) -> bool:
    """Whether a student's parameter may stand for one of the sheet's; with a default that is not a number, it is an option."""
    if theirs.default is None:
        return True
    if any(_is_option(word, options) for word in _words(theirs.name)):
        return False
    try:
        float(theirs.default)
    except ValueError:
        return theirs.default == "None" and len(theirs.name) <= 2
    return not ours.is_array


def arguments(
    function: Function,
    binding: Binding,
    given: Mapping[str, T],
    make: Callable[[int | float], T],
) -> tuple[list[T], dict[str, T], tuple[str, ...]] | str:
    """Split the sheet's arguments into positional and named ones, or say why that is impossible.

    A parameter left out keeps the student's default; if it has none, `make` converts the sheet's default to a
    value. The third part lists the sheet's names of everything passed: positional ones, then named ones.
    """
    taken = binding.taken
    lost = [name for name in given if name not in taken]
    if lost:
        return "the function does not take " + ", ".join(f"`{name}`" for name in lost)
    if binding.extra:
        return "the function also wants " + ", ".join(f"`{name}`" for name in binding.extra)
    values = dict(given)
    for parameter in function.parameters:
        if parameter.default is not None and parameter.name in binding.without_default:
            values.setdefault(parameter.name, make(parameter.default))
    positional: list[str] = []
    named: dict[str, str] = {}
    by_position = True
    for slot in binding.slots:
        if slot.ours not in values:
            by_position = False
        elif slot.kind == "keyword_only" or (
            (slot.by_name or not by_position) and slot.kind != "positional_only"
        ):
            named[slot.theirs] = slot.ours
        else:
            positional.append(slot.ours)
    positional += [name for name in binding.variadic if name in values]
    named |= {name: name for name in binding.by_keyword if name in values}
    return (
        [values[name] for name in positional],
        {theirs: values[name] for theirs, name in named.items()},
        (*positional, *named.values()),
    )


def written(function: Function, located: Located, given: Mapping[str, str]) -> str:
    """The call of a student's version as the student can write it, given the text of each argument by the
    sheet's name.

    Parameters with a default on the sheet are passed by the student's own names. Empty if the function cannot
    be called this way.
    """
    split = arguments(function, located.binding, given, str)
    if isinstance(split, str):
        return ""
    positional, named, order = split
    optional = {parameter.name for parameter in function.parameters if parameter.default is not None}
    slots = {slot.ours: slot for slot in located.binding.slots}
    shown = list(positional)
    for number in reversed(range(len(positional))):
        slot = slots.get(order[number])
        if slot is None or slot.ours not in optional or slot.kind == "positional_only":
            break
        shown[number] = f"{slot.theirs}={positional[number]}"
    shown += [f"{name}={text}" for name, text in named.items()]
    if located.made_with is None:
        return f"{located.name}({', '.join(shown)})"
    theirs = [slots[ours].theirs if ours in slots else ours for ours in order]
    texts = [*positional, *named.values()]
    makes = {*located.made_with, *located.binding.by_keyword}
    making = [f"{name}={text}" for name, text in zip(theirs, texts, strict=True) if name in makes]
    passed = [
        text for name, text in zip(theirs, shown, strict=True) if name not in makes or name in located.shared
    ]
    owner, _, method = located.name.rpartition(".")
    of_it = "" if method == "__call__" else f".{method}"
    return f"{owner}({', '.join(making)}){of_it}({', '.join(passed)})"
