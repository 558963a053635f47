"""Text typed into a platform's editor, and pages exported from notebooks, are read like reports."""

from pathlib import Path

import pytest

from grader import sources
from grader.core.submission import Source
from tests.support.submissions import RIGHT_SVD, Handed

TYPED = """\
<p dir="ltr">The SVD has a <b>lower</b> loss than SGD,<br>because of the Eckart&ndash;Young theorem.</p>
<pre>import torch

def truncated_svd(A, rank):
    U_k, S, Vh = torch.linalg.svd(A)
    return U_k[:, :rank] * S[:rank] @ Vh[:rank]
</pre>
<p>def half(x):<br>&nbsp;&nbsp;&nbsp;&nbsp;return x * 0.5</p>
<script>raise SystemExit</script><style>p { color: red }</style>
"""


def read(folder: Path) -> Source:
    """The source of the only page in a folder."""
    return sources.read(folder / "onlinetext.html", "onlinetext.html")


def test_code_and_prose_of_a_typed_text_are_told_apart(handed_in: Handed) -> None:
    source = read(handed_in({"onlinetext.html": TYPED}))
    assert (source.problem, source.unread) == ("", ())
    compile(source.code, "onlinetext.html", "exec")
    assert "def truncated_svd(A, rank):\n    U_k, S, Vh" in source.code
    assert "def half(x):" in source.code and "    return x * 0.5" in source.code
    assert "because of the Eckart–Young theorem" in source.text
    assert "SystemExit" not in source.code + source.text and "color" not in source.code + source.text
    assert all(place.words.startswith("line ") for passage in source.passages for place in passage.places)


def test_a_script_pasted_between_tags_is_read_whole(handed_in: Handed) -> None:
    escaped = RIGHT_SVD.replace("&", "&amp;").replace("<", "&lt;")
    for page in (
        f"<pre><code>{escaped}</code></pre>",
        f"<html><body><div><pre>{escaped}</pre></div></body></html>",
    ):
        source = read(handed_in({"onlinetext.html": page}))
        assert source.code.strip() == RIGHT_SVD.strip()


@pytest.mark.parametrize("page", [b"", b"\0\1\2", b"<div>" * 5000 + b"deep"])
def test_a_page_that_cannot_be_read_is_for_a_person_and_says_so(handed_in: Handed, page: bytes) -> None:
    source = read(handed_in({"onlinetext.html": page}))
    assert source.code == ""
    assert "onlinetext.html" in " ".join(source.unread) or "deep" in source.text
