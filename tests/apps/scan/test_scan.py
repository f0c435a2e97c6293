"""What a scan writes: one file a shard, joined back by record, the same whatever the engine does."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from misplaced import Document
from misplaced.apps.cli import COMMANDS
from misplaced.apps.scan import chunks
from misplaced.apps.scan.settings import OutputFormat
from misplaced.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from misplaced import Detector


def test_scan_is_a_command() -> None:
    assert "scan" in COMMANDS


def test_every_shard_has_results_that_join_back(
    scan: Any, corpus: Path, tmp_path: Path, records: list[dict[str, Any]], results: Any, rows: Any
) -> None:
    assert scan(corpus) == 0
    assert list(results(tmp_path / "out")) == ["one.jsonl", "sub/one.jsonl", "two.jsonl"]
    found = [rows(tmp_path / "out" / f"{name}.jsonl") for name in ("one", "two", "sub/one")]
    assert [[row["record"] for row in part] for part in found] == [[*range(8)], [*range(4)], [*range(8)]]
    for record, row in zip(records, [row for part in found for row in part], strict=True):
        assert row["id"] == record["id"]
        source = record.get("text") or "\n\n".join(record["paragraphs"])
        spans = [source[p["start"] : p["end"]] for p in row["paragraphs"]]
        assert spans == source.split("\n\n")
        assert row["flagged"] == sum(p["flagged"] for p in row["paragraphs"])


def test_verdicts_are_the_detectors(
    scan: Any, corpus: Path, tmp_path: Path, records: list[dict[str, Any]], rows: Any
) -> None:
    from misplaced import Detector

    detector: Detector = Detector.load(second_look=False)
    assert scan(corpus / "two.jsonl", threshold=0.5) == 0
    detector.threshold = 0.5
    documents = [
        Document.from_text(r["text"], title=r["title"])
        if "text" in r
        else Document.from_paragraphs(r["paragraphs"], title=r["title"])
        for r in records[8:12]
    ]
    found = rows(tmp_path / "out/two.jsonl")
    assert any(row["flagged"] for row in found)
    for row, report in zip(found, detector.detect_many(documents), strict=True):
        assert [p["flagged"] for p in row["paragraphs"]] == [p.flagged for p in report.paragraphs]
        assert [p["label"] for p in row["paragraphs"]] == [p.label for p in report.paragraphs]
        coherence = [p.coherence for p in report.paragraphs]
        assert [p["coherence"] for p in row["paragraphs"]] == pytest.approx(coherence, abs=1e-5)


@pytest.mark.parametrize("output_format", OutputFormat)
def test_workers_do_not_change_a_byte(
    scan: Any,
    corpus: Path,
    tmp_path: Path,
    results: Any,
    monkeypatch: pytest.MonkeyPatch,
    output_format: OutputFormat,
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_RECORDS", 3)  # several chunks a shard
    for workers in (1, 2):
        options = {"output": str(tmp_path / f"out{workers}"), "output_format": output_format}
        assert scan(corpus, workers=workers, with_text=True, **options) == 0
    assert results(tmp_path / "out1") == results(tmp_path / "out2")
    assert len(results(tmp_path / "out1")) == 3


def test_text_is_what_fix_would_leave(
    scan: Any, corpus: Path, tmp_path: Path, records: list[dict[str, Any]], rows: Any
) -> None:
    assert scan(corpus, with_text=True, threshold=0.5) == 0
    found = rows(tmp_path / "out/one.jsonl")
    assert sum(row["flagged"] for row in found) >= 3
    for record, row in zip(records, found, strict=False):
        source = record.get("text") or "\n\n".join(record["paragraphs"])
        kept = [source[p["start"] : p["end"]] for p in row["paragraphs"] if not p["flagged"]]
        assert row["text"] == "\n\n".join(kept)


@pytest.mark.parametrize("packed", ["", ".gz", ".zst"])
def test_packed_lines_give_what_plain_ones_give(
    scan: Any, corpus: Path, tmp_path: Path, results: Any, require: Any, packed: str
) -> None:
    data = (corpus / "one.jsonl").read_bytes()
    assert scan(corpus / "one.jsonl", output=str(tmp_path / "plain")) == 0
    folder = tmp_path / "packed"
    folder.mkdir()
    if packed == ".gz":
        data = gzip.compress(data[:100]) + gzip.compress(data[100:])
    elif packed == ".zst":
        compressor = require("zstandard").ZstdCompressor()
        data = compressor.compress(data[:100]) + compressor.compress(data[100:])
    (folder / f"one.jsonl{packed}").write_bytes(data)
    assert scan(folder) == 0
    assert results(tmp_path / "out") == results(tmp_path / "plain")


def test_parquet_in_and_out(
    scan: Any, corpus: Path, tmp_path: Path, records: list[dict[str, Any]], require: Any, rows: Any
) -> None:
    require("pyarrow")
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pylist(
        [{"n": i, "head": r["title"], "body": r.get("text")} for i, r in enumerate(records)]
    )
    folder = tmp_path / "tables"
    folder.mkdir()
    pq.write_table(table, folder / "part.parquet", row_group_size=7)
    options = {"text_column": "body", "title_column": "head", "id_column": "n"}
    assert scan(folder, output_format=OutputFormat.PARQUET, **options) == 2  # half have no text
    found = pq.read_table(tmp_path / "out/part.parquet").to_pylist()
    assert [row["record"] for row in found] == [i for i, r in enumerate(records) if "text" in r]
    assert [row["id"] for row in found] == [str(row["record"]) for row in found]
    errors = rows(tmp_path / "out/_scan/errors/part.jsonl")
    assert [error["record"] for error in errors] == [i for i, r in enumerate(records) if "text" not in r]
    assert errors[0]["cause"] == '"body" is not given'
    assert errors[0]["line"] is None
    # The same rows from lines are the same rows from a table.
    lines = tmp_path / "lines.jsonl"
    lines.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()), encoding="utf-8")
    assert scan(lines, output=str(tmp_path / "other"), output_format=OutputFormat.PARQUET, **options) == 2
    assert pq.read_table(tmp_path / "other/lines.parquet").to_pylist() == found


def test_urls_of_other_file_systems(
    scan: Any, corpus: Path, tmp_path: Path, results: Any, require: Any
) -> None:
    memory = require("fsspec").filesystem("memory")
    data = (corpus / "one.jsonl").read_bytes()
    memory.pipe_file("/crawl/x/one.jsonl", data)
    assert scan(f"file://{corpus}/one.jsonl") == 0
    for _ in range(2):  # the second one has nothing left to do
        assert scan("memory://crawl", output="memory://judged") == 0
    expected = results(tmp_path / "out")["one.jsonl"]
    assert memory.cat_file("/judged/x/one.jsonl") == expected
    assert not memory.find("/judged/_scan/partial")
    memory.rm("/", recursive=True)


def test_names_keep_folders_and_never_meet(scan: Any, corpus: Path, tmp_path: Path, results: Any) -> None:
    with pytest.raises(UsageError, match=r"one\.jsonl and .*one\.jsonl would both have results named 'one'"):
        scan(corpus / "one.jsonl", corpus / "sub/one.jsonl")
    assert not (tmp_path / "out").exists()
    assert scan(f"{corpus}/**/one.jsonl") == 0
    assert list(results(tmp_path / "out")) == ["one.jsonl", "sub/one.jsonl"]


def test_an_input_is_never_replaced_and_results_are_no_input(scan: Any, corpus: Path, results: Any) -> None:
    with pytest.raises(UsageError, match="would replace an input"):
        scan(corpus / "one.jsonl", output=str(corpus))
    with pytest.raises(UsageError, match="would go among the shards"):
        scan(corpus, output=str(corpus))
    for _ in range(2):
        assert scan(corpus, output=str(corpus / "judged")) == 0
    assert len(results(corpus / "judged")) == 3


def test_the_end_says_it_all_in_one_line(
    scan: Any, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scan(corpus) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith(f"3 shards in {tmp_path / 'out'}: 20 documents, 160 paragraphs, ")
    assert scan(corpus, quiet=True) == 0
    assert capsys.readouterr() == ("", "")


def test_what_detecting_needs_is_all_that_help_imports() -> None:
    code = (
        "import sys; from misplaced.apps.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'numpy', 'pyarrow', 'ray', 'fsspec', 'onnxruntime'} & set(sys.modules)))"
    )
    for arguments in (["--help"], ["scan", "--help"]):
        run = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, encoding="utf-8", check=True
        )
        assert run.stdout.endswith("[]\n")
        assert "scan" in run.stdout
