"""What a paragraph looks like, whatever it says: length, punctuation, shape, place, repetition.

Page furniture, pointers to other stories and headlines differ from prose in these. There is no
list of phrases here: wording is what the embedding is for.
"""

from __future__ import annotations

import re
from collections import Counter
from math import log1p
from typing import TYPE_CHECKING

import numpy as np

from misplaced.features.middle import median

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: Columns of :func:`surface_features`; see there for the formulas.
NAMES = (
    "log_words",
    "words_upto_3",
    "words_upto_8",
    "words_upto_15",
    "words_upto_25",
    "relative_length",
    "open_end",
    "ends_colon",
    "ends_ellipsis",
    "ends_question",
    "exclamations",
    "capitalised",
    "upper_case",
    "digits",
    "label_prefix",
    "upper_prefix",
    "quoted",
    "bracketed",
    "separators",
    "address",
    "sentences",
    "position",
    "from_start",
    "from_end",
    "repeats",
    "repeats_title",
    "previous_short",
    "next_short",
    "short_run",
    "article_short",
    "article_size",
    "square_brackets",
    "after_label",
)

#: Fewer words than this, without closing punctuation, make a "short line".
_SHORT = 15

#: Copies are counted up to here: a line that stands ten times stands everywhere.
_MOST_COPIES = 10

#: Lines that a label such as "Read more:" speaks for, at most.
_REACH_OF_LABEL = 5

_CLOSED = re.compile(r"[.!?…。！？][\"'”’»)\]*_]*$")
_LABEL = re.compile(r"^[^\w]*(?:[\w'’&/-]+\s+){0,4}[\w'’&/-]+\s*:\s")
_UPPER_PREFIX = re.compile(r"^[^\w]*[A-ZÀ-Þ][A-ZÀ-Þ'’&-]+(?:\s+[A-ZÀ-Þ][A-ZÀ-Þ'’&-]+)*\b")
_ADDRESS = re.compile(r"https?://|www\.|\w[.+-]*@[\w-]+\.\w|(?:^|\s)[@#]\w|\b\w+\.(?:com|org|net|gov)\b")
_ADDRESS_SIGNS = ("@", "#", "://", "www.", ".com", ".org", ".net", ".gov")
_SEPARATOR = re.compile(r"[|»›•·→▶►©]|\s[/–—-]\s")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?:\s|$)")
_BRACKETED = re.compile(r"^[(\[].*[)\]][.]?$|[(\[][^()\[\]]{2,40}[)\]]$")


