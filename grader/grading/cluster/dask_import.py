"""Dask, which is an extra: imported in one place, and quiet."""

import logging
from types import ModuleType

from grader.core.errors import ClusterError

__all__ = ["engine"]


def engine() -> ModuleType:
    """The `distributed` package. Raises ClusterError where it is not installed."""
    try:
        import distributed
    except ImportError as error:
        raise ClusterError(
            "A cluster needs Dask: install it with `pip install 'lab-grader[cluster]'`."
        ) from error
    # Importing it makes it talkative; what a person has to know, we say ourselves.
    logging.getLogger("distributed").setLevel(logging.ERROR)
    return distributed
