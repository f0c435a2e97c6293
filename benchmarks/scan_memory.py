"""Measure the memory of a scan: a corpus as large as wanted, and every process looked at while it works.

::

    python benchmarks/scan_memory.py --articles 100000 -o scan-memory.json

Articles are composed of a few sentences with changing words, so that no two are alike. The result is
JSON: the peak of every process, its course over time, the machine and the versions. Linux only.
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

_SENTENCES = (
    "The {one} committee of {place} met for the {number}th time to speak about the {two}.",
    "Nobody in {place} had expected that the {two} would cost more than the {one} itself.",
    "According to the minutes, {number} members voted for the {one} and against the {two}.",
    "The {two} behind the town hall has been closed since the {one} was delivered.",
    "A report of {number} pages says how the {one} and the {two} fit together.",
    "Residents of {place} brought {number} letters about the {one} to the meeting.",
    "The mayor called the {two} a matter of patience and promised a {one} by autumn.",
    "An engineer explained with {number} drawings why the {two} needs another {one}.",
)
_FOREIGN = "READ MORE: {number} ways to cook a {three} this weekend. Sign up for our newsletter!"
_THINGS = ("bridge", "library", "swimming pool", "tram depot", "orchard", "water tower", "museum", "kiln")
_PLACES = ("Ellmouth", "Brackwater", "Sorrelton", "Upper Wend", "Castermoor", "Tilbrook")
_FOOD = ("pumpkin", "trout", "cabbage", "quince")
_POINTS = 60


def measure(
    articles: Annotated[int, typer.Option(help="How many articles.")] = 10_000,
    paragraphs: Annotated[int, typer.Option(help="Paragraphs of an article.")] = 4,
    shards: Annotated[int, typer.Option(help="Files they are in.")] = 4,
    workers: Annotated[int, typer.Option(help="Worker processes.")] = 2,
    every: Annotated[float, typer.Option(help="Seconds between two looks.")] = 1.0,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="JSON file.")] = None,
    scan_options: Annotated[
        list[str] | None, typer.Argument(help="Options of misplaced scan, behind --.")
    ] = None,
) -> None:
    """Scan a composed corpus and look at the memory of its processes."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for number in range(shards):
            _write(corpus / f"part-{number:03}.jsonl.gz", range(number, articles, shards), paragraphs)
        code = "from misplaced.apps.cli import main; main()"
        command = [sys.executable, "-P", "-c", code, "scan", str(corpus), "-o", f"{folder}/out"]
        command += ["--workers", str(workers), *(scan_options or [])]
        result = _watch(command, every)
    result = {"articles": articles, "paragraphs": paragraphs, "shards": shards, **result}
    result |= {"options": scan_options or [], "machine": _machine()}
    text = json.dumps(result)
    if output is None:
        typer.echo(text)
    else:
        output.write_text(text + "\n", encoding="utf-8")
        for process in result["processes"]:
            typer.echo(
                f"{process['kind']}: peak {process['peak_mb']} MB, last third over first third "
                f"{process['growth']}"
            )


def _write(path: Path, numbers: range, paragraphs: int) -> None:
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as stream:
        for number in numbers:
            rng = random.Random(number)
            words = {"one": rng.choice(_THINGS), "two": rng.choice(_THINGS), "place": rng.choice(_PLACES)}
            parts = [
                " ".join(
                    sentence.format(**words, number=rng.randint(3, 9999))
                    for sentence in rng.sample(_SENTENCES, 3)
                )
                for _ in range(paragraphs)
            ]
            if number % 5 == 0:
                line = _FOREIGN.format(three=rng.choice(_FOOD), number=rng.randint(3, 9999))
                parts[rng.randrange(1, paragraphs)] = line
            record = {
                "id": str(number),
                "title": f"The {words['one']} of {words['place']}",
                "paragraphs": parts,
            }
            stream.write(json.dumps(record) + "\n")


def _watch(command: list[str], every: float) -> dict[str, Any]:
    started = time.monotonic()
    running = subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8")
    seen: dict[int, list[tuple[float, float, float]]] = {}
    while running.poll() is None:
        for pid in (running.pid, *_children(running.pid)):
            memory = _memory(pid)
            if memory is not None:
                seen.setdefault(pid, []).append((round(time.monotonic() - started, 1), *memory))
        time.sleep(every)
    assert running.stderr is not None
    told = running.stderr.read().strip()
    processes = [
        {"kind": "parent" if pid == running.pid else "worker", **_course(points)}
        for pid, points in seen.items()
        if pid == running.pid or len(points) > 2
    ]
    seconds = round(time.monotonic() - started, 1)
    return {"status": running.returncode, "told": told, "seconds": seconds, "processes": processes}


def _course(points: list[tuple[float, float, float]]) -> dict[str, Any]:
    third = max(1, len(points) // 3)
    # What is loaded at the beginning is no growth.
    first = max(rss for _, rss, _ in points[: 2 * third][third // 2 :])
    last = max(rss for _, rss, _ in points[-third:])
    step = max(1, len(points) // _POINTS)
    return {
        "peak_mb": max(peak for _, _, peak in points),
        "growth": round(last / first, 3),
        "seconds": [at for at, _, _ in points[::step]],
        "rss_mb": [rss for _, rss, _ in points[::step]],
    }


def _children(pid: int) -> list[int]:
    """Processes of a Python program that judge: not the one that only watches for lost resources."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    found = [int(child) for task in tasks for child in task.read_text().split()]
    return [child for child in found if "spawn_main" in _command(child)]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def _memory(pid: int) -> tuple[float, float] | None:
    """Resident memory and its peak, in MB; None for a process that has ended."""
    try:
        lines = dict(
            line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line
        )
        rss, peak = (int(lines[name].split()[0]) / 1000 * 1.024 for name in ("VmRSS", "VmHWM"))
        return round(rss, 1), round(peak, 1)
    except (OSError, KeyError):
        return None


def _machine() -> dict[str, Any]:
    names = ("misplaced", "numpy", "onnxruntime", "pyarrow", "tokenizers")
    return {
        "platform": platform.platform(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **{name: version(name) for name in names},
    }


if __name__ == "__main__":
    typer.run(measure)
