"""Tests: a folder for each room of the grader, `end_to_end` for the whole of it, `tools` for what measures it."""
