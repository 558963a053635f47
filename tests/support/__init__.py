"""Code that tests of several packages share: programs to hand in, workers, the command line, classes,
reports."""
