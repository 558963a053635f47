"""Gradebooks of learning platforms: an exported file is filled in, and nothing else of it is touched."""
