"""Programs that measure the whole grader: wrong marks, named mistakes, and the effect of a change."""
