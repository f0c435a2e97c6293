"""Reports in the formats people and programs read: last station of the data's way."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from misplaced.report import Report


class Format(StrEnum):
    """What ``--output-format`` takes."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"
    GITHUB = "github"
    GITLAB = "gitlab"
    JUNIT = "junit"

    @property
    def is_for_people(self) -> bool:
        """Whether it is written for a terminal; everything else is read by a program, as UTF-8."""
        return self in (Format.FULL, Format.CONCISE)

    @property
    def has_statistics(self) -> bool:
        """Whether ``--statistics`` has a form in it."""
        return self in (Format.FULL, Format.CONCISE, Format.JSON, Format.JSONL)


class Reporter(Protocol):
    """Writes reports, one after the other, as they come."""

    def report(self, report: Report) -> None:
        """Take the report of the next document, in input order."""

    def end(self, errors: Sequence[str]) -> None:
        """Finish the output.

        Parameters
        ----------
        errors : sequence of str
            The messages of the inputs that could not be read, in input order; those that are
            :class:`misplaced.apps.reporters.failed_input.FailedInput` say which input it was.
        """


def make_reporter(
    output_format: Format,
    out: TextIO,
    *,
    threshold: float,
    statistics: bool = False,
    quiet: bool = False,
) -> Reporter:
    """Choose the reporter for the options.

    Parameters
    ----------
    output_format : Format
    out : TextIO
        Where results go; the reporter does not close it.
    threshold : float
        The threshold of every report.
    statistics : bool, default=False
        Counts only, in place of the findings.
    quiet : bool, default=False
        Findings without totals (``full`` and ``github``; the other formats have none).
    """
    # Each format is imported when it is used: rich alone takes longer to load than a short article.
    if statistics:
        from misplaced.apps.reporters.statistics import StatisticsReporter

        return StatisticsReporter(out, threshold=threshold, output_format=output_format)
    if output_format is Format.FULL:
        from misplaced.apps.reporters.full import FullReporter

        return FullReporter(out, threshold=threshold, quiet=quiet)
    if output_format is Format.CONCISE:
        from misplaced.apps.reporters.concise import ConciseReporter

        return ConciseReporter(out)
    if output_format is Format.JSONL:
        from misplaced.apps.reporters.jsonl import JsonLinesReporter

        return JsonLinesReporter(out)
    if output_format is Format.JSON:
        from misplaced.apps.reporters.json import JsonReporter

        return JsonReporter(out, threshold=threshold)
    return _make_for_other_systems(output_format, out, threshold=threshold, quiet=quiet)


def _make_for_other_systems(output_format: Format, out: TextIO, *, threshold: float, quiet: bool) -> Reporter:
    if output_format is Format.SARIF:
        from misplaced.apps.reporters.sarif import SarifReporter

        return SarifReporter(out, threshold=threshold)
    if output_format is Format.GITHUB:
        from misplaced.apps.reporters.github import GithubReporter

        return GithubReporter(out, threshold=threshold, quiet=quiet)
    if output_format is Format.GITLAB:
        from misplaced.apps.reporters.gitlab import GitlabReporter

        return GitlabReporter(out)
    from misplaced.apps.reporters.junit import JunitReporter

    return JunitReporter(out)
