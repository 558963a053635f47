"""From failed checks to named mistakes, each proved by running it.

`matching` compares the bank with what a student's function did; `starts` and `results` recognise what shows
in the factors themselves; `descents` and `svds` put a diagnosis together, `witness` finds the smallest
input on which the answers differ.
"""

from reference.diagnosis.descents import diagnose_descent
from reference.diagnosis.svds import diagnose_svd
from reference.diagnosis.witness import descent_witness, svd_witness

__all__ = ["descent_witness", "diagnose_descent", "diagnose_svd", "svd_witness"]
