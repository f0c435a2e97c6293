"""A scan that is killed, wholly or in part, loses nothing and does nothing twice."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from misplaced.apps.scan import chunks
from misplaced.apps.scan.events import Failed
from misplaced.apps.scan.local import scan_local
from misplaced.apps.scan.settings import OutputFormat, Settings
from misplaced.apps.scan.shards import find_shards
from misplaced.apps.scan.storage import Storage
from misplaced.artifact import bundled
from misplaced.errors import MisplacedError, UsageError
from misplaced.manifest import read_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Of the bundled model, which scans take unless told otherwise.
THRESHOLD = read_manifest(bundled()).threshold
SETTINGS = Settings(threshold=THRESHOLD, second_look=False, output_format=OutputFormat.JSONL)


def children(pid: int) -> list[int]:
    found = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        found += map(int, tasks.read_text().split())
    return found


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def until(condition: Callable[[], Any], seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are looked at in /proc")
def test_killed_and_started_again_it_ends_as_if_never_killed(
    start: Any, scan: Any, records: list[dict[str, Any]], tmp_path: Path, results: Any
) -> None:
    corpus, out = tmp_path / "shards", tmp_path / "out"
    corpus.mkdir()
    for number in range(6):
        lines = "".join(json.dumps(record) + "\n" for record in records[:8])
        broken = "{broken\n" if number % 2 else ""
        (corpus / f"{number}.jsonl").write_text(lines + broken, encoding="utf-8")
    arguments = [corpus, "-o", out, "-f", "jsonl", "--no-second-look", "--workers", 1]
    running = start(*arguments)
    until(lambda: (out / "_scan/done/1.json").exists())
    workers = children(running.pid)
    running.kill()
    running.communicate()
    until(lambda: not any(map(is_running, workers)))  # nobody is left behind
    done = [out / f"{path.stem}.jsonl" for path in (out / "_scan/done").iterdir()]
    written = [path.stat().st_mtime_ns for path in done]
    assert 2 <= len(done) < 6
    again = start(*arguments)
    _, err = again.communicate()
    assert again.returncode == 2
    assert f"; {len(done)} shards done before; 3 records not judged; " in err
    assert [path.stat().st_mtime_ns for path in done] == written
    assert not (out / "_scan/partial").exists()
    assert scan(corpus, output=str(tmp_path / "whole")) == 2
    assert results(out) == results(tmp_path / "whole")


def test_what_is_done_is_skipped_and_what_has_changed_is_not(
    scan: Any, corpus: Path, tmp_path: Path, rows: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scan(corpus) == 0
    first = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.jsonl")}
    (corpus / "two.jsonl").write_text('{"paragraphs": ["a", "b", "c"]}\n', encoding="utf-8")
    (tmp_path / "out/one.jsonl").write_text("cut off", encoding="utf-8")
    capsys.readouterr()
    assert scan(corpus) == 0
    assert "1 shard done before" in capsys.readouterr().err
    assert len(rows(tmp_path / "out/two.jsonl")) == 1
    assert len(rows(tmp_path / "out/one.jsonl")) == 8
    untouched = tmp_path / "out/sub/one.jsonl"
    assert untouched.stat().st_mtime_ns == first[untouched]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"threshold": 0.5}, f"threshold {THRESHOLD:g}, not 0.5"),
        ({"text_column": "body"}, "text column text, not body"),
        ({"with_text": True}, "with text false, not true"),
        ({"second_look": True}, "second look false, not true"),
        ({"output_format": OutputFormat.JSONL_GZ}, "output format jsonl, not jsonl.gz"),
    ],
)
def test_other_settings_are_refused(scan: Any, tmp_path: Path, options: dict[str, Any], named: str) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    assert scan(empty) == 0
    with pytest.raises(UsageError, match=f"holds a scan with {named}"):
        scan(empty, **options)


def test_overwriting_removes_what_the_scan_wrote_and_nothing_else(
    scan: Any, corpus: Path, tmp_path: Path, results: Any
) -> None:
    (corpus / "two.jsonl").write_text("{broken\n", encoding="utf-8")
    assert scan(corpus) == 2
    other = tmp_path / "out/notes.txt"
    other.write_text("mine", encoding="utf-8")
    (corpus / "two.jsonl").unlink()
    (corpus / "sub/one.jsonl").unlink()
    assert scan(corpus, output_format=OutputFormat.JSONL_GZ, overwrite=True) == 0
    assert list(results(tmp_path / "out")) == ["notes.txt", "one.jsonl.gz"]


def test_files_of_others_are_not_replaced(scan: Any, corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/one.jsonl").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"holds one\.jsonl already, which is no scan's"):
        scan(corpus)
    assert (tmp_path / "out/one.jsonl").read_text(encoding="utf-8") == "mine"


def test_another_corpus_under_the_same_names_is_refused(scan: Any, corpus: Path, tmp_path: Path) -> None:
    assert scan(corpus / "one.jsonl") == 0
    with pytest.raises(UsageError, match=r"holds the results of .*one\.jsonl under the name of"):
        scan(corpus / "sub/one.jsonl")


def events(corpus: Path, out: Path) -> Iterator[Any]:
    storage = Storage(str(out))
    shards, _ = find_shards([str(corpus)], storage)
    return scan_local(shards, storage, SETTINGS, workers=2)


def test_a_killed_worker_costs_nothing(
    corpus: Path, tmp_path: Path, scan: Any, results: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_RECORDS", 2)
    told = []
    for event in events(corpus, tmp_path / "killed"):
        told.append(event)
        if len(told) == 2:
            os.kill(multiprocessing.active_children()[0].pid or 0, signal.SIGKILL)
    assert not any(isinstance(event, Failed) for event in told)
    assert scan(corpus) == 0
    assert results(tmp_path / "killed") == results(tmp_path / "out")


def test_workers_that_are_killed_each_time_end_the_scan(corpus: Path, tmp_path: Path) -> None:
    over = threading.Event()

    def kill_all() -> None:
        while not over.wait(0.05):
            for process in multiprocessing.active_children():
                process.kill()

    killer = threading.Thread(target=kill_all)
    killer.start()
    try:
        told: list[Any] = []
        with pytest.raises(MisplacedError, match=r"were killed 9 times"):
            told += events(corpus, tmp_path / "out")
    finally:
        over.set()
        killer.join()
    assert not list((tmp_path / "out").rglob("*.jsonl"))
