"""A stream of JSON lines to documents: a malformed line costs that line and no other.

Called by :mod:`misplaced.reading` for ``.jsonl`` files and standard input. A line is
``{"id"?, "title"?, "text" | "paragraphs": [...]}``; other keys are ignored. One line is in memory at
a time (UTF-16 and UTF-32, where a line does not end at a byte, are decoded whole).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from misplaced.decoding import decode, is_wide
from misplaced.document import Document, fold
from misplaced.errors import InputError, RecordError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

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
        record = json.loads(text, parse_constant=_refuse_constant)
        return _document(record, path, line)
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


def _document(record: Any, path: str, line: int) -> Document:
    if not isinstance(record, dict):
        raise ValueError(f"not an object but {_json_type(record)}")
    title = _string(record, "title")
    name = _identifier(record)
    text = _string(record, "text")
    paragraphs = record.get("paragraphs")
    if title is not None and not fold(title):
        title = None
    if text is not None and paragraphs is not None:
        raise ValueError('both "text" and "paragraphs" are given, one is needed')
    if text is not None:
        return Document.from_text(text, title=title, id=name, path=path, record_line=line)
    if paragraphs is None:
        raise ValueError('neither "text" nor "paragraphs" is given')
    if not isinstance(paragraphs, list):
        raise ValueError(f'"paragraphs" must be a list of strings, not {_json_type(paragraphs)}')
    for number, paragraph in enumerate(paragraphs):
        _check_string(paragraph, f'"paragraphs"[{number}]')
    return Document.from_paragraphs(paragraphs, title=title, id=name, path=path, record_line=line)


def _string(record: dict[str, Any], key: str) -> str | None:
    value = record.get(key)
    if value is None:
        return None
    _check_string(value, f'"{key}"')
    return str(value)


def _identifier(record: dict[str, Any]) -> str | None:
    value = record.get("id")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is not None and not isinstance(value, str):
        raise ValueError(f'"id" must be a string or a whole number, not {_json_type(value)}')
    return _string(record, "id")


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
