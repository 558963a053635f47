"""Measurements: what is claimed about speed and luck, each repeated by one command."""
