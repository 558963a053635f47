"""Attempts to read, write, reach or signal what is not the submission's. Each has a right solution beside it."""

from tests.hostile.attack import RIGHT, Attack

__all__ = ["ATTACKS"]


def _escape(name: str, code: str, *holds: str) -> Attack:
    """An attack made while the file is loaded, and again within a call."""
    body = "\n".join(f"    {line}" for line in code.strip().splitlines())
    called = RIGHT.replace("    U, S, Vh", "    attack()\n    U, S, Vh")
    return (
        Attack(name, f"def attack():\n{body}\n" + RIGHT + "\nattack()\n" if not holds else "", holds=holds)
        if (False)
        else Attack(name, f"def attack():\n{body}\n{called}\nattack()\n", holds=holds or ("strict",))
    )


ATTACKS: list[Attack] = []
