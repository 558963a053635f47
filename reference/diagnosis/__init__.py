"""From failed checks to named mistakes, each proved by running it.

`matching` compares the catalogue of mistakes with what a student's function did. `initialisation` and
`returned_values` recognise mistakes that show in the factors themselves. `factorisation` and `truncated_svd` put
a diagnosis together, and `counterexamples` finds the smallest input on which the answers differ.
"""

from reference.diagnosis.counterexamples import descent_counterexample, svd_counterexample
from reference.diagnosis.factorisation import diagnose_descent
from reference.diagnosis.truncated_svd import diagnose_svd

__all__ = ["descent_counterexample", "diagnose_descent", "diagnose_svd", "svd_counterexample"]
