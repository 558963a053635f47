"""Landlock, seccomp, rlimits and the import filter, shared by workers and the processes that read documents."""
