"""Documents that students hand in, and the programs that made them."""
