"""Which characters go when paragraphs go: cuts in a text, and cuts in a JSON record that holds one.

Between the report and :mod:`misplaced.apps.fixing`. Everything here only ever deletes: the result is
the source less the cuts, character for character.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from misplaced.document import INVISIBLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: A range of characters, start inclusive, end exclusive.
Span = tuple[int, int]

_LINE_BREAK = re.compile(r"\r\n|[\n\r]")
# Invisible characters count as blank, as they do when paragraphs are told apart.
_BLANK = re.compile(rf"[\s{INVISIBLE}]*")
# Within a Markdown quote, also its empty lines (">").
_BLANK_IN_QUOTE = re.compile(rf"(?:(?<![^\n\r])[ \t]*>[ \t>]*(?=[\r\n]|\Z)|[\s{INVISIBLE}])*")

# One character of a JSON string as it is written: a surrogate pair, an escape, or itself.
_STRING_UNIT = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)
_DECODER = json.JSONDecoder()


def without(text: str, cuts: Iterable[Span]) -> str:
    """Return `text` less the cuts.

    Parameters
    ----------
    text : str
    cuts : iterable of (int, int)
        In order, disjoint.
    """
    kept, position = [], 0
    for start, end in cuts:
        kept.append(text[position:start])
        position = end
    kept.append(text[position:])
    return "".join(kept)


def paragraph_cuts(source: str, spans: Sequence[Span], *, markdown: bool = False) -> list[Span]:
    """Widen paragraphs to what has to go with them: their lines and one of the breaks around them.

    Of the breaks before and after, the stronger stays (more blank lines, then more line breaks; the
    one before, if equal), so that the neighbours are apart as they were and no list or heading runs
    into a paragraph. What the first and the last paragraph leave at the ends of the text, a final
    line break above all, stays.

    Parameters
    ----------
    source : str
    spans : sequence of (int, int)
        Of the paragraphs to remove, in order, disjoint.
    markdown : bool, default=False
        The empty lines of a quote (``>``) are part of the breaks around its paragraphs.

    Returns
    -------
    list of (int, int)
        Cuts into `source`, in order, disjoint; every one contains its paragraphs.
    """
    runs = _runs(source, spans, markdown=markdown)
    return [
        _cut(source, start, end, quoted=markdown and source.startswith(">", start)) for start, end in runs
    ]


def _runs(source: str, spans: Sequence[Span], *, markdown: bool) -> list[Span]:
    """Join paragraphs with nothing but a break between them."""
    runs: list[Span] = []
    for start, end in spans:
        quoted = markdown and source.startswith(">", start)
        if runs and _gap_end(source, runs[-1][1], quoted=quoted) >= start:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs


def _cut(source: str, start: int, end: int, *, quoted: bool) -> Span:
    before, after = _gap_start(source, start, quoted=quoted), _gap_end(source, end, quoted=quoted)
    whole_lines = _line_start(source, before, start), _line_start(source, end, after)
    ends_of_lines = _line_end(source, before, start), _line_end(source, end, after)
    if after == len(source):
        return ends_of_lines
    if before == 0 or _strength(source[before:start]) >= _strength(source[end:after]):
        return whole_lines
    return ends_of_lines


def _gap_start(source: str, start: int, *, quoted: bool) -> int:
    position = start
    while True:
        while position and _BLANK.fullmatch(source[position - 1]):
            position -= 1
        line = _line_start(source, 0, position)
        if not quoted or line == position or source[line:position].strip(" \t>"):
            return position
        position = line


def _gap_end(source: str, end: int, *, quoted: bool) -> int:
    match = (_BLANK_IN_QUOTE if quoted else _BLANK).match(source, end)
    return match.end() if match else end


def _strength(gap: str) -> tuple[int, int]:
    lines = _LINE_BREAK.split(gap)
    return sum(1 for line in lines[1:-1] if ">" not in line), len(lines) - 1


def _line_start(source: str, low: int, position: int) -> int:
    """Start of the line of `position`, or `low` where that line starts further back."""
    return max(low, source.rfind("\n", low, position) + 1, source.rfind("\r", low, position) + 1)


def _line_end(source: str, position: int, high: int) -> int:
    """Where the line of `position` ends, before its break, or `high` where it goes on."""
    match = _LINE_BREAK.search(source, position, high)
    return match.start() if match else high


def member_spans(record: str) -> dict[str, Span]:
    """Where the value of each member of a JSON object stands in its text.

    Parameters
    ----------
    record : str
        A valid JSON object.

    Returns
    -------
    dict of str to (int, int)
        Of a repeated key the last one, which is the one that counts.
    """
    spans: dict[str, Span] = {}
    position = _skip(record, record.index("{") + 1)
    while record[position] != "}":
        key, position = _DECODER.raw_decode(record, position)
        start = _skip(record, _skip(record, position) + 1)
        _, end = _DECODER.raw_decode(record, start)
        spans[key] = start, end
        position = _skip_comma(record, end)
    return spans


def element_spans(record: str, array: Span) -> list[Span]:
    """Where each element of an array, which stands at `array` in a JSON text, stands in it."""
    spans: list[Span] = []
    position = _skip(record, array[0] + 1)
    while record[position] != "]":
        _, end = _DECODER.raw_decode(record, position)
        spans.append((position, end))
        position = _skip_comma(record, end)
    return spans


def element_cuts(record: str, array: Span, removed: Sequence[int]) -> list[Span]:
    """Cut elements, and the commas that go with them, out of an array in a JSON text.

    Parameters
    ----------
    record : str
    array : (int, int)
        Where the array stands in `record`.
    removed : sequence of int
        Indices of the elements, ascending.

    Returns
    -------
    list of (int, int)
        Cuts into `record`.
    """
    spans = element_spans(record, array)
    gone = set(removed)
    kept = [index for index in range(len(spans)) if index not in gone]
    if not kept:
        return [(spans[0][0], spans[-1][1])] if spans else []
    cuts: list[Span] = []
    position = spans[0][0]
    for index in kept:  # each kept element is followed by its own comma
        if spans[index][0] > position:
            cuts.append((position, spans[index][0]))
        position = spans[index + 1][0] if index + 1 < len(spans) else spans[index][1]
    if kept[-1] + 1 < len(spans):
        cuts.append((spans[kept[-1]][1], spans[-1][1]))
    return cuts


def string_cuts(record: str, string: Span, cuts: Iterable[Span]) -> list[Span]:
    """Carry cuts in a string's value over to the string as it is written in a JSON text.

    Parameters
    ----------
    record : str
    string : (int, int)
        Where the string, quotes included, stands in `record`.
    cuts : iterable of (int, int)
        In characters of the value.

    Returns
    -------
    list of (int, int)
        Cuts into `record`.
    """
    start, end = string[0] + 1, string[1] - 1
    edges = [match.start() for match in _STRING_UNIT.finditer(record, start, end)]
    edges.append(end)
    return [(edges[first], edges[last]) for first, last in cuts]


def _skip(record: str, position: int) -> int:
    while record[position] in " \t\r\n":
        position += 1
    return position


def _skip_comma(record: str, position: int) -> int:
    position = _skip(record, position)
    return _skip(record, position + 1) if record[position] == "," else position


def parse_object(record: str) -> dict[str, Any] | None:
    """Parse a record; None where it is not a JSON object."""
    try:
        value = json.loads(record)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
