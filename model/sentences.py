"""Paragraphs to sentences, with exact offsets.

Beside :mod:`misplaced.segmentation`, one level below it: taken up by :mod:`misplaced.mixed`, which
looks for a foreign sentence fused to an article's own paragraph. What matters here is where text of
two origins may meet, so a missing space after a full stop, a line break and a label in capitals are
boundaries too, and a quotation is one unit: half of one is nothing that could be removed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from misplaced.document import INVISIBLE, Paragraph, fold
from misplaced.segmentation import count_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

Span = tuple[int, int]


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


#: Before a name or a number: a full stop after these never ends a sentence.
_BEFORE_NAMES = _words(
    "mr mrs ms mx dr prof gen sen rep gov lt col capt cmdr sgt maj adm rev hon pres supt det insp st mt ft "
    "messrs mmes e.g i.e cf vs v viz approx ca fig figs eq vol pp ed eds no nos art sec ch"
)
#: Also at the end of a sentence: the word that follows decides.
_ANYWHERE = _words(
    "inc ltd co corp bros plc llc jr sr esq etc al dept univ assn ave blvd rd a.m p.m ph.d m.d b.a m.a d.c "
    "u.s u.k u.n e.u jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri sat sun"
)
#: These only before a number ("No. 5"): they are words of their own.
_BEFORE_NUMBERS = _words("no nos art sec ch ed eds fig figs mar may sun sat mon wed")

#: Words that begin sentences and hardly ever follow an abbreviation within one.
_OPENERS = _words(
    "the a an in on at he she it they we i you but and or this that these those for as if when while after "
    "before there here with by from to its his her their our my your not no so yet since although though "
    "however meanwhile what who why how where which one some many most all both each then now also even "
    "read more see watch click sign subscribe follow related earlier later according during despite"
)
_SAYING = "said|says|asked|asks|added|adds|wrote|writes|replied|told|shouted|cried|wondered|joked"

_CLOSERS = "\"'”’»)\\]}*_"
_OPENING = "\"'“‘«(\\[{*_"
_END = re.compile(rf"(?P<mark>[.!?…]+)(?P<after>[{_CLOSERS}]*)(?P<gap>\s*)|(?P<wide>[。！？｡．]+[」』）”]*)")
_BREAK = re.compile(r"[\n\r\x85\u2028\u2029]\s*")
# "... said READ MORE: Ten gardens": a label of two or more words in capitals, and a colon.
_LABEL = re.compile(r"(?<=\w)\s+(?=(?:[A-Z][A-Z’'&-]+\s){1,6}[A-Z][A-Z’'&-]+\s?:)|(?=[•●▪►▶])")
# "LATEST NEWS The mayor": a heading of two or more words in capitals glued to what follows.
_HEADING = re.compile(r"\b(?:[A-Z][A-Z0-9’'&-]+\s){1,6}[A-Z][A-Z0-9’'&-]{2,}(?=\s([A-Z][a-z]*)\s)")
_WORD_BEFORE = re.compile(r"[\w.’'&-]*\Z")
_WORD_AFTER = re.compile(rf"[{_OPENING}]*([\w’'-]+)")
_FUSED_AFTER = re.compile(rf"[{_OPENING}]*(?:[A-Z][a-z]|[A-Z]{{3,}}|[A-Z]+\s[A-Z]|[AI]\s)")
_SPOKEN = re.compile(rf"(?:[A-Z][\w’'-]+\s+){{1,4}}(?:{_SAYING})\b")
_DOMAIN = re.compile(r"(?:com|org|net|gov|edu|info|co|io|uk|js)\b", re.IGNORECASE)
_VISIBLE = re.compile(rf"[^\s{INVISIBLE}]")

#: How far an abbreviation is looked for, and an opening bracket may be from its closing one.
_WORD = 24
_TOKEN = 120
_BRACKET = 400

#: Lines shorter than this are not filled, whatever the block's longest line.
_LEAST_WIDTH = 45


def split(text: str) -> tuple[Span, ...]:
    """Divide a paragraph into sentences.

    Parameters
    ----------
    text : str
        Any; a block of several lines too.

    Returns
    -------
    tuple of (int, int)
        Offsets into `text`, in order, disjoint. Between and around them stands white space only
        (and, where a whole stretch is invisible, what shows nothing). Empty for a text that shows
        nothing.
    """
    units = _units(text)
    edges = sorted({*_sentence_ends(text), *_line_ends(text), *_label_starts(text)})
    spans: list[Span] = []
    start, following = 0, 0
    for edge in edges:
        while following < len(units) and units[following][1] <= edge:
            following += 1
        if following < len(units) and units[following][0] < edge:
            continue  # within a quotation or brackets
        spans += _trimmed(text, start, edge)
        start = edge
    return (*spans, *_trimmed(text, start, len(text)))


def sentences(paragraph: Paragraph) -> tuple[Paragraph, ...]:
    """Divide a paragraph of a document into its sentences.

    Parameters
    ----------
    paragraph : Paragraph

    Returns
    -------
    tuple of Paragraph
        One for each sentence that shows something, with offsets and line of the document. The
        paragraph alone, if it is one sentence or if its markup reaches over several (emphasis of two
        sentences cannot be taken apart).
    """
    text = paragraph.text
    marked = paragraph.content != fold(text)
    parts = []
    for start, end in split(text):
        own = text[start:end]
        content = _content(own) if marked else fold(own)
        if marked:
            start += _marker(own)
        line = paragraph.line + count_lines(text, 0, start)
        at = paragraph.start
        parts.append(
            Paragraph(text[start:end], at + start, at + end, line, content, paragraph.kind),
        )
    if marked and "".join("".join(p.content for p in parts).split()) != "".join(paragraph.content.split()):
        return (paragraph,)
    parts = [part for part in parts if part.content]
    return tuple(parts) if len(parts) > 1 else (paragraph,)


# Markers of the block that a Markdown paragraph is: quote, list item, heading.
_MARKER = re.compile(r"(?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])|#{1,6}(?=[ \t]))[ \t]*)+")
_QUOTE_LINES = re.compile(r"^[ \t]*>[ \t>]*", re.MULTILINE)


def _marker(text: str) -> int:
    match = _MARKER.match(text)
    return match.end() if match else 0


def _content(text: str) -> str:
    from misplaced.markdown import inline_content

    return inline_content(_QUOTE_LINES.sub("", text[_marker(text) :]))


def _trimmed(text: str, start: int, end: int) -> list[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return [(start, end)] if _VISIBLE.search(text, start, end) else []


def _sentence_ends(text: str) -> Iterator[int]:
    for match in _END.finditer(text):
        if match["wide"] or (match.end() < len(text) and _ends_sentence(text, match)):
            yield match.end()


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    """Whether a sentence ends at a full stop, a question mark and the like."""
    after = match.end()
    if not match["gap"]:
        return _is_fused(text, match)
    found = _WORD_AFTER.match(text, after)
    following = found[1] if found else ""
    if following[:1].islower():
        return False
    if match["mark"] == ".":
        return _full_stop_ends(text, match.start(), following)
    # “Why?” Smith asked.
    return not (match["after"] and "." not in match["mark"] and _SPOKEN.match(text, after))


def _full_stop_ends(text: str, stop: int, following: str) -> bool:
    """Whether the full stop at `stop`, before the word `following`, is more than an abbreviation's."""
    begin = max(0, stop - _WORD)
    word = _WORD_BEFORE.search(text[begin:stop])
    before = word[0] if word else ""
    bare = before.strip("’'-").casefold()
    ahead = text[max(0, begin - 2) : stop - len(before)].rstrip(" \t")
    if before.isdigit() and (not ahead or ahead[-1] in "\n.!?"):
        return False  # the number of a list item: "1. The first"
    if bare in _BEFORE_NUMBERS and not following[:1].isdigit():
        return before.islower() or following.casefold() in _OPENERS
    if bare in _BEFORE_NAMES:
        return False
    initials = bool(re.fullmatch(r"(?:[^\W\d_]\.)*[^\W\d_]", before)) and before[:1].isupper()
    if bare in _ANYWHERE or initials:
        return following.casefold() in _OPENERS or (following.isupper() and len(following) > 2)
    return True


