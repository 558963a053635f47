"""Tests of `grader/execution`."""
