"""Judge a Parquet corpus with Spark: one row a document, with the spans of what does not belong.

::

    spark-submit spark_scan.py INPUT OUTPUT

INPUT has the columns ``id``, ``title`` and ``text``. Workers need misplaced, pandas and pyarrow.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pyspark.sql import SparkSession

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

SCHEMA = (
    "id string, too_short boolean, "
    "findings array<struct<start: long, end: long, coherence: double, label: string>>"
)


def judge(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Judge the batches of a partition with one model, on one thread: a Spark task has one core."""
    import pandas as pd

    from misplaced import Detector, Document

    detector = Detector.load(threads=1)
    for batch in batches:
        documents = [
            Document.from_text(text, title=title, id=name)
            for name, title, text in zip(batch["id"], batch["title"], batch["text"], strict=True)
        ]
        rows = [
            {
                "id": report.document.id,
                "too_short": report.too_short,
                "findings": [
                    {"start": p.start, "end": p.end, "coherence": float(p.coherence), "label": p.label}
                    for p in report.findings
                ],
            }
            for report in detector.detect_many(documents)
        ]
        yield pd.DataFrame(rows, columns=["id", "too_short", "findings"])


def main(source: str, target: str) -> None:
    """Read, judge, write."""
    spark = SparkSession.builder.appName("misplaced").getOrCreate()
    # A batch is in memory whole.
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "256")
    corpus = spark.read.parquet(source).select("id", "title", "text")
    corpus.mapInPandas(judge, SCHEMA).write.mode("overwrite").parquet(target)
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
