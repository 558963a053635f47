"""Tests of `grader/sandbox`."""
