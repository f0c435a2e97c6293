"""The benchmarks that are measured: the frozen ones as they are, the others made from them.

First station of the accuracy report: a folder of data in, files of labelled articles out. What is made
is the same byte for byte for the same data.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misplaced.errors import CorpusError
from misplaced.eval import conditions
from misplaced.eval.scored import CLEAN_KIND
from misplaced.labelled import LabelledDocument, read_labelled, read_objects
from misplaced.replacing import replacing
from misplaced.training.corpus import make_corpus
from misplaced.training.corruption.insertion import InsertionSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

WILD, INSERTED, BLOGS = "wild-dev", "inserted-dev", "blogs-train"

#: The blog posts at the end of the file, which the bundled model's recipe leaves out.
HELD_OUT_BLOGS = 459

#: Whole foreign text, in the forms of the frozen inserted benchmark.
PROSE_FORMS = ("paragraph", "run", "teaser", "sentence")

#: Of everything drawn here.
_SEED = 2031

_ROOT = Path(__file__).parent.parent

#: Stories of an invented region: short, of one hand, of a kind that no model is trained on.
_SAMPLES = _ROOT / "docs" / "samples" / "articles.jsonl"
LOCAL = "local stories of docs/samples, random donors"

#: Articles of other registers than news, each of them its topic; models are trained on others of the kind.
_REGISTERS = _ROOT / "corpora" / "registers-test.jsonl"
REGISTER = "{} articles of corpora/, donors of their kind"

#: How often each of those few gets other insertions.
_DRAWS = 6


def frozen(data: Path, name: str) -> Path:
    """Return a file of the data folder by its name without endings.

    Raises
    ------
    CorpusError
        If it is not there.
    """
    for ending in (".jsonl.gz", ".jsonl"):
        if (data / f"{name}{ending}").is_file():
            return data / f"{name}{ending}"
    raise CorpusError(f"no {name}.jsonl.gz", where=str(data), hint="name the folder with --data")


def held_out_blogs(data: Path, work: Path) -> Path:
    """Make the benchmark of blog posts: the held-out ones, with insertions from each other.

    Random donors, prose forms; short lines of the posts, which nobody has labelled, do not count.
    """
    records = [record for _, record in read_objects(frozen(data, BLOGS))]
    hosts = work / "blogs-hosts.jsonl.gz"
    _write(hosts, records[-HELD_OUT_BLOGS:])
    made = work / "blogs-held-out.jsonl.gz"
    make_corpus([hosts], made, InsertionSettings(donors=("random",), forms=PROSE_FORMS, seed=_SEED))
    return made


def fused_sentences(data: Path, work: Path) -> Path:
    """Make the benchmark of foreign text inside paragraphs, from the inserted one's untouched articles."""
    hosts = work / "fused-hosts.jsonl.gz"
    write_labelled(hosts, (a for a in read_labelled(frozen(data, INSERTED)) if a.kind == CLEAN_KIND))
    made = work / "fused-sentences.jsonl.gz"
    make_corpus([hosts], made, InsertionSettings(donors=("random",), forms=("fused",), seed=_SEED))
    return made


def derived(data: Path, work: Path) -> dict[str, Path]:
    """Make the benchmarks of harder conditions from the frozen ones.

    Returns
    -------
    dict of str to Path
        Files by what to call them, in the order to show them in.
    """
    wild, inserted = (list(read_labelled(frozen(data, name))) for name in (WILD, INSERTED))
    made: dict[str, Iterable[LabelledDocument]] = {
        f"{WILD}, titles dropped": map(conditions.untitled, wild),
        f"{INSERTED}, titles dropped": map(conditions.untitled, inserted),
        f"{WILD}, hard-wrapped, blank lines": (conditions.hard_wrapped(a, blank_lines=True) for a in wild),
        f"{WILD}, hard-wrapped, no blank lines": (
            conditions.hard_wrapped(a, blank_lines=False) for a in wild
        ),
        f"{INSERTED}, hard-wrapped, no blank lines": (
            conditions.hard_wrapped(a, blank_lines=False) for a in inserted
        ),
        f"{INSERTED}, one-sentence paragraphs": filter(conditions.is_one_sentence, inserted),
        f"{INSERTED}, untouched, a third gallery": _galleries(inserted),
        LOCAL: _drawn(_SAMPLES, work),
        **_registers(work),
    }
    paths = {}
    for name, articles in made.items():
        path = work / (re.sub(r"[^\w.]+", "-", name) + ".jsonl.gz")
        if write_labelled(path, articles):
            paths[name] = path
    return paths


def _galleries(articles: list[LabelledDocument]) -> Iterable[LabelledDocument]:
    """Untouched articles with a gallery; every other one's is of many stories."""
    untouched = [article for article in articles if article.kind == CLEAN_KIND]
    if len(untouched) < 2:
        return
    for number, article in enumerate(untouched):
        rng = random.Random(f"{_SEED}:{article.id}")
        yield conditions.with_gallery(article, untouched, rng, many=bool(number % 2))


def _registers(work: Path) -> dict[str, Iterable[LabelledDocument]]:
    """The articles of each register with insertions from each other."""
    records: dict[str, list[dict[str, Any]]] = {}
    for _, record in read_objects(_REGISTERS):
        records.setdefault(str(record["topic"]), []).append(record)
    made = {}
    for register, some in records.items():
        hosts = work / f"{register}-hosts.jsonl.gz"
        _write(hosts, some)
        made[REGISTER.format(register)] = _drawn(hosts, work)
    return made


def _drawn(hosts: Path, work: Path) -> Iterable[LabelledDocument]:
    """A few articles with insertions from each other, several times over; all their lines are their own."""
    work.mkdir(parents=True, exist_ok=True)
    for draw in range(_DRAWS):
        made = work / f"{hosts.name.split('.')[0]}-{draw}.jsonl.gz"
        settings = InsertionSettings(donors=("random",), forms=PROSE_FORMS, seed=draw)
        make_corpus([hosts], made, settings, trust_lines=True)
        yield from (replace(article, id=f"{article.id}-{draw}") for article in read_labelled(made))


def write_labelled(path: Path, articles: Iterable[LabelledDocument]) -> int:
    """Write labelled articles that have paragraphs; return how many they were."""
    records = [
        {
            "id": article.id,
            "title": article.title,
            "kind": article.kind,
            "form": article.form,
            "paragraphs": list(article.paragraphs),
            "labels": list(article.labels),
        }
        for article in articles
        if article.paragraphs
    ]
    _write(path, records)
    return len(records)


def _write(path: Path, records: Iterable[dict[str, Any]]) -> None:
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as stream:
        stream.write(gzip.compress(lines.encode(), mtime=0))
