"""Tests of `grader/lab`."""
