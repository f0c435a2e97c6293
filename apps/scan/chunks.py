"""A shard to chunks of raw records: what is judged together, and what a killed worker has to do again.

Where chunks end depends on the shard alone, never on the engine or the workers; nor do results, then.
No more than a chunk of a shard is in memory.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from misplaced.apps.scan.packing import unpacked
from misplaced.apps.scan.storage import open_to_read, reason
from misplaced.decoding import decode, is_wide
from misplaced.errors import BinaryError, MisplacedError, UnreadableError

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator
    from typing import IO

    from misplaced.apps.scan.settings import Settings
    from misplaced.apps.scan.shards import Shard

#: Records and bytes of a chunk, at most (one record alone may have more bytes).
CHUNK_RECORDS, CHUNK_BYTES = 256, 250_000
#: Bytes that one line may have in any case: other columns, which are not read, count here too.
_LINE_BYTES = 16 << 20
#: Bytes that one character of JSON takes at most, written as two escapes.
_ESCAPED = 12
#: Rows of a Parquet file that are in memory as Arrow, and bytes that are read of a column at once.
_ROWS, _READ_AHEAD = 32, 1 << 20
_HEAD = 1 << 10


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it was read.

    Attributes
    ----------
    position : int
        In the shard, from 0, broken records counted and blank lines not.
    line : int or None
        In a file of lines, from 1.
    data : bytes or dict of str to Any
        The line, or the row's columns.
    error : str or None
        Why there is no data.
    """

    position: int
    line: int | None
    data: bytes | dict[str, Any]
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records that are judged together.

    Attributes
    ----------
    records : tuple of Record
        At least one.
    consumed : int
        Bytes of the shard's file that have been read so far.
    """

    records: tuple[Record, ...]
    consumed: int


def read_chunks(shard: Shard, settings: Settings) -> Iterator[Chunk]:
    """Read a shard.

    Yields
    ------
    Chunk

    Raises
    ------
    UnreadableError
        If the shard cannot be opened or read on, whatever of it was read before.
    MissingExtraError
        If a package is missing that is needed for this kind of shard.
    """
    try:
        with closing(open_to_read(shard.url)) as raw:
            if shard.kind == "parquet":
                yield from _collect(_rows(raw, shard, settings))
            else:
                yield from _collect(_lines(raw, shard, settings))
    except MisplacedError as error:
        raise UnreadableError(error.what, where=shard.shown, hint=error.hint) from None
    except (GeneratorExit, MemoryError):
        raise
    except Exception as error:  # damage shows in as many classes as there are libraries
        raise UnreadableError(f"cannot be read: {reason(error)}", where=shard.shown) from error


def _collect(records: Iterator[tuple[Record, int, int]]) -> Iterator[Chunk]:
    """Put records, which come with their bytes and those consumed so far, into chunks."""
    some: list[Record] = []
    held = consumed = 0
    for record, size, position in records:
        if some and (held + size > CHUNK_BYTES or len(some) == CHUNK_RECORDS):
            yield Chunk(tuple(some), consumed)
            some, held = [], 0
        some.append(record)
        held += size
        consumed = position
    if some:
        yield Chunk(tuple(some), consumed)


def _lines(raw: IO[bytes], shard: Shard, settings: Settings) -> Iterator[tuple[Record, int, int]]:
    longest = max(_LINE_BYTES, settings.limit_chars * _ESCAPED)
    stream = unpacked(raw, shard.packed)
    _check_head(stream, shard)
    line = position = 0
    while data := stream.readline(longest + 1):
        line += 1
        error = None
        if len(data) > longest:
            _skip_line(stream, data)
            data, error = b"", f"the line is longer than {longest:,} bytes"
        if line == 1:
            data = data.removeprefix(b"\xef\xbb\xbf")
        if error is None and not data.strip():
            continue
        yield Record(position, line, data, error), len(data), raw.tell()
        position += 1


def _skip_line(stream: io.BufferedReader, start: bytes) -> None:
    piece = start
    while piece and not piece.endswith(b"\n"):
        piece = stream.readline(_LINE_BYTES)


def _check_head(stream: io.BufferedReader, shard: Shard) -> None:
    """Refuse what no line can be read of, once and not line by line."""
    head = stream.peek(_HEAD)[:_HEAD]
    if is_wide(head):
        raise BinaryError("is UTF-16 or UTF-32", where=shard.shown, hint="convert it to UTF-8")
    decode(head, shard.shown)


def _rows(raw: IO[bytes], shard: Shard, settings: Settings) -> Iterator[tuple[Record, int, int]]:
    from misplaced.apps.scan.tables import read_rows

    for position, (row, size, share) in enumerate(read_rows(raw, settings.columns, _ROWS, _READ_AHEAD)):
        yield Record(position, None, row), size, int(share * shard.size)
