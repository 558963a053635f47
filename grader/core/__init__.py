"""Values that every stage speaks, errors, limits, and the escaping of students' text."""
