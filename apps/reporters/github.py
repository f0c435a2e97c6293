"""Workflow commands of GitHub, which shows them as annotations of the lines they name.

At most ten annotations of a kind are shown for a step, so the total is one of another kind, and stands
in the log as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from misplaced.apps.reporters.escaping import escape
from misplaced.apps.reporters.issue import Issue, Issues, place_of
from misplaced.apps.reporters.tally import Tally, count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from misplaced.report import Report

#: Annotations of one kind that a step shows.
SHOWN = 10

_COMMANDS = {"warning": "warning", "note": "notice"}


class GithubReporter:
    """Writes a command for each finding as it comes, and totals.

    Parameters
    ----------
    out : TextIO
        The log of the step: standard output.
    threshold : float
    quiet : bool, default=False
        Without totals.
    """

    def __init__(self, out: TextIO, *, threshold: float, quiet: bool = False) -> None:
        self._out = out
        self._threshold = threshold
        self._quiet = quiet
        self._issues = Issues()
        self._tally = Tally()
        self._files: set[str] = set()

    def report(self, report: Report) -> None:
        """Write the annotations of one document."""
        self._tally.add(report)
        for issue in self._issues.of(report):
            self._out.write(_annotation(issue))
            if issue.rule.level == "warning":
                self._files.add(issue.path)
        self._out.flush()

    def end(self, errors: Sequence[str]) -> None:
        """Write an annotation for each input that could not be read, and the totals."""
        for error in errors:
            path, line = place_of(error)
            self._out.write(command("error", escape(error), file=path, line=line, title="misplaced"))
        if not self._quiet:
            total = self._total()
            if self._files:
                self._out.write(command("notice", total, title="misplaced"))
            # A log does not show its commands as they are; this line is for those who read it.
            self._out.write(f"misplaced: {total}\n")
        self._out.flush()

    def _total(self) -> str:
        tally = self._tally
        of = f"{count(tally.paragraphs, 'paragraph')} in {count(tally.documents, 'document')}"
        threshold = f"threshold {self._threshold:.2f}"
        if not self._files:
            return f"nothing flagged ({of}; {threshold})"
        found = [count(tally.flagged, "paragraph")] if tally.flagged or not tally.sentences else []
        found += [count(tally.sentences, "sentence")] if tally.sentences else []
        number = tally.flagged + tally.sentences
        total = (
            f"{' and '.join(found)} in {count(len(self._files), 'file')} "
            f"{'does' if number == 1 else 'do'} not belong (of {of}; {threshold})"
        )
        if number > SHOWN:
            total += f"; GitHub shows {SHOWN} annotations of a step, the log has all"
        return total


def command(name: str, message: str, **properties: str | int | None) -> str:
    """Write a workflow command as one line.

    Parameters
    ----------
    name : str
        ``warning``, ``notice`` or ``error``.
    message : str
        May have several lines.
    **properties : str, int or None
        ``file``, ``line``, ``endLine``, ``col``, ``endColumn``, ``title``; None leaves one out.
    """
    written = ",".join(
        f"{key}={_property(str(value))}" for key, value in properties.items() if value is not None
    )
    return f"::{name}{' ' if written else ''}{written}::{_data(message)}\n"


def _annotation(issue: Issue) -> str:
    region = issue.region
    # GitHub takes columns only of what is on one line.
    one_line = region is not None and region.line == region.end_line
    return command(
        _COMMANDS[issue.rule.level],
        "\n".join((issue.summary, *(f"- {reason}" for reason in issue.reasons))),
        file=issue.path,
        line=issue.line,
        endLine=issue.end_line,
        col=region.column if region and one_line else None,
        endColumn=region.end_column if region and one_line else None,
        title=f"misplaced: {issue.rule.id}",
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    # A file may be called anything, but a log shows no control characters.
    return _data(escape(text)).replace(":", "%3A").replace(",", "%2C")
