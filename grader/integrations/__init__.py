"""Gradescope, gradebooks, pytest, notebooks, the student kit."""
