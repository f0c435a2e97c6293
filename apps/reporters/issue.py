"""A finding as the formats of code scanners, reviews and build servers take it.

Between the report and the reporters ``sarif``, ``github``, ``gitlab`` and ``junit``, which differ in
their syntax only.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from misplaced.apps.reporters.escaping import escape
from misplaced.apps.reporters.excerpt import excerpt
from misplaced.apps.reporters.failed_input import FailedInput
from misplaced.apps.reporters.location import findings
from misplaced.apps.reporters.region import Region, Regions
from misplaced.apps.reporters.rules import RULES, Rule
from misplaced.document import fold
from misplaced.fingerprint import fingerprint
from misplaced.reading import format_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from misplaced.document import Document
    from misplaced.report import Report, ScoredParagraph, ScoredSentence

#: Characters of a paragraph quoted: enough to tell it from others without opening the file.
EXCERPT = 80


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding.

    Attributes
    ----------
    rule : Rule
    path : str
        Of the file, below the working directory where it lies there (see :func:`tidy`).
    line, end_line : int or None
        Lines of the file, from 1; of a record of a ``.jsonl`` file the record's. None for a web page,
        where only the lines of the extracted text are known.
    region : Region or None
        Where exactly, in a file whose text is the document's.
    summary : str
        One sentence without a full stop, escaped.
    reasons : tuple of str
        Escaped, strongest first.
    coherence : float
        0 to 1; of a title how well it fits the body.
    fingerprint : str
        Of the wording, see :func:`misplaced.fingerprint.fingerprint`.
    occurrence : int
        Counts the findings of the same wording in one file, from 1.
    record : str or None
        The record's identifier.
    paragraph, sentence : int or None
        Indices, from 0; None where it is about something larger.
    """

    rule: Rule
    path: str
    line: int | None
    end_line: int | None
    region: Region | None
    summary: str
    reasons: tuple[str, ...]
    coherence: float
    fingerprint: str
    occurrence: int
    record: str | None
    paragraph: int | None = None
    sentence: int | None = None

    @property
    def message(self) -> str:
        """The summary and the reasons as sentences, on one line."""
        return " ".join(f"{part[:1].upper()}{part[1:]}." for part in (self.summary, *self.reasons))


class Issues:
    """Turns reports into issues, and tells those of the same wording in one file apart."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, str]] = Counter()

    def of(self, report: Report) -> Iterator[Issue]:
        """Yield what there is to say of a document: a title that belongs elsewhere, then the findings."""
        document = report.document
        in_file = is_in_file(document)
        if report.title_mismatch:
            yield self._title(report, 1 if in_file else document.record_line)
        regions = Regions(document) if in_file else None
        for paragraph, sentence in findings(report):
            finding = sentence or paragraph
            region = regions.of(finding) if regions else None
            path, print_, occurrence = self._identity(document, finding.text)
            yield Issue(
                RULES[finding.label],
                path,
                region.line if region else document.record_line,
                region.end_line if region else document.record_line,
                region,
                _summary(paragraph, sentence),
                tuple(escape(fold(reason)).rstrip(".") for reason in finding.reasons),
                float(finding.coherence),
                print_,
                occurrence,
                document.id,
                paragraph.index,
                sentence.index if sentence else None,
            )

    def _title(self, report: Report, line: int | None) -> Issue:
        document, fit = report.document, report.title_fit or 0.0
        title = document.title or ""
        path, print_, occurrence = self._identity(document, title)
        summary = f'The title does not fit the body: "{escape(excerpt(title, EXCERPT))}" (fit {fit:.2f})'
        rule = RULES["title_mismatch"]
        return Issue(rule, path, line, line, None, summary, (), fit, print_, occurrence, document.id)

    def _identity(self, document: Document, text: str) -> tuple[str, str, int]:
        path, print_ = tidy(document.path or document.name), fingerprint(text)
        self._seen[path, print_] += 1
        return path, print_, self._seen[path, print_]


def is_in_file(document: Document) -> bool:
    """Whether the document's lines and offsets are those of its file.

    They are not for records of ``.jsonl`` files and for the text extracted from web pages.
    """
    return document.record_line is None and format_of(document.path or "") != "html"


def place_of(error: str) -> tuple[str | None, int | None]:
    """Return the tidy path and, for a record, the line of an input that could not be read."""
    if not isinstance(error, FailedInput) or error.path is None:
        return None, None
    return tidy(error.path), error.record_line


def tidy(path: str) -> str:
    """Write a path as review systems compare it: with slashes, relative below the working directory.

    Parameters
    ----------
    path : str
        As the user named it.

    Returns
    -------
    str
        Without ``.`` and, within the working directory, without ``..``; of another place absolute.
    """
    whole = os.path.normpath(Path.cwd() / path)
    try:
        relative = PurePath(whole).relative_to(Path.cwd())
    except ValueError:
        return PurePath(whole).as_posix()
    return relative.as_posix()


def _summary(paragraph: ScoredParagraph, sentence: ScoredSentence | None) -> str:
    finding = sentence or paragraph
    subject = f"Paragraph {paragraph.index}"
    if sentence:
        subject = f"Sentence {sentence.index} of paragraph {paragraph.index}"
    quoted = escape(excerpt(finding.text, EXCERPT))
    return f'{subject} does not belong: "{quoted}" ({finding.label}, coherence {finding.coherence:.2f})'
