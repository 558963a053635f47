"""Tests of `grader/integrations`."""
