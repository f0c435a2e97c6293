"""A benchmark's articles under harder conditions: untitled, hard-wrapped, a third of the lines foreign.

Between a labelled benchmark and :mod:`misplaced.eval.benchmark`: every function takes labelled articles
and gives labelled articles, which are measured like any others.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING

from misplaced.document import Document, fold

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence

    from misplaced.labelled import LabelledDocument

#: The customary width of mail and plain text.
WRAP_WIDTH = 72

#: Share of the lines that a gallery makes up.
GALLERY_SHARE = 1 / 3

#: Kinds of articles with a gallery: of one other story, or of as many as it has lines.
ONE_STORY, MANY_STORIES = "gallery of one story", "gallery of many stories"

_SENTENCE = re.compile(r"(?<=[.!?])[\"”’]?\s+(?=[\"“‘A-Z])")

#: A line of a gallery has this many words: what captions have.
_CAPTION_WORDS = range(6, 31)

#: An article is written in paragraphs of one sentence if this share of its prose paragraphs is.
_ONE_SENTENCE_SHARE = 0.7
_PROSE_WORDS = 6


def untitled(article: LabelledDocument) -> LabelledDocument:
    """Return the article without its title."""
    return replace(article, title=None)


def hard_wrapped(
    article: LabelledDocument, *, blank_lines: bool, width: int = WRAP_WIDTH
) -> LabelledDocument:
    """Write the article as a hard-wrapped text file and read it back.

    Parameters
    ----------
    article : LabelledDocument
    blank_lines : bool
        Whether a blank line follows each paragraph; without it, only short lines end paragraphs.
    width : int
        Characters a line at most; longer words stick out.

    Returns
    -------
    LabelledDocument
        With the title and the paragraphs that :meth:`Document.from_text` finds. A paragraph made of
        parts of several has their label if it is the same, else ``ignore``; so has one with words of the
        title.
    """
    blocks = [fold(article.title or ""), *(fold(p) for p in article.paragraphs)]
    lines = [textwrap.fill(b, width, break_long_words=False, break_on_hyphens=False) for b in blocks if b]
    found = Document.from_text(("\n\n" if blank_lines else "\n").join(lines))
    # Wrapping keeps the words in order, so that counting them finds their paragraph again.
    owners = [owner for owner, block in enumerate(blocks) for _ in block.split()]
    place = len((found.title or "").split())
    paragraphs, labels = [], []
    for paragraph in found.paragraphs:
        end = place + len(paragraph.content.split())
        paragraphs.append(paragraph.content)
        labels.append(_common_label(article, set(owners[place:end])))
        place = end
    return replace(article, title=found.title, paragraphs=tuple(paragraphs), labels=tuple(labels), spans=())


def _common_label(article: LabelledDocument, owners: set[int]) -> str:
    """Return the one label of the paragraphs `owners`, counted from 1; 0 is the title."""
    labels = {article.labels[owner - 1] if owner else "ignore" for owner in owners}
    return labels.pop() if len(labels) == 1 else "ignore"


def with_gallery(
    article: LabelledDocument,
    donors: Sequence[LabelledDocument],
    rng: random.Random,
    *,
    many: bool,
    share: float = GALLERY_SHARE,
) -> LabelledDocument:
    """Insert a run of captions of other stories that makes up a share of the lines.

    Parameters
    ----------
    article : LabelledDocument
    donors : sequence of LabelledDocument
        Where the captions, single sentences of 6 to 30 words, come from; the article itself never gives
        any.
    rng : random.Random
    many : bool
        Every line from another donor, instead of all from one (from the next where it has too few).
    share : float
        Of the lines, 0 to 1, that the gallery makes up.

    Returns
    -------
    LabelledDocument
        Of kind :data:`ONE_STORY` or :data:`MANY_STORIES`; the gallery's lines are ``off_topic``.
    """
    wanted = round(len(article.paragraphs) * share / (1 - share))
    gallery: list[str] = []
    others = [donor for donor in donors if donor.id != article.id]
    for donor in rng.sample(others, len(others)):
        captions = list(_captions(donor))
        taken = min(len(captions), 1 if many else len(captions), wanted - len(gallery))
        gallery += rng.sample(captions, taken)
        if len(gallery) == wanted:
            break
    # Behind the first paragraph at the earliest: a page's story opens before its gallery.
    place = rng.randint(1, len(article.paragraphs))
    return replace(
        article,
        paragraphs=(*article.paragraphs[:place], *gallery, *article.paragraphs[place:]),
        labels=(*article.labels[:place], *["off_topic"] * len(gallery), *article.labels[place:]),
        kind=MANY_STORIES if many else ONE_STORY,
        form="gallery",
        spans=(),
    )


def _captions(donor: LabelledDocument) -> Iterator[str]:
    for paragraph, label in zip(donor.paragraphs, donor.labels, strict=True):
        if label == "coherent":
            for sentence in _SENTENCE.split(fold(paragraph)):
                if len(sentence.split()) in _CAPTION_WORDS:
                    yield sentence


def is_one_sentence(article: LabelledDocument) -> bool:
    """Tell whether an article is written in paragraphs of one sentence, seven of ten at least."""
    prose = [p for p in map(fold, article.paragraphs) if len(p.split()) >= _PROSE_WORDS]
    single = sum(len(_SENTENCE.split(paragraph)) == 1 for paragraph in prose)
    return bool(prose) and single >= _ONE_SENTENCE_SHARE * len(prose)
