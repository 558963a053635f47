"""From failed checks to the named mistake, its line and a verified repair."""
