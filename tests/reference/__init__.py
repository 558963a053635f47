"""Tests of Lab 1, one file per topic."""
