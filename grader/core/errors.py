"""Every error a user can cause, each one sentence with its remedy.

::

    GraderError
    ├── UsageError            the command line or the configuration is wrong (exit status 2)
    │   ├── PathError         a path given does not exist, holds no submissions or cannot be written
    │   │   └── NoRoomError   the disk is full: what was handed in cannot be unpacked or copied
    │   ├── LabError          the lab cannot be loaded, or has no such exercise
    │   ├── TableError        a roster or a table of marks cannot be used
    │   ├── IsolationError    the isolation asked for cannot hold on this machine
    │   ├── ClusterError      the cluster cannot be reached, or runs something else than this program
    │   └── RubricError       rubric.toml does not add up or names what does not exist
    ├── SourceError           a file handed in cannot be read (costs only that submission)
    └── SandboxError          a worker cannot be started: our own fault (exit status 3)
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
    """The root of all errors raised on purpose."""


class UsageError(GraderError):
    """What was asked for cannot be done as asked."""


class PathError(UsageError):
    """A path that does not exist, holds nothing to grade, or cannot be written."""


class NoRoomError(PathError):
    """A disk without room for what has to be unpacked or copied: trouble of the machine, not of a submission."""


class LabError(UsageError):
    """A lab that cannot be loaded, or an exercise it does not have."""


class TableError(UsageError):
    """A roster or a table of marks that cannot be read or names what does not exist."""


class IsolationError(UsageError):
    """An isolation that this machine cannot hold."""


class RubricError(UsageError):
    """A rubric whose marks do not add up or that names a check that does not exist."""


class SourceError(GraderError):
    """A file handed in that cannot be read as what its name says."""


class SandboxError(GraderError):
    """A worker process that could not be started."""


class ClusterError(UsageError):
    """A cluster that cannot be used as asked."""