def surface_features(
    contents: Sequence[str], title: str | None, wordings: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Describe the shape and place of every paragraph.

    ===============  ========  =================================================================
    column           range     formula
    ===============  ========  =================================================================
    log_words        0..       log(1 + words)
    words_upto_*     0 or 1    at most 3, 8, 15, 25 words: steps, because a logistic cannot bend
    relative_length  -3..3     log(1 + words) minus the article's median of it
    open_end         0 or 1    no closing punctuation
    ends_colon       0 or 1    ends with a colon
    ends_ellipsis    0 or 1    ends with three dots
    ends_question    0 or 1    ends with a question mark
    exclamations     0..       log(1 + exclamation marks)
    capitalised      0..1      share of words that begin with a capital letter
    upper_case       0..1      share of words of two letters or more in capitals only
    digits           0..1      share of characters that are digits
    label_prefix     0 or 1    begins with at most five words and a colon, and goes on
    upper_prefix     0 or 1    begins with a word in capitals only
    quoted           0 or 1    begins with a quotation mark
    bracketed        0 or 1    is in brackets or ends with a short bracket (a source, a credit)
    separators       0..       log(1 + bars, bullets, arrows and spaced dashes)
    address          0 or 1    holds a web or mail address, a handle or a hashtag
    sentences        0..       log(1 + sentence ends)
    position         0..1      index / (n - 1)
    from_start       0..1      1 / (1 + index)
    from_end         0..1      1 / (n - index)
    repeats          0..2.3    log(paragraphs of the same wording, at most 10)
    repeats_title    0 or 1    is the title again
    previous_short   0 or 1    the paragraph before is a short line (at most 15 words, open end)
    next_short       0 or 1    the paragraph after is a short line
    short_run        0..1      share of short lines among the seven paragraphs around it
    article_short    0..1      share of short lines in the article
    article_size     0..       log(n)
    square_brackets  0 or 1    is in square brackets as a whole: an aside of the page's, not the author's
    after_label      0..1      1 / d, where the closest line of at most eight words that ends with a colon
                               stands d paragraphs before; 0 beyond five
    ===============  ========  =================================================================

    Parameters
    ----------
    contents : sequence of str, length n
        Paragraphs with white space folded, none empty.
    title : str or None
    wordings : ndarray of shape (n,), int64
        Equal numbers for paragraphs of equal wording.

    Returns
    -------
    ndarray of shape (n, 33), float32
    """
    count = len(contents)
    columns = np.zeros((count, len(NAMES)), dtype=np.float32)
    for i, content in enumerate(contents):
        columns[i, :21] = _shape(content)
    columns[:, 5] = np.clip(columns[:, 0] - median(columns[:, 0]), -3, 3)
    index = np.arange(count)
    columns[:, 21] = index / max(count - 1, 1)
    columns[:, 22] = 1 / (1 + index)
    columns[:, 23] = 1 / (count - index)
    copies = Counter(wordings.tolist())
    columns[:, 24] = np.log([min(copies[number], _MOST_COPIES) for number in wordings.tolist()])
    if title is not None:
        folded = title.casefold()
        columns[:, 25] = [content.casefold() == folded for content in contents]
    short = (columns[:, 3] > 0) & (columns[:, 6] > 0)
    columns[1:, 26] = short[:-1]
    columns[:-1, 27] = short[1:]
    columns[:, 28] = _running_share(short, 3)
    columns[:, 29] = short.mean()
    columns[:, 30] = np.log(count)
    columns[:, 31] = [content.startswith("[") and content.endswith("]") for content in contents]
    columns[:, 32] = _after((columns[:, 2] > 0) & (columns[:, 7] > 0))
    return columns


def is_closed(content: str) -> bool:
    """Tell whether a text ends with closing punctuation, quotes and brackets after it allowed."""
    return bool(_CLOSED.search(content[-8:]))


def _shape(content: str) -> tuple[float, ...]:
    """Columns log_words to sentences of one paragraph."""
    content = content[:10_000]  # shape shows at once; patterns must not crawl through a megabyte
    words = content.split()
    count = len(words)
    initials = "".join([word[0] for word in words])
    letters = sum(map(str.isalpha, initials))
    upper = sum(len(word) > 1 for word in words if word.isupper())
    prefix = _UPPER_PREFIX.match(content)
    return (
        log1p(count),
        count <= 3,
        count <= 8,
        count <= _SHORT,
        count <= 25,
        0.0,  # relative_length, known once all paragraphs are read
        not is_closed(content),
        content.endswith(":"),
        content.endswith(("...", "…")),
        content.rstrip("\"'”’)").endswith("?"),
        log1p(content.count("!")),
        sum(map(str.isupper, initials)) / max(letters, 1),
        upper / max(count, 1),
        _digits(content) / max(len(content), 1),
        bool(_LABEL.match(content[:120])),
        prefix is not None and len(prefix.group()) > 2,
        content[:1] in "\"'“‘«„",
        bool(_BRACKETED.search(content)),
        log1p(len(_SEPARATOR.findall(content))),
        _has_address(content),
        log1p(len(_SENTENCE_END.findall(content))),
    )


def _digits(content: str) -> int:
    if content.isascii():
        return sum(map(content.count, "0123456789"))
    return sum(map(str.isdigit, content))


def _has_address(content: str) -> bool:
    # Most paragraphs have nothing that could be one: a look for fixed strings is far cheaper.
    return any(sign in content for sign in _ADDRESS_SIGNS) and bool(_ADDRESS.search(content))


def _after(labels: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Closeness of the label before: 1 / distance, 0 where there is none within reach."""
    near = np.zeros(len(labels), dtype=np.float32)
    for distance in range(_REACH_OF_LABEL, 0, -1):
        near[distance:][labels[:-distance]] = 1 / distance
    return near


def _running_share(flags: NDArray[np.bool_], reach: int) -> NDArray[np.float32]:
    """Share of flags within `reach` places on either side, itself included."""
    total = np.concatenate([[0], np.cumsum(flags)])
    index = np.arange(len(flags))
    first = np.maximum(index - reach, 0)
    last = np.minimum(index + reach + 1, len(flags))
    share: NDArray[np.float32] = ((total[last] - total[first]) / (last - first)).astype(np.float32)
    return share
