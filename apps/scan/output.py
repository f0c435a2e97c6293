"""The results of one shard: rows and errors written aside, and put in place together when all are there.

A shard is done when its record in the scan's state says so, which is written last: whatever a kill
leaves before that is written again, and never twice.
"""

from __future__ import annotations

import gzip
import json
from typing import IO, TYPE_CHECKING, Any, Protocol

from misplaced.apps.reporters.jsonl import encode
from misplaced.apps.scan.judging import Counts
from misplaced.apps.scan.manifest import Done, done_name, errors_name, result_name
from misplaced.apps.scan.rows import SCHEMA, arrow_schema
from misplaced.apps.scan.settings import OutputFormat

if TYPE_CHECKING:
    from misplaced.apps.scan.judging import Judged
    from misplaced.apps.scan.settings import Settings
    from misplaced.apps.scan.shards import Shard
    from misplaced.apps.scan.storage import Storage

#: A row group is closed when it holds as many rows or bytes: small enough to be held in memory by whoever
#: writes or reads it.
_GROUP_ROWS, _GROUP_BYTES = 50_000, 16 << 20


class _Writer(Protocol):
    def write(self, rows: Any) -> None: ...

    def close(self) -> None: ...


class ShardOutput:
    """Where the results of a shard go.

    Parameters
    ----------
    shard : Shard
    storage : Storage
    settings : Settings
    """

    def __init__(self, shard: Shard, storage: Storage, settings: Settings) -> None:
        self._shard, self._storage, self._settings = shard, storage, settings
        self._stream, self._aside = storage.create()
        self._writer = _make_writer(self._stream, settings)
        self._errors: tuple[IO[bytes], str] | None = None
        self.counts = Counts()

    def add(self, judged: Judged) -> None:
        """Write a chunk's results; chunks come in the shard's order."""
        self._writer.write(judged.rows)
        self.counts += judged.counts
        if judged.errors and self._errors is None:
            self._errors = self._storage.create()
        if self._errors is not None:
            for error in judged.errors:
                line = encode({"shard": self._shard.shown, **error})
                self._errors[0].write(f"{line}\n".encode())

    def commit(self) -> Done:
        """Put the results in place: errors, rows, and last the record that they are there."""
        self._writer.close()
        self._stream.close()
        name, errors = result_name(self._shard.name, self._settings), errors_name(self._shard.name)
        if self._errors is None:
            self._storage.remove([errors])
        else:
            self._errors[0].close()
            self._storage.place(self._errors[1], errors)
        self._storage.place(self._aside, name)
        size = int(self._storage.files.size(self._storage.path(name)))
        done = Done(self._shard.url, self._shard.size, self._shard.stamp, name, size, self.counts)
        self._storage.write(done_name(self._shard.name), done.encode())
        return done

    def discard(self) -> None:
        """Leave nothing behind."""
        self._stream.close()
        self._storage.drop(self._aside)
        if self._errors is not None:
            self._errors[0].close()
            self._storage.drop(self._errors[1])


def _make_writer(stream: IO[bytes], settings: Settings) -> _Writer:
    if settings.output_format is OutputFormat.PARQUET:
        return _ParquetWriter(stream, settings)
    return _LinesWriter(stream, packed=settings.output_format is OutputFormat.JSONL_GZ)


class _LinesWriter:
    def __init__(self, stream: IO[bytes], *, packed: bool) -> None:
        # Neither name nor time: the same rows are the same bytes.
        self._packed = gzip.GzipFile("", "wb", fileobj=stream, mtime=0) if packed else None
        self._stream: Any = self._packed or stream

    def write(self, rows: Any) -> None:
        self._stream.write(rows)

    def close(self) -> None:
        if self._packed is not None:
            self._packed.close()


class _ParquetWriter:
    def __init__(self, stream: IO[bytes], settings: Settings) -> None:
        import pyarrow.parquet as pq

        about = {"schema": SCHEMA, "threshold": settings.threshold}
        self._schema = arrow_schema(with_text=settings.with_text).with_metadata(
            {"misplaced": json.dumps(about)}
        )
        self._writer = pq.ParquetWriter(stream, self._schema, compression="zstd")
        self._batches: list[Any] = []
        self._rows = self._bytes = 0

    def write(self, rows: Any) -> None:
        self._batches.append(rows)
        self._rows += rows.num_rows
        self._bytes += rows.nbytes
        if self._rows >= _GROUP_ROWS or self._bytes >= _GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        import pyarrow as pa

        table = pa.Table.from_batches(self._batches).replace_schema_metadata(self._schema.metadata)
        self._writer.write_table(table.combine_chunks(), row_group_size=self._rows)
        self._batches, self._rows, self._bytes = [], 0, 0
