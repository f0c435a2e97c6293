"""Words, weights and names of a paragraph: the lexical view that the lexical features compare.

Feeds :mod:`misplaced.features.lexical`. Word weights come from a table of document frequencies
that training counts and the artifact carries.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from misplaced.errors import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

#: Size of the hashed vocabulary. 400,000 news paragraphs hold about 150,000 word forms; at 2**16
#: buckets the frequent words, whose weights matter most, hardly ever collide.
BUCKETS = 1 << 16

#: Words a paragraph is read to, so that one enormous paragraph costs no more than a long one.
MAX_WORDS = 1_000

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,:]\d+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;…]['\"”’)\]]*\s+|['\"“‘(\[—–|-]\s*)$")
_POSSESSIVE = re.compile(r"['’]s?$")


@dataclass(frozen=True, slots=True)
class Terms:
    """The words of one paragraph.

    Attributes
    ----------
    words : tuple of str
        Case-folded words and numbers in order, possessive endings removed.
    names : frozenset of str
        Case-folded words that are capitalised where a sentence does not ask for it.
    """

    words: tuple[str, ...]
    names: frozenset[str]

    @classmethod
    def of(cls, content: str) -> Terms:
        """Read a paragraph whose white space is folded."""
        words: list[str] = []
        names: set[str] = set()
        for match in _WORD.finditer(content):
            raw = match.group()
            if "'" in raw or "’" in raw:
                raw = _POSSESSIVE.sub("", raw)
                if not raw:
                    continue
            word = raw.casefold()
            words.append(word)
            if raw != word and _is_name(raw, content, match.start()):
                names.add(word)
            if len(words) >= MAX_WORDS:
                break
        return cls(tuple(words), frozenset(names))


def names_as_written(content: str) -> dict[str, str]:
    """Return a paragraph's names, case-folded as in :class:`Terms`, with their spelling there."""
    written: dict[str, str] = {}
    for match in _WORD.finditer(content):
        raw = _POSSESSIVE.sub("", match.group())
        if raw and _is_name(raw, content, match.start()):
            written.setdefault(raw.casefold(), raw)
    return written


def _is_name(raw: str, content: str, start: int) -> bool:
    if len(raw) < 2 or not raw[0].isupper():
        return False
    return raw.isupper() or not _SENTENCE_START.search(content[max(0, start - 6) : start])


class TermWeights:
    """Inverse document frequencies of hashed words.

    ``weight(w) = log((1 + N) / (1 + df(w))) / log(1 + N)``, between 0 and 1, where N counts the
    paragraphs that were read in training and df the ones with the word (Sparck Jones, 1972,
    scaled so that an unseen word weighs 1).

    Parameters
    ----------
    table : ndarray of shape (BUCKETS,), float32
        Weight of every bucket.
    """

    def __init__(self, table: NDArray[np.float32]) -> None:
        self.table = table

    @classmethod
    def count(cls, paragraphs: Iterable[str]) -> TermWeights:
        """Count document frequencies over paragraphs (contents, white space folded)."""
        frequency = np.zeros(BUCKETS, dtype=np.int64)
        total = 0
        for content in paragraphs:
            total += 1
            frequency[list({bucket(word) for word in Terms.of(content).words})] += 1
        table = np.log((1 + total) / (1 + frequency)) / max(np.log(1 + total), 1e-9)
        return cls(table.astype(np.float32))

    @classmethod
    def load(cls, path: Path) -> TermWeights:
        """Read the table that ``numpy.save`` wrote.

        Raises
        ------
        ArtifactError
            If the file holds anything else.
        """
        hint = "install the package again, or train the model again"
        try:
            table = np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise ArtifactError(
                f"{path.name} cannot be read ({error})", where=str(path.parent), hint=hint
            ) from error
        if not isinstance(table, np.ndarray) or table.shape != (BUCKETS,) or table.dtype != np.float32:
            raise ArtifactError(
                f"{path.name} is not an array of shape ({BUCKETS},), float32",
                where=str(path.parent),
                hint=hint,
            )
        return cls(table)

    def of(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Return the weights of words, float32 of shape (len(words),)."""
        return self.table[[bucket(word) for word in words]]


@lru_cache(maxsize=1 << 16)
def bucket(word: str) -> int:
    """Return the word's bucket; the same on every machine and in every process."""
    return zlib.crc32(word.encode("utf-8", "surrogatepass")) % BUCKETS
