"""A web page to an article: main text and title by trafilatura (extra ``html``).

Called by :mod:`misplaced.reading` for ``.html`` files. The offsets of the paragraphs point into the
extracted text, not into the page, so such a file can be judged but not fixed.
"""

from __future__ import annotations

from dataclasses import replace

from misplaced.document import Document, fold
from misplaced.errors import MissingExtraError
from misplaced.page_directives import page_directives


def read_webpage(html: str, path: str) -> Document:
    """Extract the article of a web page.

    Parameters
    ----------
    html : str
    path : str

    Returns
    -------
    Document
        ``source`` is the extracted text, a block of the page a paragraph. Without paragraphs where
        the page has no article.

    Raises
    ------
    MissingExtraError
        If trafilatura is not installed.
    """
    try:
        from trafilatura import extract, extract_metadata
    except ImportError:
        raise MissingExtraError("trafilatura", "html") from None
    text = extract(html, include_comments=False, include_tables=False) if html.strip() else None
    if not text:
        return Document((), path=path)
    metadata = extract_metadata(html)
    title = fold(metadata.title) if metadata is not None and metadata.title else None
    blocks = [line for line in text.split("\n") if line.strip()]
    if title is not None and blocks and fold(blocks[0]) == title:
        blocks = blocks[1:]
    document = Document.from_paragraphs(blocks, title=title, path=path)
    return replace(document, directives=page_directives(html, document.paragraphs))
