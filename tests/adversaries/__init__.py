"""Programs that know this grader and try to get marks without doing the factorisations or the truncated SVD.

Each is written against the grader's source, and carries the most that its honest part deserves by the sheet
and the rubric. ``python -m tests.adversaries`` grades all of them under many seeds, through the real pipeline
and real workers, and says who earns more under any of them. What they have in common with `tests/hostile` is
the wish for marks; here nobody breaks out of anything.
"""
