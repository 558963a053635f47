"""JUnit XML, as read by Jenkins, GitLab and GitHub's reporters: one suite per student, one case per check."""

from collections import Counter
from collections.abc import Sequence
from xml.etree import ElementTree

from grader.core.escaping import visible
from grader.core.result import CheckResult, ExerciseReport, Outcome, Report
from grader.reporting.wording import flag_sentences

__all__ = ["junit_xml"]

_LONGEST = 500
"""Characters of a `message`, as pytest caps them: reports show it on one line."""

_ELEMENTS = {
    Outcome.FAIL: "failure",
    Outcome.FOLLOWS: "failure",
    Outcome.MISSING: "failure",
    Outcome.ERROR: "error",
    Outcome.SKIPPED: "skipped",
    Outcome.MANUAL: "skipped",
}


def junit_xml(reports: Sequence[Report], lab: str) -> str:
    """The reports as one document.

    A failed or missing check is a failure, a fault in the grader an error; a check that waits for another
    check or for a person is skipped. Characters that XML forbids are shown as escapes.
    """
    root = ElementTree.Element("testsuites", name=lab)
    totals: Counter[str] = Counter()
    for report in reports:
        suite = _suite(report, lab)
        totals.update({name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors")})
        root.append(suite)
    root.attrib.update({name: str(totals[name]) for name in ("tests", "failures", "errors")})
    root.set("time", f"{sum(report.seconds for report in reports):.3f}")
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=False).join(
        ('<?xml version="1.0" encoding="UTF-8"?>\n', "\n")
    )


def _suite(report: Report, lab: str) -> ElementTree.Element:
    cases = [(exercise, check) for exercise in report.exercises for check in exercise.checks]
    counts = Counter(_ELEMENTS.get(check.outcome, "") for _, check in cases)
    suite = ElementTree.Element(
        "testsuite",
        name=visible(report.student),
        tests=str(len(cases)),
        failures=str(counts["failure"]),
        errors=str(counts["error"]),
        skipped=str(counts["skipped"]),
        time=f"{report.seconds:.3f}",
    )
    for exercise, check in cases:
        suite.append(_case(report, exercise, check, lab))
    flags = flag_sentences(report)
    if flags:
        ElementTree.SubElement(suite, "system-out").text = visible("\n".join(flags))
    return suite


def _case(report: Report, exercise: ExerciseReport, check: CheckResult, lab: str) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase",
        name=visible(f"{check.id} {check.title}"),
        classname=visible(f"{lab}.{report.student}"),
    )
    kind = _ELEMENTS.get(check.outcome)
    if kind is not None:
        message = check.message or check.title
        found = ElementTree.SubElement(case, kind, type=str(check.outcome), message=_short(visible(message)))
        found.text = visible(_story(exercise, check))
    return case


def _short(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _story(exercise: ExerciseReport, check: CheckResult) -> str:
    lines = [check.message]
    labelled = (
        ("got", check.got),
        ("wanted", check.wanted),
        ("tolerance", check.tolerance),
        ("try", check.call),
    )
    lines += [f"{label}: {text}" for label, text in labelled if text]
    if check.outcome is Outcome.FAIL:
        for diagnosis in exercise.diagnoses:
            place = f"{diagnosis.file}:{diagnosis.line}: " if diagnosis.file and diagnosis.line else ""
            lines.append(f"{place}{diagnosis.title} {diagnosis.message}")
    return "\n".join(line for line in lines if line)
