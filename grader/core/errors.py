"""Every error a user can cause, each one sentence with its remedy.

::

    GraderError
    ├── UsageError            the command line or the configuration is wrong (exit status 2)
    │   ├── PathError         a given path does not exist, contains no submissions or cannot be written
    │   │   └── NoRoomError   the disk is full: submissions cannot be unpacked or copied
    │   ├── LabError          the lab cannot be loaded, or has no such exercise
    │   ├── TableError        a roster or a table of marks cannot be used
    │   ├── IsolationError    this machine does not support the requested isolation level
    │   ├── ClusterError      the cluster cannot be reached, or runs a different program
    │   └── RubricError       rubric.toml does not add up or names something unknown
    ├── SourceError           a submitted file cannot be read (affects only that submission)
    └── SandboxError          a worker cannot be started: a fault in the grader (exit status 3)
"""

__all__ = [
    "ClusterError",
    "GraderError",
    "IsolationError",
    "LabError",
    "NoRoomError",
    "PathError",
    "RubricError",
    "SandboxError",
    "SourceError",
    "TableError",
    "UsageError",
]


class GraderError(Exception):
    """The root of all errors that the grader raises on purpose."""


class UsageError(GraderError):
    """The request cannot be carried out as given."""


class PathError(UsageError):
    """A path does not exist, contains nothing to grade, or cannot be written."""


class NoRoomError(PathError):
    """The disk has no room to unpack or copy submissions: a problem of the machine, not of a submission."""


class LabError(UsageError):
    """A lab cannot be loaded, or does not have the exercise."""


class TableError(UsageError):
    """A roster or a table of marks cannot be read or names something unknown."""


class IsolationError(UsageError):
    """The machine does not support the isolation level."""


class RubricError(UsageError):
    """The marks of a rubric do not add up, or it names an unknown check."""


class SourceError(GraderError):
    """A submitted file cannot be read as the type its name says."""


class SandboxError(GraderError):
    """A worker process could not be started."""


class ClusterError(UsageError):
    """A cluster cannot be used as requested."""
