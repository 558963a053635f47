"""Values that every stage uses, errors, limits, and the escaping of student text."""
