"""The sheet's update rule and its accepted variants."""
