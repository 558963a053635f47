"""Tests of `grader/grading`."""
