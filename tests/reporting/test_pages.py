"""Feedback pages: the story they tell, and that hostile text stays text."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from grader.core.atomic_files import write_text
from grader.core.evidence import (
    Answer,
    CheckedValue,
    Counterexample,
    Curve,
    Excerpt,
    Grid,
    HeatMaps,
    Level,
    LinePlot,
    Quote,
)
from grader.core.result import (
    CheckResult,
    Diagnosis,
    ExerciseReport,
    Flag,
    FlagKind,
    HandMark,
    Outcome,
    Report,
    Verdict,
)
from grader.reporting.pages import (
    ClassCell,
    ClassRow,
    class_row,
    page_folder,
    render_class_html,
    render_student_html,
    render_student_markdown,
    render_student_text,
)
from grader.reporting.wording import OUTCOMES, VERDICTS, flag_sentences

LAB = "Lab 1: matrices & gradients"

HOSTILE = (
    "<script>alert(1)</script>",
    "{{7*7}}{% raw %}{#",
    "[see](javascript:alert(1)) ![x](https://evil.example/x.png)",
    "x](javascript:alert(1))",
    "`</code><img src=x onerror=alert(1)>`",
    "```\n<script>alert(1)</script>\n```",
    "a | b | c",
    '" onmouseover="alert(1)',
    "</style></title><script>alert(1)</script>",
    "# heading\n- list\n1. item\n> quote\n---",
    "https://evil.example www.evil.example <https://evil.example>",
    "&lt;script&gt; *bold* _em_ ~~gone~~ __a__ \\",
    "\x1b[31mred\x00\u202egnp.exe\ud800",
    "``a`b <b>`",
)


class Page(HTMLParser):
    """What a browser would make of a page: its elements with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.text += data

    def count(self, tag: str) -> int:
        """Count the elements of a name."""
        return sum(t == tag for t, _ in self.elements)


def tokens(markdown: str) -> list[Token]:
    """Parse Markdown as CommonMark with tables, raw HTML allowed, into one flat list."""
    found = []
    for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown):
        found += [token, *(token.children or ())]
    return found


def check(outcome: Outcome = Outcome.FAIL, text: str = "", **fields: str) -> CheckResult:
    """A check, with one text in all its fields."""
    values = dict.fromkeys(("title", "message", "got", "wanted", "tolerance", "call"), text) | fields
    return CheckResult(id="c", outcome=outcome, notes=(text,) if text else (), **values)


def exercise(verdict: Verdict, *checks: CheckResult, text: str = "", marks: float = 0.0) -> ExerciseReport:
    """An exercise worth one mark, with one text in all its fields."""
    some = (text,) if text else ()
    return ExerciseReport(
        id=text or "1.1",
        title=text or "Factorise",
        marks=marks,
        max_marks=1.0,
        verdict=verdict,
        asked=text,
        next_step=text,
        notes=some,
        diagnoses=tuple(map(diagnosis, some)),
        checks=checks,
        checked_values=tuple(
            CheckedValue(what=t, stated=t, origin=t, recomputed=t, holds=h, difference=t)
            for t in some
            for h in (True, False, None)
        ),
        pictures=tuple(picture for t in some for picture in pictures(t)),
        by_hand=tuple(HandMark(item=t, marks=0.5, comment=t, by=t, when=t) for t in some),
        automatic_marks=0.25,
        answers=tuple(
            Answer(check=t, question=t, quotes=(Quote(text=t, origin=t),), mentioned=(t,)) for t in some
        ),
    )


def diagnosis(text: str) -> Diagnosis:
    """A diagnosis with one text in all its fields."""
    grid = Grid(name=text, rows=((1.5, None), (-2.0, float("inf"))), marked=((0, 1),), hidden=((1, 0),))
    return Diagnosis(
        id=text,
        title=text,
        message=text,
        file=text,
        line=3,
        verified=True,
        place=text,
        concept=text,
        question=text,
        excerpt=Excerpt(file=text, first=7, code=f"{text}\n{text}", marked=(8,)),
        counterexample=Counterexample(
            sentence=text, call=text, given=(grid,), wanted=(grid, grid), got=(grid, grid)
        ),
        repair=text,
        evidence=text,
    )


