"""A report to the row that a scan writes of it, as JSON lines or as Arrow.

Between the detector and the writers. Numbers are rounded as in ``detect -f jsonl``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from misplaced.apps.removal import paragraph_cuts, without
from misplaced.apps.reporters.jsonl import DIGITS, encode
from misplaced.apps.scan.settings import OutputFormat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from misplaced.report import Report

#: Version of the rows' layout; raised when a column changes its meaning or goes away.
SCHEMA = 1


def as_row(report: Report, position: int, *, with_text: bool, divided: bool) -> dict[str, Any]:
    """Return a report as one row.

    Parameters
    ----------
    report : Report
    position : int
        Of the record in its shard, from 0.
    with_text : bool
        Add the text without what is flagged.
    divided : bool
        Whether the record came as paragraphs.
    """
    row: dict[str, Any] = {
        "id": report.document.id,
        "record": position,
        "flagged": len(report.findings),
        "too_short": report.too_short,
        "title_fit": None if report.title_fit is None else round(report.title_fit, DIGITS),
        "title_mismatch": report.title_mismatch,
        "multi_topic": report.multi_topic,
        "paragraphs": [
            {
                "start": p.start,
                "end": p.end,
                "coherence": round(float(p.coherence), DIGITS),
                "label": p.label,
                "flagged": bool(p.flagged),
            }
            for p in report.paragraphs
        ],
    }
    if with_text:
        row["text"] = clean_text(report, divided=divided)
    return row


def clean_text(report: Report, *, divided: bool) -> str:
    """Return a document's text without its findings, as ``--fix`` leaves it.

    Parameters
    ----------
    report : Report
    divided : bool
        Whether it came as paragraphs: those that stay are joined by blank lines. Of a text everything
        stays that is not removed, the title's line and blank lines too.
    """
    if divided:
        return "\n\n".join(p.text for p in report.paragraphs if not p.flagged)
    source = report.document.source
    return without(source, paragraph_cuts(source, [(p.start, p.end) for p in report.findings]))


def encode_rows(rows: Sequence[dict[str, Any]], output_format: OutputFormat, *, with_text: bool) -> Any:
    """Return rows as a writer takes them.

    Returns
    -------
    bytes or pyarrow.RecordBatch
    """
    if output_format is OutputFormat.PARQUET:
        import pyarrow as pa

        return pa.RecordBatch.from_pylist(list(rows), schema=arrow_schema(with_text=with_text))
    return "".join(f"{encode(row)}\n" for row in rows).encode()


def arrow_schema(*, with_text: bool) -> Any:
    """Return the :class:`pyarrow.Schema` of the rows."""
    import pyarrow as pa

    paragraph = pa.struct(
        [
            pa.field("start", pa.int64(), nullable=False),
            pa.field("end", pa.int64(), nullable=False),
            pa.field("coherence", pa.float64(), nullable=False),
            pa.field("label", pa.string(), nullable=False),
            pa.field("flagged", pa.bool_(), nullable=False),
        ]
    )
    fields = [
        pa.field("id", pa.string()),
        pa.field("record", pa.int64(), nullable=False),
        pa.field("flagged", pa.int64(), nullable=False),
        pa.field("too_short", pa.bool_(), nullable=False),
        pa.field("title_fit", pa.float64()),
        pa.field("title_mismatch", pa.bool_(), nullable=False),
        pa.field("multi_topic", pa.bool_(), nullable=False),
        pa.field("paragraphs", pa.list_(pa.field("element", paragraph, nullable=False)), nullable=False),
    ]
    return pa.schema([*fields, pa.field("text", pa.string(), nullable=False)] if with_text else fields)
