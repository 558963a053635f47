"""Tests of `grader/submissions`."""
