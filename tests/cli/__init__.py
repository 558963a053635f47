"""Tests of `grader/cli`."""
