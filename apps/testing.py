"""``assert_coherent``: an article's verdict as an assertion, for pytest, unittest or a script.

From a text or a file to a failure that can be read: the same findings, lines and reasons that
``detect`` shows. :mod:`misplaced.apps.pytest_plugin` makes it a fixture.
"""

from __future__ import annotations

import io
import os
from pathlib import PurePath
from typing import TYPE_CHECKING

from misplaced.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from misplaced.report import Level, Report

#: What ``assert_coherent`` takes.
Article = str | os.PathLike[str] | Document | list[str] | tuple[str, ...]


def assert_coherent(
    text_or_path: Article,
    *,
    threshold: float | None = None,
    level: Level = "paragraph",
    model: str | None = None,
    title: str | None = None,
) -> None:
    """Fail if something in an article does not belong.

    Parameters
    ----------
    text_or_path : str, path, Document, or list of str
        A text is divided into paragraphs as a ``.txt`` file is; a list is the paragraphs themselves. A
        path is read by its suffix, every article of a ``.jsonl`` file. A string of one line that names
        an existing file, or is one word that ends as an article's file name does, is a path.
    threshold : float, optional
        Above 0, at most 1; lower flags more. The model's own by default.
    level : {"paragraph", "sentence"}
        With ``sentence``, the sentences within paragraphs are judged too.
    model : str, optional
        A model folder; the bundled one by default.
    title : str, optional
        The headline of a text or of paragraphs.

    Raises
    ------
    AssertionError
        With the place, the beginning and the reasons of everything that does not belong.
    MisplacedError
        If the file or the model cannot be read, or the threshold is out of range.

    Notes
    -----
    Of a text with fewer than three paragraphs only page furniture is found: there is too little to
    compare with.

    Examples
    --------
    >>> from misplaced.apps.testing import assert_coherent
    >>> assert_coherent(Path("articles/harbour.md"), threshold=0.8)  # doctest: +SKIP
    """
    __tracebackhide__ = True
    from misplaced.apps.sharing import judged, shared_detector

    documents = list(_documents(text_or_path, title))
    reports = list(judged(documents, shared_detector(model), threshold=threshold, level=level))
    failure = describe_findings(reports)
    if failure is not None:
        raise AssertionError(failure)


def describe_findings(reports: Sequence[Report]) -> str | None:
    """Say what does not belong, as an assertion's message; None where everything does.

    Parameters
    ----------
    reports : sequence of Report
        Of one input. A title that belongs elsewhere is told beside findings, and is none itself.
    """
    from rich.console import Console

    from misplaced.apps.reporters.full import FullReporter

    line = headline(reports)
    if line is None:
        return None
    out = io.StringIO()
    # Plain whatever the environment asks of terminals: a message is stored, compared and searched.
    plain = Console(
        file=out,
        width=80,
        color_system=None,
        force_terminal=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    reporter = FullReporter(out, threshold=reports[0].threshold, quiet=True, console=plain)
    for report in flagged(reports):
        reporter.report(report)
    return f"{line}\n\n{out.getvalue().rstrip()}"


def headline(reports: Sequence[Report]) -> str | None:
    """Say how much: ``2 of 14 paragraphs do not belong (threshold 0.86)``; None if everything does."""
    from misplaced.apps.reporters.tally import count

    found = flagged(reports)
    if not found:
        return None
    paragraphs = sum(len(report.findings) for report in found)
    sentences = sum(len(report.sentence_findings) for report in found)
    parts = []
    if paragraphs:
        parts.append(f"{paragraphs:,} of {count(sum(len(r.paragraphs) for r in reports), 'paragraph')}")
    if sentences:
        parts.append(count(sentences, "sentence"))
    verb = "does" if paragraphs + sentences == 1 else "do"
    return f"{' and '.join(parts)} {verb} not belong (threshold {found[0].threshold:.2f})"


def flagged(reports: Iterable[Report]) -> list[Report]:
    """Return the reports with findings."""
    from misplaced.apps.reporters.tally import count_findings

    return [report for report in reports if count_findings(report)]


def _documents(article: Article, title: str | None) -> Iterator[Document]:
    __tracebackhide__ = True
    if isinstance(article, Document):
        yield article
    elif isinstance(article, list | tuple):
        yield Document.from_paragraphs(article, title=title)
    elif isinstance(article, str) and not _is_path(article):
        yield Document.from_text(article, title=title)
    else:
        yield from _read(os.fspath(article))


def _is_path(text: str) -> bool:
    """Whether a string is meant as a path: a mistyped one must not pass as a very short article."""
    from misplaced.inputs import SUFFIXES

    if "\n" in text or "\r" in text:
        return False
    one_word = len(text.split()) == 1
    try:
        return os.path.isfile(text) or (one_word and PurePath(text).suffix.lower() in SUFFIXES)  # noqa: PTH113
    except ValueError:  # a NUL character
        return False


def _read(path: str) -> Iterator[Document]:
    __tracebackhide__ = True
    from misplaced.errors import MisplacedError
    from misplaced.reading import read

    for found in read(path):
        if isinstance(found, MisplacedError):
            raise found.with_traceback(None)  # it says by itself what is wrong and where
        yield found
