"""How two factors come back from a student's function, and how they are read."""
