"""Tests of `grader/confined`."""
