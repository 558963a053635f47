"""From paths to students: downloads, archives, rosters, staging."""
