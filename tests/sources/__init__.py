"""Tests of `grader/sources`."""
