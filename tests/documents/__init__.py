"""Documents that students hand in, and the programs that created them."""
