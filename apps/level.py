"""What ``--level`` takes, in the commands that judge."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """Whether paragraphs alone are judged, or also the sentences within them."""

    PARAGRAPH = "paragraph"
    SENTENCE = "sentence"
