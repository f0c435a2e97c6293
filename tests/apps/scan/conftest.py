"""Small corpora, and scans of them in this process and in one of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Scan = Callable[..., int]

FOREIGN = "READ MORE: Ten bakeries to visit this autumn. Sign up for our newsletter!"


@pytest.fixture(autouse=True)
def _extra(require: Callable[[str], Any]) -> None:
    require("fsspec")
    require("pyarrow")


@pytest.fixture(scope="session")
def records(articles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Twenty articles, every second with a line that does not belong; half of them as text."""
    made = []
    for number, article in enumerate(articles[:20]):
        paragraphs = [str(p) for p in article["paragraphs"]]
        if number % 2:
            paragraphs.insert(2, FOREIGN)
        record = {"id": f"a{number}", "title": article["title"], "url": "not looked at"}
        body = {"paragraphs": paragraphs} if number % 4 < 2 else {"text": "\n\n".join(paragraphs)}
        made.append({**record, **body})
    return made


@pytest.fixture
def corpus(records: list[dict[str, Any]], tmp_path: Path) -> Path:
    """A folder of three shards, one of them in a folder of its own."""
    folder = tmp_path / "corpus"
    (folder / "sub").mkdir(parents=True)
    for name, part in (("one", records[:8]), ("two", records[8:12]), ("sub/one", records[12:])):
        text = "".join(json.dumps(record) + "\n" for record in part)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def scan(tmp_path: Path) -> Scan:
    """Scan in this process, into ``out`` unless told otherwise, without the second look."""
    from misplaced.apps.scan.scanning import Options, run
    from misplaced.apps.scan.settings import OutputFormat

    def run_it(*inputs: object, **options: Any) -> int:
        defaults = {"output": str(tmp_path / "out"), "second_look": False, "workers": 1}
        defaults["output_format"] = OutputFormat.JSONL
        return run(Options(tuple(map(str, inputs)), **{**defaults, **options}))

    return run_it


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start the command in a process of its own."""
    started = []

    def start_it(*arguments: object) -> subprocess.Popen[str]:
        code = "from misplaced.apps.cli import main; main()"
        running = subprocess.Popen(
            [sys.executable, "-P", "-c", code, "scan", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        started.append(running)
        return running

    yield start_it
    for running in started:
        running.kill()
        running.communicate()


@pytest.fixture
def results() -> Callable[[Path], dict[str, bytes]]:
    """Everything that readers of the output find, by name, and the errors."""

    def read(folder: Path) -> dict[str, bytes]:
        found = {}
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and (not name.startswith("_scan/") or name.startswith("_scan/errors/")):
                found[name] = path.read_bytes()
        return found

    return read


@pytest.fixture
def rows() -> Callable[[Path], list[dict[str, Any]]]:
    """Rows of a JSON lines file."""

    def read(path: Path) -> list[dict[str, Any]]:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    return read
