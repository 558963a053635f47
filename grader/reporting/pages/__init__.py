"""Feedback pages: a student's report as HTML, Markdown and plain text, and a class as one HTML page."""

from grader.reporting.pages.folders import page_folder
from grader.reporting.pages.overview import (
    ClassCell,
    ClassRow,
    Download,
    class_html_pieces,
    class_row,
    render_class_html,
)
from grader.reporting.pages.student import (
    render_student_html,
    render_student_markdown,
    render_student_text,
)

__all__ = [
    "ClassCell",
    "ClassRow",
    "Download",
    "class_html_pieces",
    "class_row",
    "page_folder",
    "render_class_html",
    "render_student_html",
    "render_student_markdown",
    "render_student_text",
]
