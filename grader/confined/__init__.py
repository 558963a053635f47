"""Processes in which what students hand in is read: each limits itself, locks itself in, does one task and dies.

`fork_server` is the process that forks them and `work` what one does. The grader's side is
`grader.sandbox.reader_client`; `grader.sandbox.reader_messages` is what passes between.
"""

__all__: list[str] = []
