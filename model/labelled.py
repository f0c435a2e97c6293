"""Read articles whose paragraphs carry a label: what models are measured on.

Stands beside :mod:`misplaced.reading` at the start of the data's way; consumed by
:mod:`misplaced.eval`. One JSON object a line, plain or gzip::

    {"id": "a1", "title": "...", "paragraphs": ["...", "..."], "labels": ["coherent", "off_topic"]}
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from misplaced.document import Document
from misplaced.errors import CorpusError
from misplaced.records import explain_json
from misplaced.spans import Span, spans_field

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Every label a line may carry. The first three are the classifier's classes; ``caption`` and
#: ``meta`` are coherent look-alikes, ``ignore`` marks lines that are partly foreign.
LABELLED = ("coherent", "off_topic", "boilerplate", "caption", "meta", "ignore")

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class LabelledDocument:
    """An article with a label for each paragraph.

    Attributes
    ----------
    id : str
        The record's identifier; :func:`default_id` where the record names none.
    title : str or None
    paragraphs : tuple of str, length n
        In reading order.
    labels : tuple of str, length n
        Each one of :data:`LABELLED`.
    kind : str or None
        What was done to the article, or what sort it is: ``clean`` (untouched), ``multi``
        (legitimately on several topics), or a benchmark's own word.
    form : str or None
        The form of the inserted text, in a benchmark's own words.
    site : str or None
        Where it was published.
    record_line : int
        Line in the file, from 1.
    spans : tuple of Span
        The foreign parts of mixed paragraphs, in order.
    """

    id: str
    title: str | None
    paragraphs: tuple[str, ...]
    labels: tuple[str, ...]
    kind: str | None
    form: str | None
    site: str | None
    record_line: int
    spans: tuple[Span, ...] = ()

    @property
    def source(self) -> str:
        """The site, or the id where it is not known: articles of one source are held out together."""
        return self.site or self.id

    def unlabelled(self, path: str | None = None) -> Document:
        """Return the article as the scorer sees it, without its labels."""
        return Document.from_paragraphs(
            self.paragraphs, title=self.title, id=self.id, path=path, record_line=self.record_line
        )


def read_labelled(path: str | Path) -> Iterator[LabelledDocument]:
    """Read a file of labelled articles, one at a time.

    Parameters
    ----------
    path : str or Path
        JSON lines in UTF-8; gzip if the name ends in ``.gz``. Blank lines are skipped.

    Yields
    ------
    LabelledDocument

    Raises
    ------
    CorpusError
        If the file cannot be read or holds no article, or a line is malformed; the message names
        file and line.
    """
    for number, record in read_objects(path):
        yield _parse(record, number, f"{path}:{number}")


def read_objects(path: str | Path) -> Iterator[tuple[int, dict[str, object]]]:
    """Read the JSON objects of a file, one at a time, with their line numbers from 1.

    Parameters
    ----------
    path : str or Path
        JSON lines in UTF-8; gzip if the name ends in ``.gz``. Blank lines are skipped.

    Raises
    ------
    CorpusError
        If the file cannot be read or holds no object, or a line is malformed.
    """
    found = False
    with _opened(Path(path)) as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            found = True
            yield number, _object(line, number, f"{path}:{number}")
    if not found:
        raise CorpusError("no articles in this file", where=str(path))


def digest(path: str | Path) -> str:
    """Return the sha256 of the file's uncompressed content, as 64 hexadecimal digits.

    The same articles have the same digest whether gzipped, at whatever level, or plain.

    Raises
    ------
    CorpusError
        If the file cannot be read.
    """
    sha256 = hashlib.sha256()
    with _opened(Path(path)) as stream:
        while chunk := stream.read(_CHUNK):
            sha256.update(chunk)
    return sha256.hexdigest()


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open plain or gzipped bytes; whatever fails while they are read becomes a CorpusError."""
    try:
        with cast("IO[bytes]", gzip.open(path) if path.suffix == ".gz" else path.open("rb")) as stream:
            yield stream
    except FileNotFoundError:
        raise CorpusError("no such file", where=str(path), hint="check the path") from None
    except gzip.BadGzipFile:
        raise CorpusError("not a gzip file, though its name ends in .gz", where=str(path)) from None
    except (EOFError, zlib.error):
        raise CorpusError("the gzip file is damaged or cut off", where=str(path)) from None
    except OSError as error:
        raise CorpusError(f"cannot be read: {error.strerror or error}", where=str(path)) from None


