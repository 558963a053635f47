"""The layouts in which a student's function returns two factors, and how to read them."""
