"""The bank of known mistakes, each of which can be run.

`loops`, `steps`, `masks` and `runs` hold mistaken rules of 1.1 and 3.1, `decompositions` mistaken SVDs of
2.1, which `stated` finds among a script's figures. `entry` says what a mistake is.
"""

from grader.labkit import MisconceptionText
from reference.misconceptions.catalogue import BANK, MASKED_BANK
from reference.misconceptions.entry import Misconception
from reference.misconceptions.truncated_svd import SVD_BANK

__all__ = ["BANK", "MASKED_BANK", "SVD_BANK", "Misconception", "MisconceptionText"]
