"""What decides the results of a scan, and travels with it to every worker."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from misplaced.records import COLUMNS, Columns

#: Characters and paragraphs of an article, at most; a longer one is an error of that record. A novel has
#: half a million characters, and an article of 10,000 paragraphs needs some 100 MB while it is judged.
LIMIT_CHARS, LIMIT_PARAGRAPHS = 1_000_000, 10_000


class OutputFormat(StrEnum):
    """What ``--output-format`` takes; also the suffix of the output shards."""

    PARQUET = "parquet"
    JSONL = "jsonl"
    JSONL_GZ = "jsonl.gz"


class Engine(StrEnum):
    """What ``--engine`` takes."""

    LOCAL = "local"
    RAY = "ray"


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides the results.

    Attributes
    ----------
    threshold : float
    model : str or None
        Folder of the model; None for the bundled one.
    trusted, second_look : bool
        See :meth:`misplaced.detector.Detector.load`.
    columns : Columns
    output_format : OutputFormat
    with_text : bool
        Also write the text without what is flagged.
    limit_chars, limit_paragraphs : int
        Of one record.
    """

    threshold: float
    model: str | None = None
    trusted: bool = False
    second_look: bool = True
    columns: Columns = COLUMNS
    output_format: OutputFormat = OutputFormat.PARQUET
    with_text: bool = False
    limit_chars: int = LIMIT_CHARS
    limit_paragraphs: int = LIMIT_PARAGRAPHS
