"""Where in its file a text stands, as editors and review systems count: lines and columns, both ends.

Between the offsets of a report, which count characters (code points), and formats whose readers count
UTF-16 code units, as most do: outside the basic plane (emoji above all) a character is two of those.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from misplaced.segmentation import count_lines

if TYPE_CHECKING:
    from misplaced.document import Document
    from misplaced.report import ScoredParagraph, ScoredSentence

_BEYOND_BASIC_PLANE = re.compile("[\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a text file.

    Attributes
    ----------
    line, column : int
        Where it starts, both from 1; columns in UTF-16 code units.
    end_line, end_column : int
        Where it ends; the column is that of the first character behind it.
    offset, length : int
        From the start of the text, a byte order mark not counted; in UTF-16 code units.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    offset: int
    length: int


class Regions:
    """Finds the regions of findings in the text of one document.

    Parameters
    ----------
    document : Document
        Whose source is the file's own text: not a record of a ``.jsonl`` file, not a web page.
    """

    def __init__(self, document: Document) -> None:
        self._source = document.source
        self._two_units = [match.start() for match in _BEYOND_BASIC_PLANE.finditer(document.source)]

    def of(self, finding: ScoredParagraph | ScoredSentence) -> Region:
        """Return where a paragraph or sentence of the document stands."""
        start, end = finding.start, finding.end
        return Region(
            finding.line,
            self._column(start),
            finding.line + count_lines(self._source, start, end),
            self._column(end),
            self._units(0, start),
            self._units(start, end),
        )

    def _column(self, position: int) -> int:
        line = max(self._source.rfind("\n", 0, position), self._source.rfind("\r", 0, position)) + 1
        return self._units(line, position) + 1

    def _units(self, start: int, end: int) -> int:
        wide = bisect_left(self._two_units, end) - bisect_left(self._two_units, start)
        return end - start + wide
