"""How scans scale: one worker and two, on this machine's processes and on Ray.

    python benchmarks/scaling.py --data FOLDER -o eval/scaling.json

Whole runs of ``misplaced scan`` are timed, starting up and all, on the same shards in turns.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer
from provenance import conditions

from misplaced.labelled import digest, read_labelled
from misplaced.replacing import replacing

_SCAN = [str(Path(sys.executable).parent / "misplaced"), "scan"]
_RUNS = {
    "local_1": ["--workers", "1"],
    "local_2": ["--workers", "2"],
    "ray_1": ["--engine", "ray", "--workers", "1"],
    "ray_2": ["--engine", "ray", "--workers", "2"],
}


def main(
    data: Annotated[Path, typer.Option(help="Folder of the benchmarks.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the results go, as JSON.")],
    articles: Annotated[int, typer.Option(help="Articles, in eight shards.")] = 400,
    model: Annotated[str, typer.Option(help="A model's name or folder.")] = "default",
) -> None:
    """Measure and write the results."""
    corpus = data / "inserted-dev.jsonl.gz"
    documents = list(read_labelled(corpus))[:articles]
    with tempfile.TemporaryDirectory() as folder:
        shards = Path(folder) / "corpus"
        shards.mkdir()
        for number in range(8):
            rows = [json.dumps({"id": d.id, "paragraphs": d.paragraphs}) for d in documents[number::8]]
            (shards / f"{number}.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
        seconds = {name: _timed(shards, Path(folder), model, options) for name, options in _RUNS.items()}
    paragraphs = sum(len(d.paragraphs) for d in documents)
    results: dict[str, Any] = {
        **conditions(),
        "data": {"name": corpus.name, "digest": digest(corpus), "articles": articles},
        "model": model,
        "paragraphs": paragraphs,
        "seconds": {name: round(s, 2) for name, s in seconds.items()},
        "paragraphs_per_second": {name: round(paragraphs / s, 1) for name, s in seconds.items()},
        "local_2_by_1": round(seconds["local_1"] / seconds["local_2"], 2),
        "ray_2_by_1": round(seconds["ray_1"] / seconds["ray_2"], 2),
    }
    with replacing(output) as stream:
        stream.write((json.dumps(results, indent=2) + "\n").encode())
    sys.stdout.write(json.dumps(results, indent=2) + "\n")


def _timed(shards: Path, folder: Path, model: str, options: list[str]) -> float:
    target = folder / "judged"
    shutil.rmtree(target, ignore_errors=True)
    start = perf_counter()
    command = [*_SCAN, str(shards), "-o", str(target), "--model", model, *options]
    subprocess.run(command, check=True, capture_output=True)
    return perf_counter() - start


if __name__ == "__main__":
    typer.run(main)
