"""The diagnosis of a function that raises an error: its line, message and the shapes of the values."""

from grader.lab import Diagnosis, Raised, Source
from grader.labkit.returned_values import failure

__all__ = ["RAISES", "raised_error"]

RAISES = "raises"
"""The id of the diagnosis of an error that no known mistake explains."""

_MEANINGS = {
    "IndexError": "An index is out of range.",
    "RuntimeError": "PyTorch cannot do this with matrices of these shapes or types.",
    "ValueError": "A value has a type that this line cannot use.",
    "TypeError": "A value is called or combined in a way that its type does not support.",
    "NameError": "A name is used that was never assigned a value.",
    "UnboundLocalError": "A variable is used before it is assigned a value.",
    "AttributeError": "An object does not have the attribute or method that is used.",
    "ZeroDivisionError": "A value is divided by 0.",
    "KeyError": "A key is looked up that does not exist.",
}


def raised_error(raised: Raised, source: Source | None) -> Diagnosis:
    """The diagnosis of a call that raised an error; it was observed, so it counts as verified."""
    meaning = _MEANINGS.get(raised.type_name, "Python stops here.")
    where = f" in line {raised.line}" if raised.line else ""
    return Diagnosis(
        id=RAISES,
        title=f"The function raises {raised.type_name}{where}.",
        message=f"{meaning} {failure(raised)}",
        file=source.name if source is not None else "",
        line=raised.line,
        verified=True,
        concept="reading an error message",
        question="What are the values and shapes of this line's variables when Python reaches it?",
        evidence="This was observed when your function ran.",
    )
