"""Building blocks that labs share: bounds, inputs, readers of results. Imports only the lab interface and
core."""
