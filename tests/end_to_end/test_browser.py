"""The pages in a real browser: they send no requests, nothing breaks, everything can be reached and read.

The class is real: some of the sample class, graded by the real command line, and beside them reports made by
hand that hold everything a page can show. Screenshots go to the folder that SCREENSHOTS names.
"""

import itertools
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import html5lib
import pytest

from grader.lab.loader import load_lab
from grader.reporting import pages
from grader.reporting.results_folder import Output
from grader.reporting.results_json import Results
from tests.support import browser as installed
from tests.support.browser import visit
from tests.support.command_line import run_grade
from tests.support.paths import SUBMISSIONS
from tests.support.sampling import first_of_each
from tests.tools.showcase import LAB as TITLE
from tests.tools.showcase import full_report, usual_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(bool(installed.missing()), reason=installed.missing() or "there is a browser"),
]

GRADED = ("tamsin-quillfeather", "philippa-dunmarrow", "nadezh-ovrilova", "otso-haverlainen", "Bo Ångerholm")
HOSTILE = "<script>alert(1)</script>"
WIDTHS = (360, 800, 1280)


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """One browser for all tests here."""
    with installed.chromium() as started:
        yield started


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of results of a small class, among them a hostile name."""
    import msgspec

    folder = tmp_path_factory.mktemp("pages")
    given = folder / "class"
    given.mkdir()
    for name in GRADED:
        shutil.copytree(SUBMISSIONS / name, given / name)
    done = run_grade(given, "--out", folder / "graded", "--exercise", "1.1", "--exercise", "2.1", cwd=folder)
    assert done.returncode == 0, done.stderr
    data = (folder / "graded" / "results.json").read_bytes()
    graded = msgspec.json.decode(data, type=Results).submissions
    made = (full_report(), usual_report(), full_report(HOSTILE))
    lab = load_lab("reference:LAB")
    output = Output(folder / "all", lab, lab.seed, ["1.1", "1.2", "2.1", "3.1", "3.2"])
    everyone = sorted((*graded, *made), key=lambda report: report.student)
    for report in everyone:
        output.keep(report)
        output.student(report)
    output.tables(everyone, "process")
    return folder / "all"


def student_page(reports: Path, student: str) -> Path:
    """The page of a student."""
    return reports / "students" / pages.page_folder(student) / "report.html"


def some_pages(reports: Path) -> list[Path]:
    """The class page, a real report, and one with everything."""
    names = ("philippa-dunmarrow", full_report().student, HOSTILE)
    return [reports / "index.html", *(student_page(reports, name) for name in names)]


@pytest.mark.parametrize(
    ("theme", "width"),
    [
        ("light", 360),
        pytest.param("dark", 1280, marks=pytest.mark.slow),
        pytest.param("light", 1280, marks=pytest.mark.slow),
        pytest.param("dark", 360, marks=pytest.mark.slow),
    ],
)
def test_axe_finds_no_violation_in_either_theme(
    browser: "Browser", reports: Path, theme: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for file in some_pages(reports):
        with visit(browser, file, theme=theme, width=width) as opened:
            opened.page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
            tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
            found = Axe().run(opened.page, options={"runOnly": {"type": "tag", "values": tags}})
            assert found.violations_count == 0, f"{file.parent.name}: {found.generate_report()}"


def test_no_console_error_and_no_request_leaves_any_page(browser: "Browser", reports: Path) -> None:
    for file in reports.rglob("*.html"):
        with visit(browser, file) as opened:
            opened.page.wait_for_load_state("networkidle")
            assert opened.complaints == []
            assert {urlsplit(url).scheme for url in opened.requests} <= {"file", "data"}
            assert len([url for url in opened.requests if url.startswith("file:")]) == 1


def test_every_link_and_download_of_the_class_page_resolves(browser: "Browser", reports: Path) -> None:
    with visit(browser, reports / "index.html") as opened:
        links = opened.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    assert len(links) > 20
    for link in set(links):
        parts = urlsplit(link)
        target = Path(unquote(parts.path))
        assert target.is_file(), link
        if parts.fragment:
            assert f'id="{parts.fragment}"' in target.read_text(encoding="utf-8"), link
    names = {Path(unquote(urlsplit(link).path)).name for link in links}
    assert {"gradebook.csv", "results.json", "reports.zip", "report.html"} <= names


def test_the_archive_holds_every_page_and_the_same_pages_give_the_same_archive(reports: Path) -> None:
    with zipfile.ZipFile(reports / "reports.zip") as archive:
        assert archive.testzip() is None
        held = {name: archive.read(name) for name in archive.namelist()}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    files = {
        str(file.relative_to(reports / "students")): file for file in reports.glob("students/*/report.*")
    }
    assert held == {name: file.read_bytes() for name, file in files.items()}
    assert {Path(name).suffix for name in held} == {".html", ".md", ".txt"}


def test_sorting_turns_the_table_by_any_column_and_says_so(browser: "Browser", reports: Path) -> None:
    with visit(browser, reports / "index.html") as opened:
        page = opened.page

        def totals() -> list[float]:
            cells = page.eval_on_selector_all(
                "table.class tbody tr", "rows => rows.map(r => r.cells[1].innerText)"
            )
            return [float(cell) for cell in cells]

        before = totals()
        head = page.get_by_role("columnheader", name="Total")
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == "ascending"
        assert totals() == sorted(before) != before
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == "descending"
        assert totals() == sorted(before, reverse=True)
        page.get_by_role("columnheader", name="Student").get_by_role("button").click()
        assert head.get_attribute("aria-sort") is None


def test_filtering_by_name_and_by_kind_hides_rows_and_counts_them(browser: "Browser", reports: Path) -> None:
    with visit(browser, reports / "index.html") as opened:
        page = opened.page
        visible = page.locator("table.class tbody tr:visible")
        everyone = visible.count()
        page.get_by_label("Name contains").fill("ANGER")
        assert [row.split("\t")[0] for row in visible.all_inner_texts()] == ["Bo Ångerholm"]
        assert page.get_by_role("status").inner_text() == f"1 of {everyone} students shown"
        page.get_by_label("Name contains").fill("")
        page.get_by_label("Show").select_option(label="who needs a look")
        looked_at = visible.count()
        assert 0 < looked_at < everyone
        page.get_by_label("Show").select_option(label="with full marks")
        assert visible.count() < everyone
        page.get_by_label("Show").select_option(label="everybody")
        assert visible.count() == everyone


def test_the_class_page_reads_without_javascript(browser: "Browser", reports: Path) -> None:
    with visit(browser, reports / "index.html", javascript=False) as opened:
        assert opened.page.locator("table.class tbody tr:visible").count() == len(GRADED) + 3
        assert not opened.page.locator(".controls").is_visible()
        assert opened.page.locator("table.class thead button").count() == 0


def test_hostile_names_and_code_are_text_and_run_nothing(browser: "Browser", reports: Path) -> None:
    for file in (reports / "index.html", student_page(reports, HOSTILE)):
        with visit(browser, file) as opened:
            opened.page.on("dialog", lambda dialog: pytest.fail(f"a dialog said {dialog.message}"))
            assert HOSTILE in opened.page.locator("body").inner_text()
            assert opened.page.locator("bdi script").count() == 0
    with visit(browser, student_page(reports, full_report().student)) as opened:
        assert '# "every" row & <column>' in opened.page.locator(".line.marked").inner_text()


@pytest.mark.parametrize("width", [320, 390])
def test_no_page_scrolls_sideways_on_a_phone(browser: "Browser", reports: Path, width: int) -> None:
    for file in some_pages(reports):
        with visit(browser, file, width=width) as opened:
            wide = opened.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, file


def test_the_usual_report_prints_on_one_sheet_of_a4(browser: "Browser", reports: Path) -> None:
    for name in (usual_report().student, "tamsin-quillfeather"):
        with visit(browser, student_page(reports, name)) as opened:
            pdf = opened.page.pdf(prefer_css_page_size=True, print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1, name
        box = re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
        assert box is not None
        assert [round(float(side)) for side in box.groups()] == [595, 842]


@pytest.mark.parametrize("name", ["philippa-dunmarrow", "nadezh-ovrilova"])
def test_a_report_with_two_mistakes_prints_on_both_sides_of_one_sheet(
    browser: "Browser", reports: Path, name: str
) -> None:
    with visit(browser, student_page(reports, name)) as opened:
        pdf = opened.page.pdf(prefer_css_page_size=True, print_background=True)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 2


def test_every_page_is_valid_html(reports: Path) -> None:
    for file in reports.rglob("*.html"):
        parser = html5lib.HTMLParser(strict=True)
        parser.parse(file.read_text(encoding="utf-8"))
        assert not parser.errors


def test_a_student_page_is_smaller_than_300_kilobytes(reports: Path) -> None:
    sizes = [file.stat().st_size for file in reports.glob("students/*/report.html")]
    assert len(sizes) == len(GRADED) + 3
    assert max(sizes) < 300_000


def test_every_picture_has_words_and_every_part_a_heading(browser: "Browser", reports: Path) -> None:
    with visit(browser, student_page(reports, full_report().student)) as opened:
        page = opened.page
        drawn = page.locator("svg")
        assert drawn.count() >= 10
        assert all(
            len(page.locator("svg").nth(i).get_attribute("aria-label") or "") > 5
            for i in range(drawn.count())
        )
        assert page.get_by_role("img", name="Your loss stops falling at 5.39").count() == 2
        headings = [
            int(tag[1])
            for tag in page.eval_on_selector_all("h1,h2,h3,h4,h5", "all => all.map(h => h.tagName)")
        ]
        assert headings[0] == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(headings))
        assert TITLE in page.locator("header").inner_text()


@pytest.mark.slow
@pytest.mark.parametrize("width", first_of_each(lambda _: "width", WIDTHS))
def test_pages_can_be_kept_as_pictures_at_three_widths(
    browser: "Browser", reports: Path, tmp_path: Path, width: int
) -> None:
    kept = Path(os.environ.get("SCREENSHOTS") or tmp_path)
    kept.mkdir(parents=True, exist_ok=True)
    for file in some_pages(reports)[:3]:
        for theme in ("light", "dark"):
            with visit(browser, file, theme=theme, width=width) as opened:
                name = "class" if file.name == "index.html" else file.parent.name
                picture = kept / f"{name}-{theme}-{width}.png"
                opened.page.screenshot(path=picture, full_page=True)
                background = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
                dark = sum(map(int, re.findall(r"\d+", background)[:3])) < 3 * 64
                assert dark == (theme == "dark")
                assert picture.stat().st_size > 20_000
