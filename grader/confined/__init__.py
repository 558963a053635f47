"""Processes in which what students hand in is read: each limits itself, locks itself in, does one task and dies.

`readers` is our side, `server` the process that forks them, `work` what one does, `tasks` what passes between.
"""

__all__: list[str] = []
