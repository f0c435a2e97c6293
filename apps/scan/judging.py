"""Chunks of raw records to rows: what every worker does, in whatever engine.

Holds the one detector of its process. A broken record costs that record and no other.
"""

from __future__ import annotations

import json
import os
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from misplaced.apps.failure import describe
from misplaced.apps.scan.rows import as_row, encode_rows
from misplaced.records import document_of, explain_json, parse_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from misplaced.apps.scan.chunks import Chunk, Record
    from misplaced.apps.scan.settings import Settings
    from misplaced.detector import Detector
    from misplaced.document import Document
    from misplaced.report import Report

#: Read by the numerical libraries when they are first imported.
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was judged: of a chunk, a shard or a scan.

    Attributes
    ----------
    documents, paragraphs, flagged : int
        `flagged` are paragraphs.
    errors : int
        Records that could not be judged.
    """

    documents: int = 0
    paragraphs: int = 0
    flagged: int = 0
    errors: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.documents + other.documents,
            self.paragraphs + other.paragraphs,
            self.flagged + other.flagged,
            self.errors + other.errors,
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """A chunk's results.

    Attributes
    ----------
    rows : bytes or pyarrow.RecordBatch
        See :func:`misplaced.apps.scan.rows.encode_rows`.
    errors : tuple of dict
        ``record``, ``line`` and ``cause`` of every record that could not be judged, in order.
    counts : Counts
    warnings : tuple of str
        About the model; with the first chunk only.
    """

    rows: Any
    errors: tuple[dict[str, Any], ...]
    counts: Counts
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """A record that is a document."""

    position: int
    line: int | None
    document: Document
    divided: bool


class Judge:
    """A loaded model that judges chunks.

    Parameters
    ----------
    settings : Settings

    Raises
    ------
    MisplacedError
        If the model cannot be loaded.
    """

    def __init__(self, settings: Settings) -> None:
        for name in _THREAD_VARIABLES:
            # One thread each: workers share the cores out, and batches are divided the same everywhere.
            os.environ[name] = "1"
        from misplaced.detector import Detector

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", UserWarning)
            self._detector: Detector = Detector.load(
                settings.model, trusted=settings.trusted, second_look=settings.second_look, threads=1
            )
        self._warnings = tuple(str(w.message) for w in caught if issubclass(w.category, UserWarning))
        self._detector.threshold = settings.threshold
        self._settings = settings

    def judge(self, chunk: Chunk, shown: str) -> Judged:
        """Judge a chunk.

        Parameters
        ----------
        chunk : Chunk
        shown : str
            What to call the shard.
        """
        read: list[_Read] = []
        errors: list[dict[str, Any]] = []
        for record in chunk.records:
            try:
                read.append(self._read(record, shown))
            except (ValueError, RecursionError) as error:
                cause = "nested too deeply" if isinstance(error, RecursionError) else str(error)
                errors.append(_error(record.position, record.line, cause))
        rows, counts = [], Counts()
        for item, report in zip(read, self._reports([item.document for item in read]), strict=True):
            if isinstance(report, str):
                errors.append(_error(item.position, item.line, report))
                continue
            rows.append(
                as_row(report, item.position, with_text=self._settings.with_text, divided=item.divided)
            )
            counts += Counts(1, len(report.paragraphs), len(report.findings))
        errors.sort(key=lambda error: error["record"])
        told, self._warnings = self._warnings, ()
        encoded = encode_rows(rows, self._settings.output_format, with_text=self._settings.with_text)
        return Judged(encoded, tuple(errors), counts + Counts(errors=len(errors)), told)

    def _read(self, record: Record, shown: str) -> _Read:
        if record.error is not None:
            raise ValueError(record.error)
        columns = self._settings.columns
        value = _parse(record.data) if isinstance(record.data, bytes) else record.data
        document = document_of(value, shown, record.line, columns)
        limits = self._settings
        if len(document.source) > limits.limit_chars:
            raise ValueError(
                f"has {len(document.source):,} characters, at most {limits.limit_chars:,} are judged"
            )
        if len(document.paragraphs) > limits.limit_paragraphs:
            raise ValueError(
                f"has {len(document.paragraphs):,} paragraphs, at most {limits.limit_paragraphs:,} are judged"
            )
        divided = columns.paragraphs is not None and value.get(columns.paragraphs) is not None
        return _Read(record.position, record.line, document, divided)

    def _reports(self, documents: Sequence[Document]) -> list[Report | str]:
        """Judge documents together; one by one, so that only some fail, where that is not possible."""
        try:
            return list(self._detector.detect_many(documents))
        except Exception:  # a fault on one document, wherever it is raised
            return [self._report(document) for document in documents]

    def _report(self, document: Document) -> Report | str:
        try:
            return self._detector.detect(document)
        except Exception as error:
            return f"cannot be judged: {type(error).__name__}: {error}"


def _parse(line: bytes) -> Any:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8: byte 0x{line[error.start]:02x} at {error.start}") from None
    try:
        return parse_json(text)
    except json.JSONDecodeError as error:
        raise ValueError(explain_json(error)) from None


def _error(position: int, line: int | None, cause: str) -> dict[str, Any]:
    return {"record": position, "line": line, "cause": " ".join(cause.split())}


def load_judge(settings: Settings) -> Judge | str:
    """Load the model of a worker; why that is not possible, where it is not."""
    try:
        return Judge(settings)
    except Exception as error:
        return describe(error)
