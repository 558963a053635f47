"""Tests of `grader/core`."""