def pictures(text: str) -> tuple[LinePlot | HeatMaps, ...]:
    """Both kinds of picture, with one text in all their fields."""
    return (
        LinePlot(
            title=text,
            alternative=text,
            x_label=text,
            y_label=text,
            curves=(Curve(name=text, points=((1, 8.0), (10, 0.5))),),
            levels=(Level(name=text, value=0.1),),
        ),
        HeatMaps(title=text, alternative=text, grids=(Grid(name=text, rows=((1.0, 2.0),)),)),
    )


def report(*exercises: ExerciseReport, student: str = "someone", flags: tuple[str, ...] = ()) -> Report:
    """A report on some exercises."""
    return Report(
        student=student,
        files=("lab.py",),
        marks=sum(e.marks for e in exercises),
        max_marks=float(len(exercises)),
        flags=flags,
        seconds=1.0,
        exercises=exercises,
    )


def hostile_report(text: str) -> Report:
    """A report in which every text is the same hostile one, under every verdict and outcome."""
    checks = tuple(check(outcome, text) for outcome in Outcome)
    exercises = tuple(exercise(verdict, *checks, text=text) for verdict in Verdict)
    harmless = report(*exercises, student=text, flags=(text,))
    return Report(
        student=text,
        files=(text,),
        marks=harmless.marks,
        max_marks=harmless.max_marks,
        flags=harmless.flags,
        seconds=1.0,
        exercises=harmless.exercises,
        style=(text,),
    )


def squeezed(text: str) -> str:
    """A text without white space, as both a page and its source may break lines anywhere."""
    return "".join(text.split())


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_makes_no_element_and_no_attribute_in_html(text: str) -> None:
    hostile = hostile_report(text)
    student, whole = render_student_html(hostile, text), render_class_html([class_row(hostile)], text, 9)
    assert Page(student).count("script") == 0
    assert Page(whole).count("script") == 1  # our own, for sorting and filtering
    for html in (student, whole):
        page = Page(html)
        assert not {"img", "b", "iframe", "base", "form"} & {tag for tag, _ in page.elements}
        for tag, attributes in page.elements:
            assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
            assert not re.match(r"\s*javascript:", attributes.get("href") or "", re.IGNORECASE)
        assert page.count("h1") == page.count("title") == page.count("style") == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_still_shown_in_full_in_html(text: str) -> None:
    page = Page(render_student_html(report(exercise(Verdict.NONE, check(got=text))), LAB))
    shown = text.replace("\x1b", r"\u001b").replace("\x00", r"\u0000").replace("\u202e", r"\u202e")
    assert squeezed(shown.replace("\ud800", r"\ud800")) in squeezed(page.text)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text_in_markdown(text: str) -> None:
    markdown = render_student_markdown(hostile_report(text), text)
    assert "<script" not in markdown
    assert "<img" not in markdown
    found = tokens(markdown)
    assert not {"html_block", "html_inline", "link_open", "image", "em_open"} & {t.type for t in found}
    assert [t.tag for t in found if t.type == "heading_open"].count("h1") == 1
    # The overview has three cells an exercise, and each of three stated values has four, whatever a name
    # holds.
    assert sum(t.type == "td_open" for t in found) == (3 + 3 * 4) * len(Verdict)
    # Nothing is left outside code that GitHub would turn into a link by itself.
    lines = markdown.split("\n")
    for fence in (t for t in found if t.type == "fence" and t.map):
        lines[fence.map[0] : fence.map[1]] = [""] * (fence.map[1] - fence.map[0])
    assert not re.search(r"(?<!\\)://|www\.", re.sub(r"`[^`]*`", "", "\n".join(lines)))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_line_by_line_under_80_columns_as_plain_text(text: str) -> None:
    page = render_student_text(hostile_report(text), text)
    assert not [line for line in page.split("\n") if len(line) >= 80]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e\ud800]", page)


