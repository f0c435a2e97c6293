"""What ``detect`` does, behind its options: inputs to documents, documents to reports, reports to the output.

One pass: a document is read, scored, written and, with ``--fix``, removed from its file before the
last one is read. What goes wrong with one input is told at once and stops no other.
"""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, TextIO

from misplaced.apps.articles import Articles
from misplaced.apps.cleaning import clean_page
from misplaced.apps.failure import FAILED, FLAGGED, OK, describe
from misplaced.apps.fixing import diff_file, fix_file
from misplaced.apps.judging import Scorer, Thresholds, judged
from misplaced.apps.known import Baseline
from misplaced.apps.level import Level
from misplaced.apps.overwriting import refuse_overwriting
from misplaced.apps.reporters import Format, make_reporter
from misplaced.apps.reporters.escaping import escape_keeping_layout, message, tolerate_unencodable
from misplaced.apps.reporters.failed_input import FailedInput
from misplaced.apps.reporters.tally import count, count_findings, quiet_findings
from misplaced.apps.suppression import Suppression
from misplaced.errors import MisplacedError, UsageError
from misplaced.inputs import STDIN
from misplaced.replacing import replacing
from misplaced.report import check_threshold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from misplaced.document import Document
    from misplaced.inputs import Choice
    from misplaced.report import Report


