"""Marks in a platform's notation."""

import re

__all__ = ["number", "scaled"]


def number(text: str) -> float | None:
    """A number with a decimal point or comma; None for anything else."""
    plain = text.strip().replace(",", ".")
    return float(plain) if re.fullmatch(r"\d+(\.\d*)?", plain) else None


def scaled(marks: float, most: float, points: float | None, *, comma: bool = False) -> str:
    """Marks out of `most`, converted to points out of `points`: at most four decimals, no trailing zeros."""
    value = marks if points is None or most <= 0 else marks / most * points
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if comma else text
