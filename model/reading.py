"""Files to documents: decode, tell the format by the name, divide into paragraphs.

Between :mod:`misplaced.inputs`, which finds the files, and the detector. Nothing here stops at a bad
file: what cannot be read comes out as an error in its place, and the rest still comes.
"""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Literal, NoReturn

from misplaced.decoding import Decoded, decode
from misplaced.document import Document
from misplaced.errors import InputError, MissingExtraError, UnreadableError
from misplaced.inputs import STDIN, SUFFIXES, expand, unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

__all__ = ["STDIN", "SUFFIXES", "Format", "expand", "format_of", "load", "read", "read_stdin"]

#: A file that is one article is read up to this size, some 90,000 paragraphs: whoever names a larger
#: one by mistake (a dump, a log) should learn it at once and not after an hour.
MAX_BYTES = 8 << 20
#: A page may be larger than its text: scripts, styles and pictures are in it.
MAX_PAGE_BYTES = 32 << 20

Format = Literal["text", "markdown", "jsonl", "html"]

_FORMATS: dict[str, Format] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".jsonl": "jsonl",
    ".html": "html",
    ".htm": "html",
}


def format_of(path: str) -> Format:
    """Tell a file's format by its suffix, in any case; plain text where it is not known."""
    return _FORMATS.get(PurePath(path).suffix.lower(), "text")


def _ignore(warning: str) -> None:
    """Drop a warning."""


def read(
    path: str, *, warn: Callable[[str], None] = _ignore
) -> Iterator[Document | InputError | MissingExtraError]:
    """Read the documents of a file: one, or for ``.jsonl`` one a line.

    Parameters
    ----------
    path : str
        Not a folder and not ``-``.
    warn : callable, optional
        Takes each warning, a line that names the file (an encoding that had to be assumed, a page
        without an article).

    Yields
    ------
    Document or InputError or MissingExtraError
        Documents with ``path`` as given. An error stands in place of the file or the line that could
        not be read; an HTML file without the extra ``html`` is a :class:`MissingExtraError`.
    """
    if format_of(path) != "jsonl":
        yield _one(lambda: load(path), path, warn)
        return
    try:
        with _opened(path) as stream:
            yield from _records(stream, path, warn)
    except InputError as error:
        yield error


def read_stdin(
    stream: BinaryIO, filename: str | None = None, *, warn: Callable[[str], None] = _ignore
) -> Iterator[Document | InputError | MissingExtraError]:
    """Read the documents of standard input.

    Parameters
    ----------
    stream : binary file
        ``sys.stdin.buffer``.
    filename : str, optional
        Tells the format and is what the documents' ``path`` says; without it the text is plain text
        and the path ``-``.
    warn : callable, optional

    Yields
    ------
    Document or InputError or MissingExtraError
        As :func:`read` does.
    """
    path = filename if filename is not None else STDIN
    if format_of(path) == "jsonl":
        yield from _records(stream, path, warn)
    else:
        yield _one(lambda: _decode_stream(stream, path), path, warn)


def load(path: str) -> Decoded:
    """Decode a file whole, with what is needed to write it back byte for byte.

    For a text or Markdown file the result's ``text`` is its document's ``source``.

    Parameters
    ----------
    path : str

    Returns
    -------
    Decoded

    Raises
    ------
    UnreadableError
        If it cannot be opened or is larger than :data:`MAX_BYTES`, a page than :data:`MAX_PAGE_BYTES`.
    BinaryError
        If it is not text.
    """
    with _opened(path) as stream:
        return _decode_stream(stream, path)


def parse(decoded: Decoded, path: str, form: Format, *, warn: Callable[[str], None] = _ignore) -> Document:
    """Make the one document of a text, Markdown or HTML file.

    Parameters
    ----------
    decoded : Decoded
    path : str
    form : {"text", "markdown", "html"}
    warn : callable, optional

    Returns
    -------
    Document

    Raises
    ------
    MissingExtraError
        If it is HTML and trafilatura is not installed.
    UnreadableError
        If it is HTML and nothing can be made of it.
    """
    if decoded.warning is not None:
        warn(decoded.warning)
    if form == "markdown":
        from misplaced.markdown import find_directives, segment_markdown

        title, paragraphs = segment_markdown(decoded.text)
        directives = find_directives(decoded.text)
        return Document(paragraphs, title, decoded.text, path=path, directives=directives)
    if form == "html":
        from misplaced.webpage import read_webpage

        document = read_webpage(decoded.text, path)
        if len(document.source) > MAX_BYTES:
            _refuse_size("has a text that is larger", MAX_BYTES, path)
        if not document.paragraphs:
            warn(f"{path}: no article was found in the page; check that its text is not made by scripts")
        return document
    return Document.from_text(decoded.text, path=path)


def _opened(path: str) -> BinaryIO:
    try:
        return Path(path).open("rb")
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL character
        raise unreadable(path, error) from None


def _decode_stream(stream: BinaryIO, path: str) -> Decoded:
    is_page = format_of(path) == "html"
    limit = MAX_PAGE_BYTES if is_page else MAX_BYTES
    try:
        data = stream.read(limit + 1)
    except OSError as error:
        raise unreadable(path, error) from None
    if len(data) > limit:
        _refuse_size("larger", limit, path)
    if not is_page:
        return decode(data, path)
    from misplaced.webpage import decode_page

    return decode_page(data, path)


def _refuse_size(how: str, limit: int, path: str) -> NoReturn:
    raise UnreadableError(
        f"{how} than {limit >> 20} MB, which is not one article",
        where=path,
        hint="split it, or give its articles as the lines of a .jsonl file, which may be of any size",
    )


def _one(
    decoded: Callable[[], Decoded], path: str, warn: Callable[[str], None]
) -> Document | InputError | MissingExtraError:
    try:
        return parse(decoded(), path, format_of(path), warn=warn)
    except (InputError, MissingExtraError) as error:
        return error


def _records(stream: BinaryIO, path: str, warn: Callable[[str], None]) -> Iterator[Document | InputError]:
    from misplaced.records import read_records

    try:
        yield from read_records(stream, path, warn=warn)
    except OSError as error:
        yield unreadable(path, error)