def _object(line: bytes, number: int, where: str) -> dict[str, object]:
    try:
        record = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n"))
    except UnicodeDecodeError:
        raise CorpusError("not UTF-8", where=where, hint="save the file as UTF-8") from None
    except json.JSONDecodeError as error:
        raise CorpusError(explain_json(error), where=where, hint="give one JSON object a line") from None
    except RecursionError:
        raise CorpusError("not JSON: nested too deeply", where=where) from None
    except ValueError as error:  # a number of thousands of digits
        raise CorpusError(f"not JSON: {error}", where=where) from None
    if not isinstance(record, dict):
        raise CorpusError("not a JSON object", where=where, hint="give one JSON object a line")
    return record


def _parse(record: dict[str, object], number: int, where: str) -> LabelledDocument:
    paragraphs = strings_field(record, "paragraphs", where)
    labels = labels_field(record, paragraphs, where)
    return LabelledDocument(
        id=text_field(record, "id", where) or default_id(where.rpartition(":")[0], number),
        title=text_field(record, "title", where),
        paragraphs=paragraphs,
        labels=labels,
        kind=text_field(record, "kind", where),
        form=text_field(record, "form", where),
        site=text_field(record, "site", where),
        record_line=number,
        spans=spans_field(record, paragraphs, where),
    )


def corpus_name(path: str | Path) -> str:
    """Return the name of a corpus or benchmark: its file's name without ``.gz``, ``.jsonl``, ``.json``."""
    name = Path(path).name
    for ending in (".gz", ".jsonl", ".json"):
        name = name.removesuffix(ending)
    return name


def default_id(path: str | Path, line: int) -> str:
    """Name a record that names itself not: its file, without folder and ``.gz``, and its line.

    The same wherever the file lies, so that an article keeps its id in the corpora made from it.
    """
    return f"{Path(path).name.removesuffix('.gz')}:{line}"


def labels_field(record: dict[str, object], paragraphs: tuple[str, ...], where: str) -> tuple[str, ...]:
    """Return the labels of a record: one of :data:`LABELLED` for each paragraph.

    Raises
    ------
    CorpusError
        If they are missing, of another number, or unknown.
    """
    labels = strings_field(record, "labels", where)
    if len(paragraphs) != len(labels):
        raise CorpusError(f"{len(paragraphs)} paragraphs but {len(labels)} labels", where=where)
    for index, label in enumerate(labels):
        if label not in LABELLED:
            hint = f"the labels are {', '.join(LABELLED)}"
            raise CorpusError(f"unknown label {label!r} of paragraph {index}", where=where, hint=hint)
    return labels


def strings_field(record: dict[str, object], key: str, where: str) -> tuple[str, ...]:
    """Return a list of strings out of a record, or raise :class:`CorpusError`."""
    values = record.get(key)
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise CorpusError(f"{key!r} is missing or not a list of strings", where=where)
    return tuple(_encodable(value, key, where) for value in values)


def text_field(record: dict[str, object], key: str, where: str) -> str | None:
    """Return a string or nothing out of a record (a whole number too), or raise :class:`CorpusError`."""
    value = record.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is None or isinstance(value, str):
        return value if value is None else _encodable(value, key, where)
    raise CorpusError(f"{key!r} is not a string", where=where)


def _encodable(text: str, key: str, where: str) -> str:
    # JSON can spell half of a surrogate pair, which no tokenizer and no output file can take.
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise CorpusError(f"{key!r} holds a lone surrogate, which is not text", where=where) from None
    return text
