"""An article as the scorer sees it: paragraphs with offsets into the text they came from.

First station of the data's way; built by :mod:`misplaced.segmentation` (plain text),
:mod:`misplaced.markdown` or :mod:`misplaced.reading` (files), consumed by :mod:`misplaced.detector`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from misplaced.directives import Directive

#: What a paragraph is in its source; plain text knows only ``prose``.
Kind = Literal["prose", "heading", "list_item", "quote"]

#: Zero-width and directional characters, which show nothing: a line of them is as blank as an empty
#: one. Written for a character class of a regular expression.
INVISIBLE = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_VISIBLE = re.compile(rf"[^\s{INVISIBLE}]")

#: Documents with fewer non-empty paragraphs are too short to judge for topic: leaving one out
#: leaves at most one paragraph to compare with.
MIN_PARAGRAPHS = 3


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One unit of judgement.

    Attributes
    ----------
    text : str
        The paragraph as it stands in the source: ``document.source[start:end] == text``.
    start, end : int
        Character offsets into ``document.source``, ``0 <= start <= end``.
    line : int
        Line of the source on which the paragraph starts, from 1.
    content : str
        The words to judge: `text` without markup (Markdown markers, link targets) and with white
        space folded; empty where nothing of it is visible.
    kind : {"prose", "heading", "list_item", "quote"}
        What the paragraph is in its source.
    """

    text: str
    start: int
    end: int
    line: int
    content: str
    kind: Kind = "prose"


@dataclass(frozen=True, slots=True)
class Document:
    """An article: a title and paragraphs, with the text that their offsets point into.

    Attributes
    ----------
    paragraphs : tuple of Paragraph
        In reading order, never overlapping. The title is not among them.
    title : str or None
        The headline, without markup.
    source : str
        The decoded text, line endings untouched; for documents made from a list of paragraphs, the
        paragraphs joined by blank lines.
    id : str or None
        The record's identifier, where the source names one.
    path : str or None
        Where the document was read from, as the user wrote it.
    record_line : int or None
        For a record of a ``.jsonl`` file: its line in that file, from 1.
    directives : tuple of Directive
        Notes to this program that stand in the source, in order; no part of what is judged.
    extracted : bool
        Whether ``source`` was extracted from a web page, so that no offset points into the file.
    """

    paragraphs: tuple[Paragraph, ...]
    title: str | None = None
    source: str = field(default="", repr=False)
    id: str | None = None
    path: str | None = None
    record_line: int | None = None
    directives: tuple[Directive, ...] = ()
    extracted: bool = False

    @classmethod
    def from_paragraphs(
        cls,
        paragraphs: Sequence[str],
        *,
        title: str | None = None,
        id: str | None = None,  # noqa: A002 - the field's name in every format
        path: str | None = None,
        record_line: int | None = None,
    ) -> Document:
        """Take paragraphs as they are: as many come out as go in, empty ones too.

        Parameters
        ----------
        paragraphs : sequence of str, length n
        title : str, optional

        Returns
        -------
        Document
            With n paragraphs; ``source`` is the paragraphs joined by blank lines.
        """
        built: list[Paragraph] = []
        offset, line = 0, 1
        for text in paragraphs:
            end = offset + len(text)
            built.append(Paragraph(text, offset, end, line, fold(text)))
            offset, line = end + 2, line + text.count("\n") + 2
        source = "\n\n".join(paragraphs)
        return cls(tuple(built), title, source, id, path, record_line)

    @classmethod
    def from_text(
        cls,
        text: str,
        *,
        title: str | None = None,
        id: str | None = None,  # noqa: A002
        path: str | None = None,
        record_line: int | None = None,
    ) -> Document:
        """Divide plain text into paragraphs (see :func:`misplaced.segmentation.segment`).

        Directive lines (``# misplaced: ignore-next``) are kept apart; see :mod:`misplaced.directives`.

        Parameters
        ----------
        text : str
        title : str, optional
            Without it, the first short block without closing punctuation is the title.
        """
        from misplaced.directives import DirectiveLines
        from misplaced.segmentation import segment

        lines = DirectiveLines(text)
        found, paragraphs = segment(lines.bare, find_title=title is None)
        if lines.directives:
            paragraphs = lines.restored(paragraphs)
        title = title if title is not None else found
        return cls(paragraphs, title, text, id, path, record_line, directives=lines.directives)

    @classmethod
    def from_html(
        cls,
        html: str,
        *,
        id: str | None = None,  # noqa: A002
        path: str | None = None,
    ) -> Document:
        """Extract the article of a web page (see :func:`misplaced.webpage.read_webpage`).

        Parameters
        ----------
        html : str

        Returns
        -------
        Document
            ``source`` is the extracted text; without paragraphs where the page has no article.

        Raises
        ------
        MissingExtraError
            Without the extra ``html``.
        UnreadableError
            If nothing can be made of the page.
        """
        from misplaced.webpage import read_webpage

        return read_webpage(html, path, id=id)

    @property
    def name(self) -> str:
        """What to call the document in a message: its path and line, its id, or ``<text>``."""
        if self.path is not None:
            return self.path if self.record_line is None else f"{self.path}:{self.record_line}"
        return self.id if self.id is not None else "<text>"

    @property
    def title_content(self) -> str | None:
        """The title's words, white space folded; None where it shows nothing."""
        return (fold(self.title) if self.title else "") or None

    @property
    def too_short(self) -> bool:
        """Whether it has fewer than :data:`MIN_PARAGRAPHS` non-empty paragraphs."""
        return sum(1 for p in self.paragraphs if p.content) < MIN_PARAGRAPHS


def fold(text: str) -> str:
    """Fold every run of white space, line breaks included, into one space and strip the ends.

    A text that shows nothing (white space and :data:`INVISIBLE` characters only) is empty.
    """
    return " ".join(text.split()) if _VISIBLE.search(text) else ""
