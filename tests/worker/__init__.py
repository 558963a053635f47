"""Tests of `grader/worker`."""
