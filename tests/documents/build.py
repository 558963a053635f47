"""Make the PDF fixtures from their sources with the tools students use: ``python -m tests.documents.build``.

Needs pdflatex with listings and minted, LibreOffice Writer, Chromium and nbconvert; the PDFs are committed,
so that nobody else does. Sources stand in `pdf/src`; those of the round trip are made from the corpus.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

from tests.documents.convert import as_latex, as_notebook, chunks

HERE = Path(__file__).parent
CORPUS = HERE.parent / "corpus" / "right"
FIXED_DATE = {"SOURCE_DATE_EPOCH": "1764000000", "FORCE_SOURCE_DATE": "1"}

ROUND_TRIP = {
    "listings": (
        "lab_in_sheet_order", "lab_main_guard", "lab_aufgaben", "lab_two_parts_overwritten", "sound_backwards",
    ),
    "minted": (
        "lab_shared_core", "lab_notebook_export", "lab_plain_python", "lab_error_at_the_end", "sound_torch_optim",
    ),
    "libreoffice": (
        "lab_class", "lab_numpy_throughout", "lab_file_on_own_disk", "lab_partial", "lab_no_grad_parameters",
    ),
    "chromium": (
        "lab_ones_mask", "lab_unguarded_plot", "lab_column_sweeps", "lab_default_double", "lab_argparse",
    ),
}  # fmt: skip
"""Which solution of the corpus is printed by which tool."""


def _run(*command: str | Path, cwd: Path) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **FIXED_DATE},
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        sys.exit(f"{command[0]} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def latex(source: Path, target: Path) -> None:
    """Run pdflatex twice beside a copy of the source's folder."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for file in source.parent.iterdir():
            if file.is_file():
                shutil.copy(file, work)
        for _ in range(2):
            _run(
                "pdflatex",
                "-shell-escape",
                "-interaction=nonstopmode",
                "-halt-on-error",
                source.name,
                cwd=work,
            )
        shutil.copy(work / f"{source.stem}.pdf", target)


def libreoffice(source: Path, target: Path) -> None:
    """Export a Writer document."""
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        _run(
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            folder,
            source,
            cwd=Path(folder),
        )
        shutil.copy(Path(folder) / f"{source.stem}.pdf", target)


def chromium(source: Path, target: Path) -> None:
    """Print a notebook's page, as made by nbconvert, or a page of its own."""
    with tempfile.TemporaryDirectory() as folder:
        page = source
        if source.suffix == ".ipynb":
            _run("jupyter", "nbconvert", "--to", "html", "--output-dir", folder, source, cwd=Path(folder))
            page = Path(folder) / f"{source.stem}.html"
        _run(
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--no-pdf-header-footer", "--virtual-time-budget=10000", f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={target}", page.as_uri(), cwd=Path(folder),
        )  # fmt: skip


TOOLS: dict[str, Callable[[Path, Path], None]] = {
    ".tex": latex,
    ".fodt": libreoffice,
    ".ipynb": chromium,
    ".html": chromium,
}


def writer(code: str, font: str = "Liberation Mono", size: str = "9pt") -> str:
    """A flat Writer document: a heading a chunk, a paragraph a line, blanks as Writer stores them."""
    paragraphs = [
        '<text:p text:style-name="Plain">Lab 1: here are my answers, with the code for each.</text:p>'
    ]
    for number, chunk in enumerate(chunks(code), start=1):
        paragraphs.append(f'<text:p text:style-name="Title">Part {number}</text:p>')
        for line in chunk.splitlines():
            indent = len(line) - len(line.lstrip(" "))
            blanks = f'<text:s text:c="{indent}"/>' if indent else ""
            paragraphs.append(f'<text:p text:style-name="Code">{blanks}{escape(line.lstrip(" "))}</text:p>')
    style = (
        '<style:style style:name="{name}" style:family="paragraph"><style:text-properties '
        'style:font-name="{font}" fo:font-family="{font}" fo:font-size="{size}"/></style:style>'
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<office:document '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
        'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
        'office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">\n<office:styles>'
        + style.format(name="Code", font=font, size=size)
        + style.format(name="Plain", font="Liberation Serif", size="12pt")
        + style.format(name="Title", font="Liberation Sans", size="14pt")
        + "</office:styles>\n<office:body><office:text>\n"
        + "\n".join(paragraphs)
        + "\n</office:text></office:body></office:document>\n"
    )


def _printed_by(tool: str, code: str, number: int) -> str:
    """The source of a document, every other one with line numbers, the last one of Writer in a text font."""
    if tool == "listings":
        return as_latex(code, options=("", "numbers=left,")[number % 2])
    if tool == "minted":
        return as_latex(code, "minted", ("", ",linenos")[number % 2])
    if tool == "libreoffice":
        return writer(code, "Liberation Serif" if number == 4 else "Liberation Mono")
    return as_notebook(code)


def _round_trip(only: str) -> None:
    target = HERE / "roundtrip"
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for tool, names in ROUND_TRIP.items():
            for number, name in enumerate(names):
                if only not in name:
                    continue
                code = (CORPUS / f"{name}.py").read_text(encoding="utf-8")
                text = _printed_by(tool, code, number)
                suffix = {"libreoffice": ".fodt", "chromium": ".ipynb"}.get(tool, ".tex")
                source = Path(folder) / f"{name}{suffix}"
                source.write_text(text, encoding="utf-8")
                TOOLS[suffix](source, target / f"{name}.pdf")
                source.unlink()
                print(f"{name}.pdf by {tool}", flush=True)


def main() -> None:
    """Make all PDFs, or those whose name contains the argument."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="?", default="")
    only = parser.parse_args().only
    for source in sorted((HERE / "pdf" / "src").glob("*")):
        if only in source.name and source.suffix in TOOLS and not source.stem.startswith("_"):
            TOOLS[source.suffix](source, HERE / "pdf" / f"{source.stem}.pdf")
            print(f"{source.stem}.pdf", flush=True)
    _round_trip(only)


if __name__ == "__main__":
    main()
