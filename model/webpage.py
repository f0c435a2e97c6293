"""A web page to an article: main text and title by trafilatura (extra ``html``).

Called by :mod:`misplaced.reading` for ``.html`` files. What is judged is the extracted text: the title
and the blocks of the page, apart by blank lines. Offsets and lines point into that text, which is the
document's ``source``, never into the page.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import replace

from misplaced.decoding import FALLBACK, Decoded, decode
from misplaced.document import Document, fold
from misplaced.errors import MissingExtraError, UnreadableError
from misplaced.page_directives import page_directives

# How far browsers look for it, and a little more.
_HEAD = 4096
_DECLARED = re.compile(
    rb"""<meta\b[^>]{0,300}?\bcharset\s*=\s*["']?\s*([\w:.-]+)|<\?xml[^>]{0,100}?\bencoding\s*=\s*["']([\w:.-]+)""",
    re.IGNORECASE,
)
# Encodings of texts; Python knows others that are none, or that take a quadratic time.
_OF_TEXTS = re.compile(r"(?:iso8859|iso2022|cp\d|koi8|mac|gb|big5|euc|shift|johab)")
# What browsers read as windows-1252.
_LATIN = {"ascii", "iso8859-1", "cp1252"}


def decode_page(data: bytes, name: str) -> Decoded:
    """Decode the bytes of a page: what they plainly are comes first, what the page declares second.

    Parameters
    ----------
    data : bytes
    name : str
        The file, for messages.

    Returns
    -------
    Decoded
        With a warning where neither tells.

    Raises
    ------
    BinaryError
        If the bytes are not text.
    """
    decoded = decode(data, name)
    found = _DECLARED.search(data[:_HEAD])
    if decoded.encoding != FALLBACK or found is None:
        return decoded
    try:
        declared = codecs.lookup((found[1] or found[2]).decode("ascii", "replace")).name
        if declared in _LATIN:
            return replace(decoded, warning=None)
        if _OF_TEXTS.match(declared):
            return Decoded(data.decode(declared), declared)
    except (LookupError, UnicodeError):
        pass
    return decoded


def read_webpage(html: str, path: str | None = None, *, id: str | None = None) -> Document:  # noqa: A002
    """Extract the article of a web page.

    Parameters
    ----------
    html : str
    path : str, optional
    id : str, optional

    Returns
    -------
    Document
        ``source`` is the extracted text, a block of the page a paragraph, and ``extracted`` is true.
        Without paragraphs where the page has no article.

    Raises
    ------
    MissingExtraError
        If trafilatura is not installed.
    UnreadableError
        If trafilatura fails on it.
    """
    try:
        from trafilatura import bare_extraction
    except ImportError:
        raise MissingExtraError("trafilatura", "html") from None
    try:
        page = bare_extraction(html, include_comments=False, include_tables=False, with_metadata=True)
    except Exception as error:  # whatever a broken page does to the parsers below
        raise UnreadableError(
            f"its text cannot be extracted ({type(error).__name__}: {error})",
            where=path,
            hint="save the text of the page as .txt",
        ) from error
    text, title = (getattr(page, "text", None) or "", getattr(page, "title", None) or "")
    blocks = [line.strip() for line in text.split("\n") if fold(line)]
    title = fold(title)
    if title and blocks and fold(blocks[0]) == title:
        blocks = blocks[1:]
    if not blocks:
        return Document((), title or None, title, id, path, extracted=True)
    document = Document.from_paragraphs([title, *blocks] if title else blocks, id=id, path=path)
    paragraphs = document.paragraphs[1:] if title else document.paragraphs
    return replace(
        document,
        paragraphs=paragraphs,
        title=title or None,
        extracted=True,
        directives=page_directives(html, paragraphs),
    )
