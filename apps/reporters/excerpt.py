"""Paragraphs shortened, for reporters that do not show them whole."""

from __future__ import annotations

from misplaced.apps.reporters.escaping import escape
from misplaced.document import fold

#: A longer paragraph is shown by its beginning and its end, characters of each.
LONG, BEGINNING, END = 640, 400, 160

#: A word longer than this is cut through: scripts without spaces have no other place to cut.
_LONGEST_WORD = 30


def cut_at_word(text: str, length: int) -> str:
    """Return at most `length` characters of a longer text, up to the end of a word where there is one.

    Parameters
    ----------
    text : str
        On one line.
    length : int
    """
    end = text.rfind(" ", max(0, length - _LONGEST_WORD), length + 1)
    return text[: end if end > 0 else length]


def excerpt(text: str, length: int) -> str:
    """Return the first words of a paragraph on one line, at most `length` characters and an ellipsis."""
    folded = fold(text)
    if len(folded) <= length:
        return folded
    return cut_at_word(folded, length) + "…"


def elide(text: str) -> str:
    """Return a paragraph on one line, escaped, the middle of a long one left out with a note."""
    folded = fold(text)
    if len(folded) <= LONG:
        return escape(folded)
    beginning = cut_at_word(folded, BEGINNING)
    end = cut_at_word(folded[::-1], END)[::-1]
    left_out = len(folded) - len(beginning) - len(end)
    return f"{escape(beginning)} [... {left_out:,} characters left out ...] {escape(end)}"
