"""How fast: cold start, throughput, memory, cost against length; ratios against the obvious script.

    python benchmarks/speed.py --data FOLDER -o eval/speed.json --page docs/speed.md

Everything is measured in processes of their own, in turns, and the medians are compared: a ratio of
one run on one machine, never a time by itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from math import log
from pathlib import Path
from statistics import median
from threading import get_ident
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer
from provenance import conditions
from speedpage import page as write_page

from misplaced.labelled import digest, read_labelled
from misplaced.replacing import replacing

if TYPE_CHECKING:
    from collections.abc import Sequence

_HERE = Path(__file__).parent
_BIN = Path(sys.executable).parent

#: Paragraphs of the article of the cold start, and of the articles of the length curve.
_COLD = 25
_LENGTHS = (10, 100, 1_000, 10_000)


def main(
    data: Annotated[Path, typer.Option(help="Folder of the benchmarks.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the results go, as JSON.")],
    page: Annotated[Path | None, typer.Option(help="Write this page from them, too.")] = None,
    articles: Annotated[int, typer.Option(help="Articles of the throughput.")] = 150,
    rounds: Annotated[int, typer.Option(help="Turns; the median counts.")] = 3,
) -> None:
    """Measure and write ``eval/speed.json``."""
    corpus = data / "inserted-dev.jsonl.gz"
    documents = [d.paragraphs for d in read_labelled(corpus)]
    with tempfile.TemporaryDirectory() as folder:
        results = {
            **conditions(),
            "data": {"name": corpus.name, "digest": digest(corpus), "articles": articles},
            "cold_start": _cold_start(documents, Path(folder), rounds + 2),
            "throughput": _throughput(documents[:articles], Path(folder), rounds),
            "length": _length(documents, Path(folder)),
        }
    with replacing(output) as stream:
        stream.write((json.dumps(results, indent=2) + "\n").encode())
    if page is not None:
        with replacing(page) as stream:
            stream.write(write_page(json.loads(json.dumps(results))).encode())
    sys.stdout.write(json.dumps(results, indent=2) + "\n")


def _cold_start(documents: Sequence[Sequence[str]], folder: Path, rounds: int) -> dict[str, Any]:
    """Seconds from the shell to the verdict on one article."""
    article = folder / "article.txt"
    paragraphs = next(d for d in documents if len(d) >= _COLD)[:_COLD]
    article.write_text("\n\n".join(paragraphs) + "\n", encoding="utf-8")
    commands = {
        "script": [sys.executable, str(_HERE / "script.py"), str(article)],
        "detect": [str(_BIN / "detect"), "--exit-zero", str(article)],
        "detect_fast": [str(_BIN / "detect"), "--exit-zero", "--model", "fast", str(article)],
        "help": [str(_BIN / "detect"), "--help"],
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            start = perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            seconds[name].append(perf_counter() - start)
    found: dict[str, Any] = {f"{name}_seconds": round(median(s), 3) for name, s in seconds.items()}
    found["script_by_detect"] = round(median(seconds["script"]) / median(seconds["detect"]), 2)
    found["help_by_detect"] = round(median(seconds["help"]) / median(seconds["detect"]), 3)
    return found


def _throughput(documents: Sequence[Sequence[str]], folder: Path, rounds: int) -> dict[str, Any]:
    """Paragraphs a second over the same articles, each contender in a process of its own."""
    runs: dict[str, list[dict[str, Any]]] = {"script": [], "default": [], "fast": [], "fast_all_cores": []}
    cores = os.cpu_count() or 1
    for _ in range(rounds):
        for name, of_it in runs.items():
            of_it.append(_beside(name, documents, folder, cores if name == "fast_all_cores" else 1))
    found: dict[str, Any] = {
        name: {
            key: median(run[key] for run in of_it) for key in of_it[0] if key not in ("seconds", "paragraphs")
        }
        for name, of_it in runs.items()
    }
    found["paragraphs"] = runs["script"][0]["paragraphs"]
    rate = {name: found[name]["paragraphs_per_second"] for name in runs}
    found["default_by_script"] = round(rate["default"] / rate["script"], 2)
    # The script and the default model use all cores by themselves; the fast one takes a process a core.
    found["fast_by_script"] = round(rate["fast_all_cores"] / rate["script"], 1)
    found["fast_one_process_by_script"] = round(rate["fast"] / rate["script"], 1)
    return found


def _length(documents: Sequence[Sequence[str]], folder: Path) -> dict[str, Any]:
    """Seconds for one article of so many paragraphs, and the power of the length that they grow with."""
    found: dict[str, Any] = {}
    paragraphs = [p for d in documents for p in d]
    for model in ("default", "fast"):
        seconds = {
            count: _bulk(model, [list(islice(paragraphs, count))], folder)["seconds"] for count in _LENGTHS
        }
        found[model] = {
            "seconds": seconds,
            "exponent_100_to_10000": round(log(seconds[10_000] / seconds[100]) / log(100), 3),
        }
    return found


def _beside(
    contender: str, documents: Sequence[Sequence[str]], folder: Path, processes: int
) -> dict[str, Any]:
    """The same as :func:`_bulk` in several processes at once: rates and memory added up."""
    if processes == 1:
        return _bulk(contender, documents, folder)
    with ThreadPoolExecutor(processes) as pool:
        results = list(pool.map(lambda _: _bulk("fast", documents, folder), range(processes)))
    return {key: round(sum(result[key] for result in results), 1) for key in results[0]}


def _bulk(contender: str, documents: Sequence[Sequence[str]], folder: Path) -> dict[str, Any]:
    articles = folder / f"articles-{get_ident()}.json"
    articles.write_text(json.dumps(list(documents)), encoding="utf-8")
    command = [sys.executable, str(_HERE / "bulk.py"), contender, str(articles)]
    made = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(made.stdout.splitlines()[-1])
    return result


if __name__ == "__main__":
    typer.run(main)
