"""Import Dask, which is an optional extra, in one place and without its log output."""

import logging
from types import ModuleType

from grader.core.errors import ClusterError

__all__ = ["engine"]


def engine() -> ModuleType:
    """The `distributed` package. Raises ClusterError if it is not installed."""
    try:
        import distributed
    except ImportError as error:
        raise ClusterError(
            "A cluster needs Dask: install it with `pip install 'lab-grader[cluster]'`."
        ) from error
    # Importing it enables log output; we report everything that a person has to know ourselves.
    logging.getLogger("distributed").setLevel(logging.ERROR)
    return distributed
