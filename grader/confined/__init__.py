"""Processes that read submitted files: each one limits itself, locks itself, does one task and exits.

`fork_server` forks them and `work` is what one does. The grader's side is `grader.sandbox.reader_client`.
"""

__all__: list[str] = []