@settings(deadline=None)
@given(st.text(st.sampled_from("`*_[]()<>|\\!#-+=1.) \n\t~&;:@/aé"), min_size=1, max_size=16))
def test_no_punctuation_makes_anything_in_markdown(text: str) -> None:
    one = report(exercise(Verdict.NONE, check(text=text), text=text), student=text, flags=(text,))
    found = tokens(render_student_markdown(one, LAB))
    unwanted = {
        "html_block",
        "html_inline",
        "link_open",
        "image",
        "em_open",
        "ordered_list_open",
        "code_block",
    }
    assert not unwanted & {t.type for t in found}
    assert sum(t.type == "td_open" for t in found) == 3 + 3 * 4
    assert [t.tag for t in found if t.type == "heading_open"] == ["h1", "h2"]


def test_prose_sets_backticks_as_code_in_html_and_markdown() -> None:
    one = report(exercise(Verdict.NONE, text="Call `U.clone()` before you return."))
    assert "<code>U.clone()</code>" in render_student_html(one, LAB)
    assert "Call `U.clone()` before" in render_student_markdown(one, LAB)


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_said_in_words(verdict: Verdict) -> None:
    one = report(exercise(verdict))
    for page in (render_student_html(one, LAB), render_student_markdown(one, LAB)):
        assert VERDICTS[verdict].words in page
        assert VERDICTS[verdict].symbol in page
    assert VERDICTS[verdict].words in render_class_html([class_row(one)], LAB, 1)


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.PASS, Outcome.SKIPPED}))
def test_every_outcome_is_said_in_words(outcome: Outcome) -> None:
    one = report(exercise(Verdict.PARTIAL, check(outcome, title="It has two rows.")))
    for page in (render_student_html(one, LAB), render_student_markdown(one, LAB)):
        assert "It has two rows." in page
        assert OUTCOMES[outcome].words in page


def test_passed_checks_are_folded_into_one_line() -> None:
    page = render_student_html(report(exercise(Verdict.FULL, *[check(Outcome.PASS)] * 12, marks=1)), LAB)
    assert "All 12 checks passed" in page
    assert '<details class="fold">' in page
    assert "Everything is right" in page


def test_failed_checks_are_open_and_show_what_was_got_and_wanted() -> None:
    failed = check(got="3.5", wanted="4.25", tolerance="relative 1e-5", call="f(\n  1)")
    page = render_student_html(report(exercise(Verdict.NONE, failed)), LAB)
    page = page[: page.index("<details")]
    assert all(text in page for text in ("3.5", "4.25", "relative 1e-5"))
    assert '<pre tabindex="0"><code>f(\n  1)</code></pre>' in page


def test_skipped_checks_say_that_they_wait() -> None:
    one = report(exercise(Verdict.NONE, check(Outcome.SKIPPED, title="It converges.")))
    assert "1 waits for another" in render_student_html(one, LAB)
    assert "Waits for another check." in render_student_html(one, LAB)
    assert "Waits for another check." in render_student_markdown(one, LAB)


def test_our_own_error_is_called_our_fault_and_is_open() -> None:
    one = report(exercise(Verdict.ERROR, check(Outcome.ERROR)))
    for page in (render_student_html(one, LAB), render_student_markdown(one, LAB)):
        assert "our fault" in page
        assert "failed because of a fault on our side. Its marks stay open" in page
        assert "This mark is not final" in page


def test_a_cost_is_shown_although_the_check_passed() -> None:
    one = report(exercise(Verdict.PARTIAL, check(Outcome.PASS, title="It is right.", cost="slow")))
    assert "Passed, at a cost" in render_student_html(one, LAB)
    assert "Passed, at a cost" in render_student_markdown(one, LAB)


@pytest.mark.parametrize("verified", [True, False])
def test_only_a_verified_diagnosis_is_called_verified(verified: bool) -> None:
    mistake = Diagnosis(
        id="m",
        title="Swapped",
        message="U and V.",
        file="lab.py",
        line=7,
        verified=verified,
        evidence="It was run 7 times." if verified else "",
    )
    base = exercise(Verdict.NONE)
    one = report(
        ExerciseReport(
            id=base.id, title=base.title, marks=0, max_marks=1, verdict=base.verdict, diagnoses=(mistake,)
        )
    )
    for page in (render_student_html(one, LAB), render_student_markdown(one, LAB)):
        assert "lab.py:7" in page
        shown = re.sub(r"<[^>]+>", "", page)
        assert ("✓ Verified. It was run 7 times." in shown) is verified


