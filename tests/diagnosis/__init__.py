"""Tests of `grader/diagnosis`."""
