"""What tests of several rooms share: programs to hand in, workers, the command line, classes and reports."""
