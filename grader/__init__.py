"""An autograder for labs in numerical computing.

`grader` knows how to collect, run, judge and report submissions; what is asked and what is right is
supplied by a *lab* (see `grader.lab`), such as the one in the `reference` package.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
