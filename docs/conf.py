"""How the site is built: `sphinx-build -W docs site`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from grader import __version__

project = "lab-grader"
author = "the lab-grader authors"
release = version = __version__
extensions = ["myst_parser", "sphinx_click", "structures"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["second-lab", "examples", "_ext"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = f"lab-grader {__version__}"
html_show_copyright = False
nitpicky = True
smartquotes = False
