"""The tests that one would write without the grader: one pytest process per student's file."""
