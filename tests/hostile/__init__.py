"""Attacks and accidents, each handed in like a student's work and graded by the real command line.

`forge`, `escape`, `resource`, `crash`, `text` and `odd` list them, one submission each; `attack` says what
an attack is and puts it into a class beside honest students.
"""