@pytest.mark.parametrize(
    ("marks", "shown"),
    [(0.75, "0.75"), (1.0, "1"), (4.5, "4.5"), (10.0, "10"), (0.1 + 0.2, "0.3"), (-0.0, "0")],
)
def test_marks_have_no_trailing_zeros(marks: float, shown: str) -> None:
    page = Page(render_student_html(report(exercise(Verdict.PARTIAL, marks=marks)), LAB))
    assert f"{shown} of 1 marks" in page.text


def test_a_page_without_exercises_checks_or_files_renders() -> None:
    empty = Report(student="", files=(), marks=0, max_marks=0, flags=(), seconds=0, exercises=())
    assert "No files were read" in render_student_html(empty, LAB)
    assert "(no name)" in render_student_markdown(empty, LAB)
    assert "Nothing was handed in" in render_class_html([], LAB, 0)


def test_pages_ask_the_network_for_nothing() -> None:
    one = report(exercise(Verdict.PARTIAL, check(text="x"), text="y"), flags=("z",))
    for html in (render_student_html(one, LAB), render_class_html([class_row(one)], LAB, 1)):
        assert not re.search(r"https?:|//|url\(|@import", html.replace("</", "<"))
        for tag, attributes in Page(html).elements:
            assert tag not in {"img", "iframe", "object", "source", "base"}
            assert "src" not in attributes


def test_pages_can_be_read_without_seeing_them() -> None:
    one = report(exercise(Verdict.PARTIAL, check(text="x"), marks=0.5), exercise(Verdict.NONE), flags=("z",))
    for html in (render_student_html(one, LAB), render_class_html([class_row(one)], LAB, 2)):
        page = Page(html)
        assert ("html", {"lang": "en-GB"}) in page.elements
        assert page.count("h1") == page.count("main") == page.count("header") == 1
        assert all("scope" in attributes for tag, attributes in page.elements if tag == "th")
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids))
        for _, attributes in page.elements:
            assert (attributes.get("aria-labelledby") or ids[0]) in ids
            href = attributes.get("href") or ""
            assert not href.startswith("#") or href[1:] in ids


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb as WCAG 2.2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_ink_has_contrast_on_its_paper_in_light_and_dark() -> None:
    html = render_class_html([], LAB, 0)
    palettes = [
        dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in re.findall(r":root {([^}]+)}", html)[:2]
    ]
    for palette in palettes:
        tones = [name.removesuffix("-paper") for name in palette if name.endswith("-paper")]
        pairs = [(tone, paper) for tone in tones for paper in (f"{tone}-paper", "card", "page")]
        pairs += [(ink, paper) for ink in ("ink", "soft") for paper in ("card", "page", "code")]
        pairs += [("ink", "accent-paper")]
        assert len(tones) == 6
        for ink, paper in pairs:
            dark, light = sorted((luminance(palette[ink]), luminance(palette[paper])))
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, paper)


def test_a_verdict_that_waits_is_said_once_and_every_other_flag_as_it_is() -> None:
    waiting = msgspec.structs.replace(
        report(exercise(Verdict.MANUAL), flags=("1.1: a person has to look at the scan.",)),
        undecided=(Flag(FlagKind.LOOK, "1.1"),),
    )
    row = class_row(waiting)
    assert row.reasons == (
        f"{waiting.exercises[0].id}: {VERDICTS[Verdict.MANUAL].words}",
        "1.1: a person has to look at the scan.",
    )
    assert row.flags == flag_sentences(waiting)
    assert row.flags[1:] == ("1.1: a person has to look.",)


