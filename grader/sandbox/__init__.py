"""The grader's side of processes that run or read student work: start, talk, limit, end, self-test."""
