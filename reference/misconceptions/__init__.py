"""The catalogue of known mistakes, each of which can be executed.

`cell_errors`, `update_steps`, `loops`, `masks` and `training_loop` contain mistaken rules of 1.1 and 3.1,
`truncated_svd` mistaken SVDs of 2.1; `stated_svd` finds these among the matrices that a script states.
`entry` defines a mistake.
"""

from grader.labkit import MisconceptionText
from reference.misconceptions.catalogue import MASKED_MISCONCEPTIONS, MISCONCEPTIONS
from reference.misconceptions.entry import Misconception
from reference.misconceptions.truncated_svd import SVD_MISCONCEPTIONS

__all__ = [
    "MASKED_MISCONCEPTIONS",
    "MISCONCEPTIONS",
    "SVD_MISCONCEPTIONS",
    "Misconception",
    "MisconceptionText",
]
