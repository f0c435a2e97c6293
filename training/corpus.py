"""Make a labelled corpus file from files of articles."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from misplaced.errors import CorpusError, UsageError
from misplaced.replacing import replacing
from misplaced.training.articles import MIN_PARAGRAPHS, Article, label_recurring, read_articles
from misplaced.training.corruption.donors import DonorPool
from misplaced.training.corruption.insertion import CorruptedArticle, InsertionSettings, corrupt
from misplaced.training.split import is_held_out

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class CorpusSummary:
    """What was made.

    Attributes
    ----------
    path : str
    documents, corrupted : int
        All documents, and those with insertions.
    labels : dict of str to int
    """

    path: str
    documents: int
    corrupted: int
    labels: dict[str, int]

    def line(self) -> str:
        """Say it in one line."""
        counts = ", ".join(f"{count:,} {label}" for label, count in sorted(self.labels.items()))
        return f"{self.path}: {self.documents:,} documents, {self.corrupted:,} with insertions; {counts}"


def make_corpus(
    paths: Sequence[Path],
    output: Path,
    settings: InsertionSettings,
    *,
    donors_from: Sequence[Path] | None = None,
    recurrences: int = 4,
    trust_lines: bool = False,
    limit: int | None = None,
    every: int = 1,
    held_out: float = 1.0,
    tuned: float = 0.0,
) -> CorpusSummary:
    """Read articles, insert foreign text, write the labelled corpus.

    Parameters
    ----------
    paths : sequence of Path
        Hosts, and donors too unless `donors_from` is given.
    output : Path
        Written aside and put in place at once; gzip if its name ends in ``.gz``.
    settings : InsertionSettings
    donors_from : sequence of Path, optional
    recurrences : int
        See :func:`misplaced.training.articles.label_recurring`; 0 switches it off.
    trust_lines : bool
        See :func:`misplaced.training.articles.read_articles`.
    limit : int, optional
        Articles read at most.
    every : int
        Every how many articles one is a host; all are donors.
    held_out : float
        Share of the sources whose articles are hosts: those that fine-tuning with this share leaves
        out, see :func:`misplaced.training.split.is_held_out`; 1 for all.
    tuned : float
        The other way round: only articles that fine-tuning with this share held out learns from, told
        apart before `every` counts them; 0 for all.

    Raises
    ------
    CorpusError
        If a file cannot be read, a line is malformed, or no article is long enough.
    UsageError
        If `every` or `limit` is below 1, or `held_out` or `tuned` is no share.
    """
    if every < 1:
        raise UsageError(f"every {every} is out of range", hint="give 1 or more")
    if not 0 < held_out <= 1:
        raise UsageError(f"share {held_out} is out of range", hint="give one above 0, up to 1")
    if not 0 <= tuned < 1:
        raise UsageError(f"share {tuned} is out of range", hint="give 0 up to 1")
    if limit is not None and limit < 1:
        raise UsageError(f"limit {limit} is out of range", hint="give 1 or more")
    articles = _read(paths, recurrences, trust_lines=trust_lines, limit=limit)
    pool = DonorPool(_read(donors_from, recurrences, trust_lines=trust_lines) if donors_from else articles)
    learned = [a for a in articles if not is_held_out(a.source or a.id, tuned)]
    hosts = [a for a in learned[::every] if is_held_out(a.source or a.id, held_out)]
    made = corrupt(hosts, settings, pool)
    if not made:
        raise CorpusError(
            f"no article has {MIN_PARAGRAPHS} paragraphs or more", where=", ".join(map(str, paths))
        )
    _write(made, output)
    labels = Counter(label for article in made for label in article.labels)
    corrupted = sum(1 for article in made if article.form is not None)
    return CorpusSummary(str(output), len(made), corrupted, dict(labels))


def _read(
    paths: Sequence[Path], recurrences: int, *, trust_lines: bool, limit: int | None = None
) -> list[Article]:
    articles = read_articles(paths, limit=limit, trust_lines=trust_lines)
    return label_recurring(articles, recurrences=recurrences) if recurrences > 0 else list(articles)


def _write(made: Sequence[CorruptedArticle], output: Path) -> None:
    content = "".join(json.dumps(a.record(), ensure_ascii=False) + "\n" for a in made).encode()
    if output.suffix == ".gz":
        content = gzip.compress(content, mtime=0)  # no time stamp: the same bytes every time
    with replacing(output) as stream:
        stream.write(content)