__all__ = ["Options", "Scorer", "run"]


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for; see ``detect --help``.

    Attributes
    ----------
    inputs : tuple of str
        Files, folders, glob patterns, ``-`` for standard input.
    stdin_filename : str or None
        What to call standard input; its suffix decides the format.
    output_format : Format
    output_file : Path or None
        None for standard output.
    threshold, sentence_threshold : float or None
        None for the model's own; the first is also that of the sentences where these have none.
    thresholds : callable, optional
        From an article's path to the two that hold for it; by default those of the run.
    choice : Choice, optional
        Which files are taken of those that inputs stand for.
    level : Level
    baseline : Path or None
        Known findings.
    ignores : bool
        Heed the directives in the articles.
    report_unused : bool
        Report directives and baseline entries that were of no use; they count as something flagged.
    exit_zero, diff, fix, overwrite, statistics, quiet : bool
    """

    inputs: tuple[str, ...]
    stdin_filename: str | None = None
    output_format: Format = Format.FULL
    output_file: Path | None = None
    threshold: float | None = None
    sentence_threshold: float | None = None
    thresholds: Callable[[str | None], Thresholds] | None = None
    choice: Choice | None = None
    level: Level = Level.PARAGRAPH
    baseline: Path | None = None
    ignores: bool = True
    report_unused: bool = False
    exit_zero: bool = False
    diff: bool = False
    fix: bool = False
    overwrite: bool = False
    statistics: bool = False
    quiet: bool = False

    def check(self) -> None:
        """Raise :class:`UsageError` for options that contradict each other or are out of range."""
        if not self.inputs:
            raise UsageError(
                "nothing to read", hint="name files, folders or patterns, or - for standard input"
            )
        for threshold in (self.threshold, self.sentence_threshold):
            if threshold is not None:
                check_threshold(threshold)
        self._check_changes()
        if self.stdin_filename is not None and STDIN not in self.inputs:
            raise UsageError("--stdin-filename is given without -", hint="add - to read standard input")

    def _check_changes(self) -> None:
        if self.fix and self.diff:
            raise UsageError("--fix and --diff exclude each other", hint="--diff shows what --fix would do")
        if self.fix and STDIN in self.inputs:
            raise UsageError("--fix cannot change standard input", hint="name the file, or use --diff")
        if self.overwrite and not self.fix:
            raise UsageError("--overwrite is for what --fix writes beside web pages", hint="add --fix")
        if self.diff and self.statistics:
            raise UsageError("--diff and --statistics each replace the findings", hint="choose one")
        if self.diff and self.output_format is not Format.FULL:
            raise UsageError(
                f"--diff has no {self.output_format.value} form",
                hint="leave --output-format out",
            )
        if self.statistics and not self.output_format.has_statistics:
            raise UsageError(
                f"--statistics has no {self.output_format.value} form",
                hint="use --output-format full or json",
            )


def run(options: Options, load: Callable[[], Scorer]) -> int:
    """Judge the inputs and write the results.

    Parameters
    ----------
    options : Options
    load : callable returning Scorer
        Called after the options are checked, so that a mistyped one costs no loading time.

    Returns
    -------
    int
        Exit status: 0 nothing flagged (or all of it removed), 1 something flagged, 2 an input failed.

    Raises
    ------
    MisplacedError
        For contradicting options and an unusable model.
    OSError
        If the output cannot be written; a file named by ``output_file`` is as it was then.
    """
    options.check()
    articles = Articles(options.inputs, options.stdin_filename, quiet=options.quiet, choice=options.choice)
    refuse_overwriting(options.output_file, articles.paths)
    suppression = Suppression(
        ignores=options.ignores,
        baseline=None if options.baseline is None else Baseline.read(options.baseline),
        warn=articles.warn,
    )
    if options.thresholds is not None:
        for path in articles.paths:  # broken settings end a run before it begins
            options.thresholds(path)
    scorer = load()
    own: Thresholds = (options.threshold, options.sentence_threshold)
    with _output(options) as out, _progress(options, articles) as documents:
        reports = judged(scorer, documents, level=options.level, of_run=own, of_file=options.thresholds)
        reports = suppression.applied(reports)
        if options.diff:
            flagged = _show_diffs(reports, out, articles)
        else:
            flagged = _report(reports, out, articles, options, threshold=scorer.threshold)
    unused = suppression.unused() if options.report_unused else []
    for line in unused:
        message(f"unused: {line}")
    if options.output_format is Format.CONCISE and not options.quiet and suppression.counts:
        message(quiet_findings(suppression.counts))
    if articles.errors:
        return FAILED
    return FLAGGED if (flagged or unused) and not options.exit_zero else OK


def _report(
    reports: Iterable[Report], out: TextIO, articles: Articles, options: Options, *, threshold: float
) -> int:
    """Write reports as they come and return how many findings are left in the files."""
    reporter = make_reporter(
        options.output_format,
        out,
        threshold=threshold,
        statistics=options.statistics,
        quiet=options.quiet,
    )
    left = 0
    for path, group in groupby(reports, key=lambda report: report.document.path):
        to_fix: list[Report] = []
        for report in group:
            reporter.report(report)
            left += count_findings(report)
            if options.fix and (count_findings(report) or report.document.extracted):
                to_fix.append(report)
        if to_fix and path is not None:
            left -= _fix(path, to_fix, articles, options)
    reporter.end(articles.errors)
    return left


def _fix(path: str, reports: list[Report], articles: Articles, options: Options) -> int:
    if reports[0].document.extracted and not reports[0].paragraphs:
        return 0  # a page without an article; a warning has said so
    try:
        if reports[0].document.extracted:
            target = clean_page(path, reports[0], overwrite=options.overwrite)
            done = f"{target} holds the text of {path} without {_findings(reports)}"
        else:
            fix_file(path, reports)
            done = f"removed {_findings(reports)} from {path}"
    except (MisplacedError, OSError) as error:
        articles.fail(FailedInput.of(describe(error), error, path))
        return 0
    if not options.quiet:
        message(done)
    return sum(map(count_findings, reports))


def _findings(reports: list[Report]) -> str:
    paragraphs = sum(len(report.findings) for report in reports)
    sentences = sum(len(report.sentence_findings) for report in reports)
    parts = [count(paragraphs, "paragraph")] if paragraphs or not sentences else []
    parts += [count(sentences, "sentence")] if sentences else []
    return " and ".join(parts)


def _show_diffs(reports: Iterable[Report], out: TextIO, articles: Articles) -> int:
    """Write a diff for each file and return how many findings it would remove."""
    removed = 0
    # A patch must keep every character; a terminal must not be steered by any.
    show = escape_keeping_layout if out.isatty() else str
    for path, group in groupby(reports, key=lambda report: report.document.path):
        flagged = [report for report in group if count_findings(report)]
        removed += sum(map(count_findings, flagged))
        try:
            for line in diff_file(path or "<text>", flagged, stdin=articles.is_stdin(path)):
                out.write(show(line))
        except (MisplacedError, OSError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            articles.fail(FailedInput.of(describe(error), error, path))
        out.flush()
    return removed


@contextmanager
def _output(options: Options) -> Iterator[TextIO]:
    if options.output_file is None:
        encoding = None if options.output_format.is_for_people else "utf-8"
        tolerate_unencodable(sys.stdout, encoding=encoding)
        yield sys.stdout
        sys.stdout.flush()
        return
    with replacing(options.output_file) as raw:
        out = io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", newline="")
        try:
            yield out
        finally:
            out.detach()


@contextmanager
def _progress(options: Options, articles: Articles) -> Iterator[Iterator[Document]]:
    """Yield the documents, with a bar on standard error where it disturbs nothing.

    That is for several files, on a terminal, while no results are streaming to the same terminal.
    """
    streaming = options.output_file is None and sys.stdout.isatty()
    if options.quiet or streaming or len(articles.paths) < 2 or not sys.stderr.isatty():
        yield articles.documents()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Judging"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
        task = progress.add_task("Judging", total=len(articles.paths))
        yield articles.documents(on_file_done=lambda: progress.advance(task))
