"""Tests of the whole grader from a user's point of view."""
