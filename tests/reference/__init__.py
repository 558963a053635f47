"""Tests of Lab 1, one file a module."""
