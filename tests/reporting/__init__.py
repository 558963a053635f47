"""Tests of `grader/reporting`."""
