"""The model solution and the numbers it must give."""
