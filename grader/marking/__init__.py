"""From findings and a rubric to a report; manual marks, feedback level, anonymising."""
