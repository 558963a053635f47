"""The checks of all five exercises."""
