"""Failures that come from where a submission was graded: an older Python, another numpy, less memory.

A person decides about them; nobody gets a final 0 for what the grader could not run.
"""

import re
from typing import Final

from grader.core.observation import LoadReport
from grader.core.result import Finding, Outcome

__all__ = ["our_limit"]

_REMOVED_FROM_NUMPY: Final = re.compile(
    r"removed (?:from the ndarray class )?in (?:the )?NumPy 2\.0|from the ndarray class in NumPy 2\.0"
)
_NO_MEMORY: Final = re.compile(r"MemoryError|can't allocate memory|used up all the memory|Unable to allocate")


def our_limit(finding: Finding, loaded: LoadReport) -> str:
    """What the grader lacks for a check that failed or found nothing, in a sentence; empty if that is not the reason."""
    if finding.outcome not in (Outcome.FAIL, Outcome.MISSING):
        return ""
    lost = loaded.source.lost if loaded.source is not None else ()
    newer = [each for each in lost if each.needs]
    if newer and (finding.outcome is Outcome.MISSING or any(each.needs in finding.message for each in newer)):
        there = (
            "" if newer[0].needs in finding.message else f"It may be in {newer[0].where}: {newer[0].needs}. "
        )
        return f"{there}A person has to look."
    if finding.outcome is Outcome.FAIL and _REMOVED_FROM_NUMPY.search(finding.message):
        return "It needs numpy 1, and numpy 2 is installed where this was graded: a person has to look."
    if finding.remedy and _NO_MEMORY.search(finding.message):
        return "It needs more memory than a submission may use here: a person has to look."
    return ""
