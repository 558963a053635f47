"""What labs share: bounds, inputs, readings of results. Imports the lab interface and core only."""
