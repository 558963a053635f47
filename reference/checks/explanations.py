"""The two questions to be answered in words, and the ideas that their answers tend to mention.

Exercise 2.1 asks why the truncated SVD does better, exercise 3.2 what the completed matrix tells.
"""

from typing import Final

from grader.labkit import REASONING, Idea, Question

__all__ = ["MEANING", "WHY"]

_EXERCISES: Final = r"[123]\.[1-9]"
_REASONING: Final = rf"{REASONING}|eckart"

WHY: Final = Question(
    "2.1-why",
    "2.1",
    "Why is this the case?",
    (
        Idea("Eckart–Young", r"eckart|young|mirsky", 4),
        Idea(
            "optimality",
            r"optim\w+|\bbest\b[^.]{0,300}\b(approximation|rank|possible|reconstruction|error)|minimi[sz]\w+|global\w*|"
            r"(lowest|smallest|least|minimal)\b[^.]{0,300}\b(error|loss|norm|possible)|closest|minimum|lower bound|"
            r"\bno\b[^.]{0,300}\b(smaller|lower|better|closer)\b|(can't|cannot) (beat|do better)",
            2,
        ),
        Idea("rank", r"\brank\b|low-rank", 1),
        Idea("the singular value cut off", r"singular values?|σ|sigma|0\.349|0\.12191?", 1),
        Idea("the decomposition", r"\bsvd\b|decomposition|truncat\w+", 1),
        Idea(
            "that descent only comes close",
            r"\bsgd\b|gradient|descent|converge\w*|epochs?|iterat\w+|local min\w*",
            1,
        ),
    ),
    _EXERCISES,
    _REASONING,
)

MEANING: Final = Question(
    "3.2-meaning",
    "3.2",
    "What does this tell you?",
    (
        Idea(
            "hidden values",
            r"hidden|missing|mask\w*|unobserved|unseen|unknown|not observed|held[- ]out|removed",
            2,
        ),
        Idea("observed values", r"\bobserved|visible|\bknown\b|\bseen\b|remaining|available", 1),
        Idea(
            "how close the hidden values come",
            r"recover\w*|close\b|differ\w*|\bfar\b|predict\w*|estimat\w*|accura\w+|approximat\w*|exact\w*|\boff\b|2\.18|0\.86|wrong|fill\w*|"
            r"complet\w+|reconstruct\w*",
            1,
        ),
        Idea("rank", r"\brank\b|low-rank", 1),
        Idea(
            "that the completion is not unique",
            r"unique\w*|underdetermined|degrees? of freedom|many (solutions|matrices)|ambig\w+|not enough|too few|infinitely",
            2,
        ),
    ),
    _EXERCISES,
    _REASONING,
)
