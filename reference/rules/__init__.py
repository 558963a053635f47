"""The sheet's update rule and the accepted variants of it."""
