"""Observations of one submission, and the checks run on them."""