def _is_fused(text: str, match: re.Match[str]) -> bool:
    """Whether a sentence ends although no space follows: "He died.READ MORE"."""
    before, after = match.start(), match.end()
    last = text[max(0, before - 2) : before]
    is_word = last.isdigit() or bool(match["after"]) or (last.islower() and last.isalpha())
    if len(last) < 2 or not is_word or not _FUSED_AFTER.match(text, after):
        return False
    token = re.split(r"\s", text[max(0, before - _TOKEN) : before])[-1]
    return not (_DOMAIN.match(text, after) or "/" in token or "@" in token or token.startswith("www"))


def _line_ends(text: str) -> Iterator[int]:
    """Ends of lines that were ended on purpose, not because they were full."""
    breaks = list(_BREAK.finditer(text))
    if not breaks:
        return
    starts = [0, *(match.end() for match in breaks)]
    ends = [*(match.start() for match in breaks), len(text)]
    width = max(_LEAST_WIDTH, *(end - start for start, end in zip(starts, ends, strict=True)))
    for match, start in zip(breaks, starts, strict=False):
        line = text[start : match.start()]
        word = text[match.end() : match.end() + _TOKEN].split(maxsplit=1)
        if not word or not line.strip():
            continue
        closed = line.rstrip(_CLOSERS.replace("\\", "")).endswith((".", "!", "?", "…", ":"))
        had_room = len(line) + 1 + len(word[0]) <= width
        if had_room and (closed or not word[0][0].islower()):
            yield match.end()


def _label_starts(text: str) -> Iterator[int]:
    for match in _LABEL.finditer(text):
        yield match.end()
    for match in _HEADING.finditer(text):
        if match[1].casefold() in _OPENERS:
            yield match.end()


_PAIRS = {"(": ")", "[": "]", "“": "”", "«": "»", "「": "」"}
_NESTING = 16
_BRACKETS = re.compile(r"[()\[\]“”«»「」\"]")


def _units(text: str) -> list[Span]:
    """Quotations and brackets that close again, in order, outermost only."""
    if text.count('"') % 2:
        text = text.replace('"', " ")
    spans: list[Span] = []
    opened: list[tuple[str, int]] = []
    for match in _BRACKETS.finditer(text):
        del opened[:-_NESTING]
        mark, at = match[0], match.start()
        if mark == '"' and (not opened or opened[-1][0] != '"'):
            opened.append(('"', at))
        elif mark in _PAIRS:
            opened.append((_PAIRS[mark], at))
        else:
            closed = next((i for i in range(len(opened) - 1, -1, -1) if opened[i][0] == mark), None)
            if closed is not None:
                begin = opened[closed][1]
                del opened[closed:]
                if at - begin <= _BRACKET:
                    spans.append((begin, at + 1))
    return _outermost(spans)


def _outermost(spans: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept
