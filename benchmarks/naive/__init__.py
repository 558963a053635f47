"""What somebody writes who has no grader: tests of one student's file, run by one pytest process a student."""
