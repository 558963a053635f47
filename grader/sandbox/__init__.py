"""The grader's side of the processes that run or read what students wrote: start, talk, limit, end, self-test."""
