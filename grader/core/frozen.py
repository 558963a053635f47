"""The base of all values that stages hand on."""

import msgspec

__all__ = ["Frozen"]


class Frozen(msgspec.Struct, frozen=True):
    """Base of all values: immutable and slotted."""
