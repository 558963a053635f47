"""Diagnose failed checks as known mistakes, each proved by executing it.

`matching` compares the catalogue of mistakes with the runs of a student's function. `initialisation` and
`returned_values` recognise mistakes that show in the factors themselves. `factorisation` and `truncated_svd`
build the diagnosis, and `counterexamples` finds the smallest input on which the results differ.
"""

from reference.diagnosis.counterexamples import descent_counterexample, svd_counterexample
from reference.diagnosis.factorisation import diagnose_descent
from reference.diagnosis.truncated_svd import diagnose_svd

__all__ = ["descent_counterexample", "diagnose_descent", "diagnose_svd", "svd_counterexample"]
