"""From findings and a rubric to a report; marks by a person, feedback level, anonymising."""
