"""Beginnings of paragraphs, for reporters that do not show them whole."""

from __future__ import annotations

# A word longer than this is cut through: scripts without spaces have no other place to cut.
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
