"""Diagnose failed checks: name the mistake, find its line and verify a repair."""
