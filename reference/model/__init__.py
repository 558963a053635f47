"""The model solution and its published results."""
