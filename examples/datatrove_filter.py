"""A datatrove step that takes misplaced paragraphs out of texts, and drops texts that are full of them.

::

    pipeline = [JsonlReader("crawl/"), MisplacedFilter(), JsonlWriter("cleaned/")]
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from datatrove.pipeline.filters.base_filter import BaseFilter

from misplaced.apps.scan.rows import clean_text

if TYPE_CHECKING:
    from datatrove.data import Document as TroveDocument

    from misplaced import Detector


class MisplacedFilter(BaseFilter):
    """Removes flagged paragraphs; drops documents of which too many are flagged.

    Parameters
    ----------
    most_flagged : float
        Share of the paragraphs, from 0 to 1, up to which a document is kept.
    batch_size : int
        Documents that are judged together.
    **options
        See :class:`BaseFilter`.
    """

    name = "misplaced"

    def __init__(self, most_flagged: float = 0.5, batch_size: int = 64, **options: object) -> None:
        super().__init__(batch_size=batch_size, **options)
        self.most_flagged = most_flagged

    @cached_property
    def detector(self) -> Detector:
        """The model, loaded where the step runs and not where the pipeline is written down."""
        from misplaced import Detector

        return Detector.load(threads=1)

    def __getstate__(self) -> dict[str, object]:
        """Leave the model out: an executor sends the step to its processes."""
        return {key: value for key, value in self.__dict__.items() if key != "detector"}

    def filter(self, doc: TroveDocument) -> bool | tuple[bool, str]:
        """Clean one document and say whether it is kept."""
        return self.filter_batch([doc])[0]

    def filter_batch(self, batch: list[TroveDocument]) -> list[bool | tuple[bool, str]]:
        """Clean documents and say which are kept."""
        from misplaced import Document

        documents = [Document.from_text(doc.text, title=doc.metadata.get("title")) for doc in batch]
        kept: list[bool | tuple[bool, str]] = []
        for doc, report in zip(batch, self.detector.detect_many(documents), strict=True):
            doc.text = clean_text(report, divided=False)
            doc.metadata["misplaced"] = len(report.findings)
            is_kept = report.flagged_ratio <= self.most_flagged
            kept.append(True if is_kept else (False, "misplaced"))
        return kept
