"""A whole run: which executor examines what, the cache of findings, sessions."""
