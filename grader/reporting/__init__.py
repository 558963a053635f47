"""Reports as files: pages for people, formats for machines."""
