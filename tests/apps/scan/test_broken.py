"""What is broken is told with its place and its cause, and stops nothing else."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from misplaced.apps.scan import chunks
from misplaced.apps.scan.chunks import read_chunks
from misplaced.apps.scan.settings import OutputFormat, Settings
from misplaced.apps.scan.shards import find_shards
from misplaced.apps.scan.storage import Storage
from misplaced.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

GOOD = json.dumps({"id": "good", "paragraphs": ["a", "b", "c"]})
BROKEN = {
    "{broken": "not JSON: expecting property name enclosed in double quotes, column 2",
    '["text"]': "not an object but a list",
    '{"id": 1}': 'neither "text" nor "paragraphs" is given',
    '{"text": 3}': '"text" must be a string, not a number',
    '{"paragraphs": "one"}': '"paragraphs" must be a list of strings, not a string',
    '{"paragraphs": ["a", null]}': '"paragraphs"[1] must be a string, not null',
    '{"text": "a", "paragraphs": []}': 'both "text" and "paragraphs" are given, one is needed',
    '{"text": "a", "id": true}': '"id" must be a string or a whole number, not true or false',
    '{"text": NaN}': "not JSON: NaN is not a JSON number",
    '{"text": "\\ud800"}': '"text" has half of a surrogate pair, \\ud800, which is no character',
    "[" * 100_000: "nested too deeply",
    '{"text": "' + "long " * 50 + '"}': "has 250 characters, at most 100 are judged",
    json.dumps({"paragraphs": ["x"] * 9}): "has 9 paragraphs, at most 8 are judged",
}


def test_broken_records_are_listed_and_the_others_judged(
    scan: Any, tmp_path: Path, rows: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [GOOD, *(line for broken in BROKEN for line in (broken, "", GOOD))]
    path = tmp_path / "shard.jsonl"
    path.write_bytes("\n".join(lines).encode() + b'\n{"text": "caf\xe9"}\n')
    for _ in range(2):  # told again, not listed again, when all is done
        assert scan(path, limit_chars=100, limit_paragraphs=8) == 2
        err = capsys.readouterr().err.splitlines()
        assert len(err) == 2
        assert err[0].startswith(f"error: {len(BROKEN) + 1} records could not be judged; {tmp_path}")
        assert "14 records not judged" in err[1]
    errors = rows(tmp_path / "out/_scan/errors/shard.jsonl")
    causes = [*BROKEN.values(), "not UTF-8: byte 0xe9 at 13"]
    assert [error["cause"] for error in errors] == causes
    assert {error["shard"] for error in errors} == {str(path)}
    for error in errors[:-1]:
        assert lines[error["line"] - 1] == [*BROKEN][(error["record"] - 1) // 2]
    good = rows(tmp_path / "out/shard.jsonl")
    assert [row["record"] for row in good] == list(range(0, 2 * len(BROKEN) + 1, 2))


@pytest.mark.parametrize("damage", ["gz", "zst", "parquet", "utf-16", "binary", "columns", "types"])
def test_a_damaged_shard_has_no_results_and_the_others_have(
    scan: Any,
    corpus: Path,
    tmp_path: Path,
    results: Any,
    require: Any,
    damage: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (corpus / "sub/one.jsonl").unlink()
    (corpus / "one.jsonl").unlink()
    data = (GOOD + "\n").encode() * 500
    name, expected = damage_it(corpus, damage, data, require)
    assert scan(corpus) == 2
    err = capsys.readouterr().err.splitlines()
    assert len(err) == 2
    assert err[0].startswith(f"error: {corpus / name}: ")
    assert expected in err[0]
    assert err[1].endswith(" s")
    assert "1 shard failed" in err[1]
    assert list(results(tmp_path / "out")) == ["two.jsonl"]
    assert not (tmp_path / "out/_scan/partial").exists()


def damage_it(corpus: Path, damage: str, data: bytes, require: Any) -> tuple[str, str]:
    """Write a damaged shard and return its name and what is said of it."""
    if damage == "gz":
        (corpus / "a.jsonl.gz").write_bytes(gzip.compress(data)[:-20])
        return "a.jsonl.gz", "cannot be read: "
    if damage == "zst":
        packed = require("zstandard").ZstdCompressor().compress(data)
        (corpus / "a.jsonl.zst").write_bytes(packed[:-5])
        return "a.jsonl.zst", "breaks off in the middle of a frame"
    if damage == "utf-16":
        (corpus / "a.jsonl").write_bytes(data.decode().encode("utf-16"))
        return "a.jsonl", "is UTF-16 or UTF-32; convert it to UTF-8"
    if damage == "binary":
        (corpus / "a.jsonl").write_bytes(gzip.compress(data))
        return "a.jsonl", "is not text but gzip data"
    return "a.parquet", damage_table(corpus / "a.parquet", damage)


def damage_table(path: Path, damage: str) -> str:
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = {"parquet": "text", "columns": "body", "types": "text"}
    values: list[Any] = [1, 2] if damage == "types" else ["a", "b"]
    pq.write_table(pa.table({names[damage]: values}), path)
    if damage == "columns":
        return "has no column 'text' or 'paragraphs' but body; say which holds the text with --text-column"
    if damage == "types":
        return "column 'text' holds int64, strings are needed"
    path.write_bytes(path.read_bytes()[:-30])
    return "cannot be read: "


def test_missing_inputs_are_told_and_the_others_scanned(
    scan: Any, corpus: Path, tmp_path: Path, results: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    (corpus / "notes.csv").touch()
    (tmp_path / "empty").mkdir()
    inputs = [corpus / "gone.jsonl", tmp_path / "empty", corpus / "notes.csv", f"{corpus}/*.zst"]
    assert scan(*inputs, corpus / "two.jsonl") == 2
    err = capsys.readouterr().err.splitlines()
    assert [line.split(": ", 2)[1] for line in err[:4]] == [str(name) for name in inputs]
    assert list(results(tmp_path / "out")) == ["two.jsonl"]


def test_a_model_that_cannot_be_used_ends_the_scan(scan: Any, corpus: Path, tmp_path: Path) -> None:
    from misplaced.errors import ArtifactError

    with pytest.raises(ArtifactError, match="no such model folder"):
        scan(corpus, model=str(tmp_path / "gone"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "options", [{"workers": 0}, {"limit_chars": 0}, {"threshold": 0.0}, {"address": "127.0.0.1:1"}]
)
def test_senseless_options_are_refused(scan: Any, corpus: Path, options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        scan(corpus, **options)


def test_a_line_without_end_is_passed_over_in_little_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "_LINE_BYTES", 1 << 20)
    path = tmp_path / "long.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as stream:
        stream.write(b'{"text": "')
        for _ in range(64):
            stream.write(b"a" * (1 << 20))
        stream.write(b'"}\n' + GOOD.encode() + b"\n")
    settings = Settings(threshold=0.5, output_format=OutputFormat.JSONL, limit_chars=1000)
    (shard,), _ = find_shards([str(path)], Storage(str(tmp_path / "out")))
    tracemalloc.start()
    try:
        records = [record for chunk in read_chunks(shard, settings) for record in chunk.records]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [record.error for record in records] == ["the line is longer than 1,048,576 bytes", None]
    assert [record.line for record in records] == [1, 2]
    assert peak < 16 << 20
