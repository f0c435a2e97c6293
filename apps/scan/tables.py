"""A Parquet file to rows of the columns that are needed, a few at a time.

The Parquet side of :mod:`misplaced.apps.scan.chunks`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from misplaced.errors import MissingExtraError, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from misplaced.records import Columns


def read_rows(
    raw: IO[bytes], columns: Columns, rows: int, read_ahead: int
) -> Iterator[tuple[dict[str, Any], int, float]]:
    """Read the rows of a Parquet file.

    Parameters
    ----------
    raw : binary file
    columns : Columns
        The others are not read.
    rows : int
        That are in memory at once.
    read_ahead : int
        Bytes of a column that are in memory as they stand in the file. (A page is unpacked whole.)

    Yields
    ------
    row : dict of str to Any
    size : int
        Bytes of it.
    share : float
        Of the file's rows, read so far.

    Raises
    ------
    MissingExtraError
    UnreadableError
        If the file has not the columns, or not of the types, that are needed.
    """
    try:
        import pyarrow.parquet as pq
    except ModuleNotFoundError:
        raise MissingExtraError("pyarrow", "scan") from None
    file = pq.ParquetFile(raw, buffer_size=read_ahead, pre_buffer=False)
    wanted = _check_columns(file.schema_arrow, columns)
    total = max(1, file.metadata.num_rows)
    done = 0
    for batch in file.iter_batches(batch_size=rows, columns=wanted, use_threads=False):
        size = batch.nbytes // max(1, batch.num_rows)
        for row in batch.to_pylist():
            done += 1
            yield row, size, done / total


def _check_columns(schema: Any, columns: Columns) -> list[str]:
    """Return the columns to read; a wrong type is told once and not row by row."""
    import pyarrow.types as types

    def is_text(found: Any) -> bool:
        found = found.value_type if types.is_dictionary(found) else found
        return bool(
            types.is_string(found)
            or types.is_large_string(found)
            or types.is_string_view(found)
            or types.is_null(found)
        )

    def is_texts(found: Any) -> bool:
        is_list = types.is_list(found) or types.is_large_list(found) or types.is_fixed_size_list(found)
        return types.is_null(found) or (is_list and is_text(found.value_type))

    def is_name(found: Any) -> bool:
        return is_text(found) or bool(types.is_integer(found))

    bodies = [name for name in (columns.text, columns.paragraphs) if name is not None]
    if not set(bodies) & set(schema.names):
        raise UnreadableError(
            f"has no column {' or '.join(map(repr, bodies))} but {', '.join(schema.names) or 'none'}",
            hint="say which holds the text with --text-column or --paragraphs-column",
        )
    expected = (
        (columns.text, is_text, "strings"),
        (columns.paragraphs, is_texts, "lists of strings"),
        (columns.title, is_text, "strings"),
        (columns.id, is_name, "strings or whole numbers"),
    )
    for name, fits, kind in expected:
        if name in schema.names and not fits(schema.field(name).type):
            raise UnreadableError(f"column {name!r} holds {schema.field(name).type}, {kind} are needed")
    return [name for name, _, _ in expected if name is not None and name in schema.names]
