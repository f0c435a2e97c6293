"""The engine ``ray`` on a real cluster of this machine: the same bytes, whoever is killed."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from misplaced.apps.scan.settings import Engine
from misplaced.errors import MisplacedError

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="actors are found in /proc")

SHARDS = 5


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def family(pid: int) -> list[int]:
    """Processes that a process has started, and those that these have."""
    found = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, tasks.read_text().split()):
            found += [child, *family(child)]
    return found


def is_actor(pid: int) -> bool:
    return b"ShardScanner" in Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.fixture(scope="module")
def cluster(require: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """A head node of two processors: its address and its process."""
    require("ray")
    port = free_port()
    # Paths of sockets are short; pytest's folders are not.
    folder = Path("/tmp") / f"misplaced-ray-{os.getpid()}"
    command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block"]
    command += [f"--port={port}", "--num-cpus=2", "--object-store-memory=200000000"]
    command += ["--include-dashboard=false", f"--temp-dir={folder}"]
    log = (tmp_path_factory.mktemp("ray") / "log").open("wb+")
    # A token of its own, for whoever this module starts: none is looked for, made or left elsewhere.
    patch = pytest.MonkeyPatch()
    patch.setenv("RAY_AUTH_MODE", "token")
    patch.setenv("RAY_AUTH_TOKEN", secrets.token_hex(32))
    patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    head = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        end = time.monotonic() + 180
        while b"Ray runtime started" not in Path(log.name).read_bytes():
            assert head.poll() is None, Path(log.name).read_text()
            assert time.monotonic() < end, Path(log.name).read_text()
            time.sleep(0.2)
        yield f"127.0.0.1:{port}", head.pid
    finally:
        started = family(head.pid)
        head.terminate()
        with suppress(subprocess.TimeoutExpired):
            head.wait(3)
        for pid in (head.pid, *started):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        head.wait()
        log.close()
        patch.undo()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_killed_actor_costs_nothing(
    cluster: tuple[str, int],
    start: Any,
    scan: Any,
    records: list[dict[str, Any]],
    tmp_path: Path,
    results: Any,
) -> None:
    corpus, out = tmp_path / "shards", tmp_path / "out"
    corpus.mkdir()
    for number in range(SHARDS):
        lines = "".join(json.dumps(record) + "\n" for record in records[number:])
        (corpus / f"{number}.jsonl").write_text(f"{lines}{{broken\n", encoding="utf-8")
    arguments = [corpus, "-o", out, "-f", "jsonl", "--no-second-look"]
    running = start(*arguments, "--engine", "ray", "--address", cluster[0])
    end = time.monotonic() + 180
    while not list(out.glob("_scan/done/*.json")):
        assert running.poll() is None, running.communicate()[1]
        assert time.monotonic() < end
        time.sleep(0.02)
    victim = next(filter(is_actor, family(cluster[1])))
    os.kill(victim, signal.SIGKILL)
    assert len(list(out.glob("_scan/done/*.json"))) < SHARDS
    _, err = running.communicate(timeout=240)
    assert running.returncode == 2
    assert f"{SHARDS} shards in {out}: {SHARDS * 20 - 10} documents, " in err
    assert f"; {SHARDS} records not judged; " in err
    assert scan(corpus, output=str(tmp_path / "local"), workers=2) == 2
    assert results(out) == results(tmp_path / "local")
    assert not (out / "_scan/partial").exists()


def test_an_address_where_nobody_answers_is_refused_at_once(scan: Any, corpus: Path, require: Any) -> None:
    require("ray")
    with pytest.raises(MisplacedError, match=r"127\.0\.0\.1:\d+: nobody answers"):
        scan(corpus, engine=Engine.RAY, address=f"127.0.0.1:{free_port()}")
