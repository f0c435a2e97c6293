"""JUnit XML, which build servers show as test results: a suite for each file, a test for each document.

A document is one test because servers follow a test by its name from build to build: a name made of a
paragraph would come and go with it. All findings of a document are in one failure, since most servers
read only the first of a test. The elements and attributes are those of the XML schema that Jenkins
publishes for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from misplaced.apps.reporters.escaping import escape
from misplaced.apps.reporters.excerpt import elide
from misplaced.apps.reporters.issue import Issue, Issues, place_of, tidy
from misplaced.apps.reporters.location import findings, place
from misplaced.apps.reporters.tally import share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from misplaced.report import Report

#: The suite of failures that no file stands for.
_OTHER = "misplaced"


class JunitReporter:
    """Gathers the tests and writes one document at the end, so that what is written is always whole."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._issues = Issues()
        self._suites: dict[str, list[ET.Element]] = {}

    def report(self, report: Report) -> None:
        """Keep the test of one document."""
        document = report.document
        path = tidy(document.path or document.name)
        case = self._case(path, document.record_line, document.id)
        issues = list(self._issues.of(report))
        flagged = [issue for issue in issues if issue.rule.level == "warning"]
        if flagged:
            failure = ET.SubElement(case, "failure", message=_verdict(report), type=flagged[0].rule.id)
            failure.text = _details(report, flagged)
        if said := [issue for issue in issues if issue.rule.level != "warning"]:
            ET.SubElement(case, "system-out").text = "\n".join(issue.message for issue in said)

    def end(self, errors: Sequence[str]) -> None:
        """Write the document; an input that could not be read is a test that could not be run."""
        for error in errors:
            path, line = place_of(error)
            case = self._case(path or _OTHER, line)
            ET.SubElement(case, "error", message=escape(error), type="unreadable_input")
        root = ET.Element("testsuites", name="misplaced")
        for path, cases in self._suites.items():
            suite = ET.SubElement(root, "testsuite", name=escape(path))
            suite.extend(cases)
            _count(suite, cases)
        _count(root, [case for cases in self._suites.values() for case in cases])
        ET.indent(root)
        self._out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        self._out.write(ET.tostring(root, encoding="unicode") + "\n")
        self._out.flush()

    def _case(self, path: str, record_line: int | None, record: str | None = None) -> ET.Element:
        name = path
        if record_line is not None:  # its identifier stays when records are added above it
            name = f"{path}:{record_line}" if record is None else f"{path}: {record}"
        case = ET.Element("testcase", name=escape(name), classname="misplaced")
        self._suites.setdefault(path, []).append(case)
        return case


def _count(element: ET.Element, cases: list[ET.Element]) -> None:
    element.set("tests", str(len(cases)))
    for kind in ("failure", "error"):
        element.set(f"{kind}s", str(sum(case.find(kind) is not None for case in cases)))


def _verdict(report: Report) -> str:
    verdict = share(len(report.findings), len(report.paragraphs), len(report.sentence_findings))
    return f"{verdict} (threshold {report.threshold:.2f})"


def _details(report: Report, issues: Sequence[Issue]) -> str:
    lines = []
    for issue, (paragraph, sentence) in zip(issues, findings(report), strict=True):
        finding = sentence or paragraph
        where = f"{escape(place(report.document, finding))} paragraph {paragraph.index}"
        if sentence:
            where += f" sentence {sentence.index}"
        lines.append(f"{where}  {finding.label}  coherence {finding.coherence:.2f}")
        lines.append(f"    {elide(finding.text)}")
        lines += [f"  - {reason}" for reason in issue.reasons]
    return "\n".join(("", *lines, ""))
