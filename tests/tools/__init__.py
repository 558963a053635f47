"""Programs that measure the whole grader: whose marks are wrong, which mistakes are named, what a change changed."""
