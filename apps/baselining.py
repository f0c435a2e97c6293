"""What ``baseline update`` does, behind its options: articles to findings, findings to a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from misplaced.apps.articles import Articles
from misplaced.apps.failure import FAILED, OK
from misplaced.apps.judging import judged
from misplaced.apps.known import Baseline, Known, gather
from misplaced.apps.level import Level
from misplaced.apps.overwriting import refuse_overwriting
from misplaced.apps.reporters.escaping import message
from misplaced.apps.reporters.tally import count
from misplaced.apps.suppression import Suppression
from misplaced.errors import UsageError
from misplaced.inputs import STDIN
from misplaced.report import check_threshold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from misplaced.apps.judging import Scorer, Thresholds
    from misplaced.apps.known import Key
    from misplaced.inputs import Choice


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for; see ``misplaced baseline update --help``.

    Attributes
    ----------
    inputs : tuple of str
    path : Path
        The baseline.
    threshold, sentence_threshold, thresholds, choice, level, quiet
        As those of ``detect``.
    is_set : bool
        The settings name the baseline, so that ``detect`` will use it.
    """

    inputs: tuple[str, ...]
    path: Path
    threshold: float | None = None
    sentence_threshold: float | None = None
    thresholds: Callable[[str | None], Thresholds] | None = None
    choice: Choice | None = None
    level: Level = Level.PARAGRAPH
    quiet: bool = False
    is_set: bool = True

    def check(self) -> None:
        """Raise :class:`UsageError` for options that make no sense."""
        for threshold in (self.threshold, self.sentence_threshold):
            if threshold is not None:
                check_threshold(threshold)
        if STDIN in self.inputs:
            raise UsageError("a baseline is for files, not for standard input", hint="name the files")


def update(options: Options, load: Callable[[], Scorer]) -> int:
    """Judge the inputs and write what is flagged to the baseline.

    Parameters
    ----------
    options : Options
    load : callable returning Scorer

    Returns
    -------
    int
        Exit status: 0, or 2 where an input failed; nothing is taken out of the baseline then.

    Raises
    ------
    MisplacedError
        For an unusable baseline or model.
    OSError
        If the baseline cannot be written; it is as it was then.
    """
    options.check()
    before = Baseline.read(options.path) if options.path.exists() else Baseline(options.path)
    articles = Articles(options.inputs, quiet=options.quiet, choice=options.choice)
    refuse_overwriting(options.path, articles.paths)
    reports = judged(
        load(),
        articles.documents(),
        level=options.level,
        of_run=(options.threshold, options.sentence_threshold),
        of_file=options.thresholds,
    )
    # What the articles themselves ask to ignore is quiet without a baseline.
    found, judged_places = gather(before, Suppression(warn=articles.warn).applied(reports))
    kept = {
        key: known
        for key, known in before.findings.items()
        if articles.errors or not (key[0] in judged_places or before.is_gone(key[0]))
    }
    Baseline(options.path, kept | found).write()
    if not options.quiet:
        message(_summary(options.path, before.findings, kept | found))
        if not options.is_set:
            message(f"use it with: detect --baseline {options.path}, or set baseline in the settings")
    return FAILED if articles.errors else OK


def _summary(path: Path, before: Mapping[Key, Known], after: Mapping[Key, Known]) -> str:
    new = sum(max(0, known.count - _count(before, key)) for key, known in after.items())
    gone = sum(max(0, known.count - _count(after, key)) for key, known in before.items())
    total = sum(known.count for known in after.values())
    files = len({place for place, _ in after})
    return f"{path}: {count(total, 'finding')} in {count(files, 'file')} ({new:,} new, {gone:,} gone)"


def _count(findings: Mapping[Key, Known], key: Key) -> int:
    return findings[key].count if key in findings else 0
