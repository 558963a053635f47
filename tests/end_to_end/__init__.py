"""Tests of the whole grader as its users meet it."""
