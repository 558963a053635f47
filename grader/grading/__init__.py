"""A whole run: executors, the cache of findings, sessions."""
