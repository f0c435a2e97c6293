"""Findings with their text and reasons, for people.

Documents without findings are silent unless nothing of them could be judged for topic or their title
belongs elsewhere; totals come last. The text of articles is escaped and never read as markup.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from misplaced.apps.reporters.escaping import escape, escape_command
from misplaced.apps.reporters.excerpt import elide
from misplaced.apps.reporters.location import findings, place
from misplaced.apps.reporters.tally import Tally, count, count_findings, quiet_findings, share
from misplaced.document import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO

    from misplaced.report import Report, ScoredParagraph, ScoredSentence

_STYLES = {"off_topic": "bold red", "boilerplate": "bold magenta", "coherent": "green"}
_INDENT = 4


class FullReporter:
    """Writes a block for each document with findings, and totals.

    Parameters
    ----------
    out : TextIO
        Coloured and as wide as the terminal where it is one, else plain and 80 columns wide.
    threshold : float
    quiet : bool, default=False
        Findings only, no summaries.
    console : rich.console.Console, optional
        In place of the one made for `out`.
    """

    def __init__(
        self, out: TextIO, *, threshold: float, quiet: bool = False, console: Console | None = None
    ) -> None:
        self._console = console or Console(file=out, highlight=False, markup=False, emoji=False)
        self._threshold = threshold
        self._quiet = quiet
        self._tally = Tally()
        self._seen: set[float] = set()

    def report(self, report: Report) -> None:
        """Write one document's findings."""
        self._tally.add(report)
        self._seen.add(report.threshold)
        if count_findings(report):
            self._header(report)
            for paragraph, sentence in findings(report):
                self._finding(report, paragraph, sentence)
            self._line(self._verdict(report), "bold")
        elif report.title_mismatch:
            self._header(report)
        elif report.too_short and not self._quiet:
            self._unbroken(Text(f"{escape(report.document.name)}: {_why_too_short(report)}", "dim"))
            self._console.print()

    def end(self, errors: Sequence[str]) -> None:
        """Write the totals, where one document's summary has not said it all."""
        tally = self._tally
        told = tally.documents == 1 and tally.flagged_documents == 1
        if not told:
            self._line(self._total(), "bold" if tally.flagged_documents else "bold green")
        if errors:
            self._line(f"{count(len(errors), 'input')} could not be read", "bold red")

    def _header(self, report: Report) -> None:
        self._unbroken(Text(escape(report.document.name), "bold cyan"))
        if report.document.title:
            self._wrapped(Text(escape(fold(report.document.title)), "italic"))
        if report.document.extracted:
            self._wrapped(Text("web page: lines are those of its extracted text", "dim"))
        if report.title_mismatch:
            self._wrapped(Text(f"title: does not fit the body ({report.title_fit:.2f})", "bold red"))
        if report.multi_topic:
            self._wrapped(Text("several topics: only strong cases are called off_topic", "dim"))
        self._console.print()

    def _finding(self, report: Report, paragraph: ScoredParagraph, sentence: ScoredSentence | None) -> None:
        finding = sentence or paragraph
        column = f":{sentence.column}" if sentence and report.document.record_line is None else ""
        where = f"{escape(place(report.document, finding))}{column} paragraph {paragraph.index}"
        if sentence:
            where += f" sentence {sentence.index}"
        self._unbroken(
            Text.assemble(
                (where, "cyan"),
                "  ",
                (finding.label, _STYLES[finding.label]),
                f"  coherence {finding.coherence:.2f}",
            )
        )
        self._wrapped(Text(elide(finding.text)), " " * _INDENT)
        for reason in finding.reasons:
            self._wrapped(Text(escape(fold(reason)), "dim"), " " * _INDENT, bullet="- ")
        self._console.print()

    def _wrapped(self, text: Text, indent: str = "", *, bullet: str = "") -> None:
        # rich's own padding and wrapping leave white space at the ends of lines.
        first = indent[: len(indent) - len(bullet)] + bullet
        for number, line in enumerate(text.wrap(self._console, max(1, self._console.width - len(indent)))):
            line.rstrip()
            # Wrapping may put the middle of a text at the start of a line.
            if escape_command(line.plain) != line.plain:
                line = Text(escape_command(line.plain), line.style)
            self._console.print(Text(indent if number else first) + line, soft_wrap=True)

    def _unbroken(self, text: Text) -> None:
        # Never wrapped here, whatever the width: a path must be found and copied in one piece.
        self._console.print(text, soft_wrap=True)

    def _line(self, text: str, style: str) -> None:
        if not self._quiet:
            self._wrapped(Text(text, style))
            self._console.print()

    def _verdict(self, report: Report) -> str:
        verdict = share(len(report.findings), len(report.paragraphs), len(report.sentence_findings))
        verdict += f" (threshold {_thresholds(report.threshold, report.sentence_threshold)})"
        verdict += _quiet(report.suppressed)
        return f"{verdict}; {_why_too_short(report)}" if report.too_short else verdict

    def _total(self) -> str:
        tally = self._tally
        if not tally.documents:
            return "No document was judged"
        if not tally.flagged and not tally.sentences:
            verdict = "nothing flagged"
            return (
                f"{count(tally.documents, 'document')}, {count(tally.paragraphs, 'paragraph')}: "
                f"{verdict} (threshold {self._range()}){_quiet(tally.suppressed.elements())}"
            )
        return (
            f"Total: {share(tally.flagged, tally.paragraphs, tally.sentences)}, in "
            f"{tally.flagged_documents:,} of {count(tally.documents, 'document')} "
            f"(threshold {self._range()}){_quiet(tally.suppressed.elements())}"
        )

    def _range(self) -> str:
        seen = self._seen or {self._threshold}
        low, high = f"{min(seen):.2f}", f"{max(seen):.2f}"
        return low if low == high else f"{low} to {high}"


def _quiet(suppressed: Iterable[str]) -> str:
    told = quiet_findings(Counter(suppressed))
    return f"; {told}" if told else ""


def _thresholds(threshold: float, of_sentences: float | None) -> str:
    if of_sentences is None or of_sentences == threshold:
        return f"{threshold:.2f}"
    return f"{threshold:.2f}, of sentences {of_sentences:.2f}"


def _why_too_short(report: Report) -> str:
    judged = sum(1 for paragraph in report.paragraphs if fold(paragraph.text))
    if not judged:
        return "nothing to judge (no paragraphs)"
    return f"too short to judge for topic ({count(judged, 'paragraph')}): only boilerplate was judged"
