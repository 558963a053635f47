"""Tests of `grader/labkit`."""