def test_a_class_of_a_thousand_stays_under_three_megabytes() -> None:
    cells = tuple(
        ClassCell(id=f"{i}.1", title="An exercise of the sheet", marks=0.5, max_marks=1, verdict=verdict)
        for i, verdict in enumerate(Verdict)
    )
    rows = [
        ClassRow(
            student=f"Someone Example_{n}_assignsubmission_file",
            href=f"students/{n}/report.html",
            marks=n % 7,
            max_marks=6,
            exercises=cells,
            flags=("The code and the stated values disagree.",),
        )
        for n in range(1000)
    ]
    html = render_class_html(rows, LAB, 6)
    assert len(html.encode()) < 3_000_000
    assert html.count("Someone Example_999_") == 2


def test_the_class_page_tells_mean_median_pass_rate_and_who_needs_a_look() -> None:
    rows = [
        class_row(report(exercise(verdict, marks=marks), student=name))
        for name, verdict, marks in (
            ("ada", Verdict.FULL, 1.0),
            ("bo", Verdict.FULL, 1.0),
            ("cy", Verdict.MISSING, 0.0),
            ("di", Verdict.PARTIAL, 0.5),
        )
    ]
    text = re.sub(r"\s+", " ", Page(render_class_html(rows, LAB, 1)).text)
    assert "Mean 0.62 of 1".replace(" ", "") in squeezed(text)
    assert "Median 0.75 of 1".replace(" ", "") in squeezed(text)
    assert "2 of 4 (50 %)" in text
    assert "1 student with work that a person should look at" in text
    assert "90 to 100 per cent of the marks: 2 students" in text
    assert [row.student for row in rows if row.reasons] == ["cy"]


def test_seven_tenths_of_a_mark_fall_into_the_seventies() -> None:
    for tenths in range(10):
        row = class_row(report(exercise(Verdict.PARTIAL, marks=tenths / 10)))
        low, high = 10 * tenths, 100 if tenths == 9 else 10 * tenths + 9
        assert (
            f"{low} to {high} per cent of the marks: 1 student" in Page(render_class_html([row], LAB, 1)).text
        )


NAMES = st.one_of(
    st.text(st.characters(), max_size=400),
    st.text(st.sampled_from("aA./\\ -~:é\u0301\x00\u202e"), max_size=12),
    st.sampled_from(
        ["CON", "con.txt", "nul .x", "COM¹", "lpt1", "..", ".", "", "-rf", "a ", "a.", "~", *HOSTILE]
    ),
)


@given(NAMES)
def test_a_page_folder_is_safe_on_every_file_system(name: str) -> None:
    folder = page_folder(name)
    assert folder.isprintable()
    assert not set(folder) & set('/\\:*?"<>|\0')
    assert folder[0] not in " .-"
    assert folder[-1] not in " ."
    assert len(folder.encode()) <= 130
    assert not re.match(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)", folder)
    assert page_folder(folder) == folder or "~" in folder
    href = class_row(report(student=name)).href
    assert re.fullmatch(r"students/[A-Za-z0-9_.~%-]+/report\.html", href)
    assert unquote(href) == f"students/{folder}/report.html"


@given(NAMES, NAMES)
def test_two_names_never_share_a_page_folder(one: str, other: str) -> None:
    assert (page_folder(one) == page_folder(other)) is (one == other)


def test_no_name_leads_to_the_folder_of_another() -> None:
    assert page_folder(page_folder("a/b")) != page_folder("a/b")


@pytest.mark.parametrize(
    "name", ["ada", "Bo Example_10482_assignsubmission_file", "学生-三", "O'Neil, J. (2)"]
)
def test_a_harmless_name_is_its_own_folder(name: str) -> None:
    assert page_folder(name) == name


def test_text_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "new" / "report.html"
    write_text(target, "old\n")
    write_text(target, "é\n\ud800")
    assert target.read_bytes() == b"\xc3\xa9\n\\ud800"
    blocked = tmp_path / "folder"
    (blocked / "inside").mkdir(parents=True)
    with pytest.raises(OSError):
        write_text(blocked, "x")
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "new"}
    assert [path.name for path in target.parent.iterdir()] == ["report.html"]
