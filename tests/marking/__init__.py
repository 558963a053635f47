"""Tests of `grader/marking`."""
