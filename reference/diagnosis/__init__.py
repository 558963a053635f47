"""From failed checks to named mistakes, each proved by running it.

`matching` compares the bank with what a student's function did; `starts` and `results` recognise what shows
in the factors themselves; `descents` and `svds` put a diagnosis together, `witness` finds the smallest
input on which the answers differ.
"""

from reference.diagnosis.counterexamples import descent_witness, svd_witness
from reference.diagnosis.factorisation import diagnose_descent
from reference.diagnosis.truncated_svd import diagnose_svd

__all__ = ["descent_witness", "diagnose_descent", "diagnose_svd", "svd_witness"]
