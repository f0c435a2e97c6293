"""A stream of JSON lines to documents: a malformed line costs that line and no other.

Called by :mod:`misplaced.reading` for ``.jsonl`` files and standard input. A line is
``{"id"?, "title"?, "text" | "paragraphs": [...]}``; other keys are ignored. One line is in memory at
a time (UTF-16 and UTF-32, where a line does not end at a byte, are decoded whole).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from misplaced.decoding import decode, is_wide
from misplaced.document import Document, fold
from misplaced.errors import InputError, RecordError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a record holds what is needed of it.

    Attributes
    ----------
    text, paragraphs : str or None
        A record has one of the two; None leaves that one unread.
    title, id : str
        May be missing from a record.
    """

    text: str | None = "text"
    paragraphs: str | None = "paragraphs"
    title: str = "title"
    id: str = "id"


#: Where the records of ``.jsonl`` files hold it.
COLUMNS = Columns()

_SHAPE = 'a line is {"id", "title", "text" or "paragraphs"}'


def read_records(
    stream: BinaryIO, path: str, *, warn: Callable[[str], None]
) -> Iterator[Document | InputError]:
    """Read one document a line.

    Parameters
    ----------
    stream : binary file
    path : str
        What the stream is called in documents and messages.
    warn : callable
        Takes the warning about a legacy encoding, once a file.

    Yields
    ------
    Document or InputError
        One for each line that is not blank, in order: a :class:`RecordError` with ``where`` set to
        ``path:line`` for one that is malformed. Bytes that are not text at all end the stream with
        one :class:`BinaryError`.

    Raises
    ------
    OSError
        If the stream cannot be read on.
    """
    first = stream.readline()
    try:
        if is_wide(first):
            text = decode(first + stream.read(), path).text
            lines: Iterator[bytes] = (line.encode() for line in text.split("\n"))
        else:
            decode(first, path)
            lines = _chain(first, stream)
    except InputError as error:
        yield error
        return
    warned = False
    for number, line in enumerate(lines, start=1):
        try:
            decoded = decode(line, f"{path}:{number}")
            if decoded.warning is not None and not warned:
                warn(decoded.warning)
                warned = True
            if decoded.text.strip():
                yield parse_record(decoded.text.rstrip("\r\n"), path, number)
        except InputError as error:
            yield error


def _chain(first: bytes, stream: BinaryIO) -> Iterator[bytes]:
    if first:
        yield first
        yield from stream


def parse_record(text: str, path: str, line: int) -> Document:
    """Turn one line into a document.

    Parameters
    ----------
    text : str
        The line, not blank.
    path : str
    line : int
        From 1.

    Returns
    -------
    Document
        With as many paragraphs as the record's ``paragraphs``, empty ones too; ``text`` is divided as
        plain text is.

    Raises
    ------
    RecordError
        If the line is not a record; ``where`` is ``path:line``.
    """
    try:
        return document_of(parse_json(text), path, line)
    except json.JSONDecodeError as error:
        what = explain_json(error)
    except RecursionError:
        what = "not a record: nested too deeply"
    except ValueError as error:
        what = str(error)
    raise RecordError(what, where=f"{path}:{line}", hint=_SHAPE)


def explain_json(error: json.JSONDecodeError) -> str:
    """Say what is wrong with a line that is no JSON, and in which column of it.

    Parameters
    ----------
    error : json.JSONDecodeError
        Of one line; json's own message would call that "line 1" wherever it stands in its file.

    Returns
    -------
    str
        ``not JSON: ..., column N``, from 1.
    """
    # "Unterminated string starting at" wants the position that json appends.
    reason = error.msg.removesuffix(" at").removesuffix(" starting").rstrip(": ")
    return f"not JSON: {reason[:1].lower()}{reason[1:]}, column {error.colno}"


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"not JSON: {constant} is not a JSON number")


def parse_json(text: str) -> Any:
    """Parse a JSON text by the letter of the standard: ``NaN`` and ``Infinity`` are a :class:`ValueError`."""
    return json.loads(text, parse_constant=_refuse_constant)


def document_of(record: Any, path: str, line: int | None, columns: Columns = COLUMNS) -> Document:
    """Turn a parsed record into a document.

    Parameters
    ----------
    record : dict of str to Any
        Anything else is refused.
    path : str
    line : int or None
        From 1; None for records without lines.
    columns : Columns

    Raises
    ------
    ValueError
        Saying what is wrong with the record.
    """
    if not isinstance(record, dict):
        raise ValueError(f"not an object but {_json_type(record)}")
    title = _string(record, columns.title)
    name = _identifier(record, columns.id)
    text = None if columns.text is None else _string(record, columns.text)
    paragraphs = None if columns.paragraphs is None else record.get(columns.paragraphs)
    if title is not None and not fold(title):
        title = None
    if text is not None and paragraphs is not None:
        raise ValueError(f'both "{columns.text}" and "{columns.paragraphs}" are given, one is needed')
    if text is not None:
        return Document.from_text(text, title=title, id=name, path=path, record_line=line)
    if paragraphs is None:
        raise ValueError(_neither(columns))
    if not isinstance(paragraphs, list):
        raise ValueError(f'"{columns.paragraphs}" must be a list of strings, not {_json_type(paragraphs)}')
    for number, paragraph in enumerate(paragraphs):
        _check_string(paragraph, f'"{columns.paragraphs}"[{number}]')
    return Document.from_paragraphs(paragraphs, title=title, id=name, path=path, record_line=line)


def _neither(columns: Columns) -> str:
    wanted = [f'"{name}"' for name in (columns.text, columns.paragraphs) if name is not None]
    return f"neither {' nor '.join(wanted)} is given" if len(wanted) > 1 else f"{wanted[0]} is not given"


def _string(record: dict[str, Any], key: str) -> str | None:
    value = record.get(key)
    if value is None:
        return None
    _check_string(value, f'"{key}"')
    return str(value)


def _identifier(record: dict[str, Any], key: str) -> str | None:
    value = record.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is not None and not isinstance(value, str):
        raise ValueError(f'"{key}" must be a string or a whole number, not {_json_type(value)}')
    return _string(record, key)


def _check_string(value: object, what: str) -> None:
    if not isinstance(value, str):
        raise ValueError(f"{what} must be a string, not {_json_type(value)}")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        escape = f"\\u{ord(value[error.start]):04x}"
        raise ValueError(f"{what} has half of a surrogate pair, {escape}, which is no character") from None


def _json_type(value: object) -> str:
    names: dict[type, str] = {
        dict: "an object",
        list: "a list",
        str: "a string",
        bool: "true or false",
        type(None): "null",
    }
    return names.get(type(value), "a number")
