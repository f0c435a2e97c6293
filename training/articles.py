"""Read the articles that labelled corpora are made from, labelled themselves or not.

Start of the training data's way: articles -> :mod:`misplaced.training.corruption.insertion` -> labelled
corpus -> :mod:`misplaced.training.fitting`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from misplaced.document import fold
from misplaced.features.surface import is_closed
from misplaced.labelled import default_id, labels_field, read_objects, strings_field, text_field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

#: Articles need this many paragraphs to be hosts: insertions must stay the minority.
MIN_PARAGRAPHS = 4

#: A line that stands in this many articles of one source is the page's, not theirs.
RECURRENCES = 4

#: Labels that a recurrence may overrule.
_OPEN = ("coherent", "ignore")

_LINE_WORDS = 8
_OPEN_WORDS = 25


@dataclass(frozen=True, slots=True)
class Article:
    """A host for insertions and a donor of them.

    Attributes
    ----------
    id : str
        Where the record names none: its file's name and line.
    title : str or None
    paragraphs : tuple of str, length n
    labels : tuple of str, length n
        Each one of :data:`misplaced.labelled.LABELLED`. Where the file has none, prose is taken to
        be ``coherent`` and a short line, which may be anything, is ``ignore``.
    topic, date, source : str or None
        Subject, day of publication and publisher, where the file has them: hard donors are of the
        same topic or day.
    kind : str or None
    """

    id: str
    title: str | None
    paragraphs: tuple[str, ...]
    labels: tuple[str, ...]
    topic: str | None = None
    date: str | None = None
    source: str | None = None
    kind: str | None = None


def read_articles(
    paths: Sequence[Path], *, limit: int | None = None, trust_lines: bool = False
) -> Iterator[Article]:
    """Read articles from JSON lines, plain or gzip.

    Parameters
    ----------
    paths : sequence of Path
        Objects of ``title``, ``paragraphs`` and, where known, ``id``, ``labels``, ``topic``,
        ``date``, ``source`` (or ``site``).
    limit : int, optional
        Articles at most, over all files.
    trust_lines : bool
        Take the short lines of unlabelled articles to be ``coherent`` too.

    Raises
    ------
    CorpusError
        For a file that cannot be read or a malformed line, by file and line.
    """
    count = 0
    for path in paths:
        for number, record in read_objects(path):
            if limit is not None and count >= limit:
                return
            count += 1
            yield _article(record, f"{path}:{number}", default_id(path, number), trust_lines=trust_lines)


def label_recurring(articles: Iterable[Article], *, recurrences: int = RECURRENCES) -> list[Article]:
    """Label lines that recur in a source's articles as boilerplate.

    A weak label, right nearly always: what an author writes stands in one article, what the page
    adds stands in all. Only lines of articles with a known source are relabelled, and only those
    not known to be something else.

    Parameters
    ----------
    articles : iterable of Article
    recurrences : int
        In how many articles of one source a line must stand.
    """
    kept = list(articles)
    holders: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for number, article in enumerate(kept):
        if article.source is not None:
            for paragraph in article.paragraphs:
                holders[article.source, _wording(paragraph)].add(number)
    recurring = {key for key, numbers in holders.items() if len(numbers) >= recurrences}
    return [_relabelled(article, recurring) for article in kept]


def _relabelled(article: Article, recurring: set[tuple[str, str]]) -> Article:
    if article.source is None:
        return article
    labels = tuple(
        "boilerplate" if label in _OPEN and (article.source, _wording(paragraph)) in recurring else label
        for paragraph, label in zip(article.paragraphs, article.labels, strict=True)
    )
    return replace(article, labels=labels)


def is_prose(paragraph: str) -> bool:
    """Tell prose from a line that could be a heading, a caption, a pointer or page furniture.

    Returns
    -------
    bool
        More than 8 words, and closing punctuation or more than 25 words.
    """
    content = fold(paragraph)
    words = len(content.split())
    return words > _LINE_WORDS and (words > _OPEN_WORDS or is_closed(content))


def _wording(paragraph: str) -> str:
    return fold(paragraph).casefold()


def _article(record: dict[str, object], where: str, nameless: str, *, trust_lines: bool) -> Article:
    paragraphs = strings_field(record, "paragraphs", where)
    if "labels" in record:
        labels = labels_field(record, paragraphs, where)
    else:
        labels = tuple("coherent" if trust_lines or is_prose(p) else "ignore" for p in paragraphs)
    return Article(
        id=text_field(record, "id", where) or nameless,
        title=text_field(record, "title", where),
        paragraphs=paragraphs,
        labels=labels,
        topic=text_field(record, "topic", where),
        date=text_field(record, "date", where),
        source=text_field(record, "source", where) or text_field(record, "site", where),
        kind=text_field(record, "kind", where),
    )
