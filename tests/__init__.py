"""Tests: a folder for each package of the grader, `end_to_end` for all of it, `tools` for measurements."""
