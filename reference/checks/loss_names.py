"""Whether the words in front of a stated number call it a loss: one rule for what is judged and for what is shown."""

import re
from typing import Final

from grader.lab import StatedValue

__all__ = ["is_called_loss"]

LOSS_WORDS: Final = (
    *("loss", "err", "frob", "norm", "residual", "reconstruction", "mse", "sse", "e ="),
    *("verlust", "fehler", "abweichung", "perte", "écart", "pérdida", "perdida", "strata", "błąd"),
)

_NUMBER: Final = re.compile(r"(?<![\w.\[])\d+(?:\.\d+)?")
"""A number of its own: `loss_2`, `rank1` and `losses[3]` hold none."""

_SETTINGS: Final = r"\b(?:lr|learning[ _-]?rate|alpha|eta|step[ _-]?size|seed)\b"
_SETTING: Final = re.compile(_SETTINGS + r"\W*\Z")
"""A setting right in front of a number, whatever else stands there: `loss for lr 0.01`."""

_ANOTHER: Final = re.compile(
    _SETTINGS + r"|\b(?:acc|accuracy|time|sec|seconds|sigma|singular|ratio|quotient|verhältnis|rapport)\b"
)
"""What else is printed beside a loss."""

_EXERCISE: Final = re.compile(r"(?<![\w.])[1-3]\.[1-3](?![\w.])")
"""The number of an exercise, which is no value: `ratio to 1.2`."""


def is_called_loss(number: StatedValue) -> bool:
    """Whether a number is called a loss or an error by the words in front of it.

    Other numbers may lie between, as in `loss after 1000 epochs: 0.1235`, unless the words behind them name something
    else: in `loss 0.1235 lr 0.01` the second number is no loss.
    """
    words = number.name.lower()
    nearest = _NUMBER.split(_EXERCISE.sub("", words))[-1]
    if _SETTING.search(nearest) or (_ANOTHER.search(nearest) and not _has_loss_word(nearest)):
        return False
    return _has_loss_word(words)


def _has_loss_word(words: str) -> bool:
    return any(word in words for word in LOSS_WORDS)
