"""What a new worker is told: where it may write and what it may use."""

import msgspec

__all__ = ["WorkerSettings"]


class WorkerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of one worker; sizes in bytes, times in seconds of CPU."""

    folder: str
    """A private folder holding a copy of what the student handed in; the worker's working directory."""
    memory: int
    """Address space on top of what Python and torch take."""
    file_size: int
    open_files: int
    cpu_seconds: int
    user_processes: int
    """Processes and threads the user may have in all, this worker's among them; 0 for no such limit."""
