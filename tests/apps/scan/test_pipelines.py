"""The steps for other pipelines in ``examples/`` work in the real ones."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misplaced import Detector, Document
from misplaced.apps.scan.rows import clean_text
from misplaced.apps.scan.settings import OutputFormat

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples"


def load(name: str) -> Any:
    spec = spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module  # a step is sent to other processes by its module's name
    spec.loader.exec_module(module)
    return module


def texts(records: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [
        {"id": r["id"], "title": r["title"], "text": r.get("text") or "\n\n".join(r["paragraphs"])}
        for r in records[:6]
    ]


def test_spark(
    require: Any, records: list[dict[str, Any]], tmp_path: Path, bundled_detector: Detector
) -> None:
    require("pyspark")
    require("pandas")
    import pyarrow as pa
    import pyarrow.parquet as pq

    corpus = texts(records)
    pq.write_table(pa.Table.from_pylist(corpus), tmp_path / "corpus.parquet")
    environment = {
        **os.environ,
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_SUBMIT_ARGS": "--master local[1] --conf spark.ui.enabled=false pyspark-shell",
    }
    subprocess.run(
        [sys.executable, EXAMPLES / "spark_scan.py", tmp_path / "corpus.parquet", tmp_path / "judged"],
        env=environment,
        check=True,
        capture_output=True,
    )
    found = {row["id"]: row for row in pq.read_table(tmp_path / "judged").to_pylist()}
    assert list(found) == [record["id"] for record in corpus]
    documents = [Document.from_text(r["text"], title=r["title"], id=r["id"]) for r in corpus]
    for report in bundled_detector.detect_many(documents):
        row = found[str(report.document.id)]
        assert row["too_short"] == report.too_short
        assert [(f["start"], f["label"]) for f in row["findings"]] == [
            (p.start, p.label) for p in report.findings
        ]
    assert any(row["findings"] for row in found.values())


def test_datatrove(
    require: Any, records: list[dict[str, Any]], tmp_path: Path, bundled_detector: Detector
) -> None:
    require("datatrove")
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    corpus = texts(records)
    (tmp_path / "in").mkdir()
    lines = "".join(json.dumps(record) + "\n" for record in corpus)
    (tmp_path / "in/part.jsonl").write_text(lines, encoding="utf-8")
    step = load("datatrove_filter").MisplacedFilter()
    writer = JsonlWriter(str(tmp_path / "out"), output_filename="${rank}.jsonl", compression=None)
    LocalPipelineExecutor(
        [JsonlReader(str(tmp_path / "in")), step, writer], logging_dir=str(tmp_path / "logs")
    ).run()
    (written,) = (tmp_path / "out").iterdir()
    found = [json.loads(line) for line in written.read_text(encoding="utf-8").splitlines()]
    documents = [Document.from_text(r["text"], title=r["title"]) for r in corpus]
    reports = list(bundled_detector.detect_many(documents))
    assert [row["text"] for row in found] == [clean_text(report, divided=False) for report in reports]
    assert sum(row["metadata"]["misplaced"] for row in found) == sum(len(r.findings) for r in reports) > 0


def test_results_join_back_as_documented(
    require: Any, scan: Any, records: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    duckdb = require("duckdb")
    require("pandas")
    import pyarrow as pa
    import pyarrow.parquet as pq

    corpus = [
        {**row, "text": record["text"]}
        for row, record in zip(texts(records), records, strict=False)
        if "text" in record
    ]
    (tmp_path / "corpus").mkdir()
    pq.write_table(pa.Table.from_pylist(corpus), tmp_path / "corpus/part-0.parquet")
    monkeypatch.chdir(tmp_path)
    options = {"output": "judged", "output_format": OutputFormat.PARQUET, "threshold": 0.5}
    assert scan("corpus", **options) == 0
    blocks = dict(re.findall(r"```(sql|python)\n(.*?)```", (ROOT / "docs/scan.md").read_text(), re.DOTALL))
    foreign = duckdb.sql(blocks["sql"]).fetchall()
    assert foreign
    whole = {row["id"]: row["text"].split("\n\n") for row in corpus}
    assert all(text in whole[name] and label != "coherent" for name, text, label in foreign)
    names: dict[str, Any] = {}
    exec(blocks["python"], names)
    assert set(names["clean"]["id"]) == set(whole) - {name for name, _, _ in foreign}
