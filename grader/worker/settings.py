"""The settings of a new worker: where it may write and what it may use."""

import msgspec

__all__ = ["WorkerSettings"]


class WorkerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of one worker; sizes in bytes, times in seconds of CPU."""

    folder: str
    """A private folder with a copy of the submitted files; the worker's working directory."""
    memory: int
    """Address space in addition to what Python and torch use."""
    file_size: int
    open_files: int
    cpu_seconds: int
    user_processes: int
    """Processes and threads that the user may have in total, including this worker's; 0 for no such limit."""
