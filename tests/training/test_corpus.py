"""A labelled corpus file out of files of articles."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys

import pytest

from misplaced.errors import CorpusError, UsageError
from misplaced.labelled import digest, read_labelled
from misplaced.training.corpus import make_corpus
from misplaced.training.corruption.insertion import InsertionSettings

MAKE = """
import sys
from pathlib import Path
from misplaced.training.corpus import make_corpus
from misplaced.training.corruption.donors import DONORS
from misplaced.training.corruption.insertion import FORMS, InsertionSettings
settings = InsertionSettings(1.0, 3, DONORS, FORMS, seed=5, mixed=True)
make_corpus([Path(sys.argv[1])], Path(sys.argv[2]), settings)
"""


def test_the_same_bytes_in_every_process_and_folder(article_file, tmp_path):
    made = []
    for hash_seed in ("1", "2"):
        folder = tmp_path / hash_seed
        folder.mkdir()
        source = folder / "articles.jsonl"
        source.write_bytes(article_file.read_bytes())
        for name in ("out.jsonl", "out.jsonl.gz"):
            command = [sys.executable, "-c", MAKE, str(source), str(folder / name)]
            subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": hash_seed})
        made.append([(folder / name).read_bytes() for name in ("out.jsonl", "out.jsonl.gz")])
    assert made[0] == made[1]
    assert gzip.decompress(made[0][1]) == made[0][0]


def test_the_folder_of_unnamed_articles_does_not_matter(articles, tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        lines = [json.dumps({k: v for k, v in a.items() if k != "id"}) + "\n" for a in articles]
        (tmp_path / folder / "in.jsonl").write_text("".join(lines))
        make_corpus([tmp_path / folder / "in.jsonl"], tmp_path / f"{folder}.jsonl", InsertionSettings())
    assert digest(tmp_path / "a.jsonl") == digest(tmp_path / "b.jsonl")


def test_the_seed_matters(article_file, tmp_path):
    for seed in (0, 1):
        make_corpus([article_file], tmp_path / f"{seed}.jsonl", InsertionSettings(seed=seed))
    assert digest(tmp_path / "0.jsonl") != digest(tmp_path / "1.jsonl")


def test_the_summary_counts_what_was_written(article_file, articles, tmp_path):
    path = tmp_path / "out.jsonl"
    summary = make_corpus([article_file], path, InsertionSettings(rate=0.5))
    made = list(read_labelled(path))
    assert [m.id for m in made] == [a["id"] for a in articles]
    assert summary.documents == len(made)
    assert summary.corrupted == sum(m.form is not None for m in made)
    assert sum(summary.labels.values()) == sum(len(m.paragraphs) for m in made)
    assert summary.line().startswith(f"{path}: 40 documents, {summary.corrupted} with insertions; ")
    assert f"{summary.labels['off_topic']:,} off_topic" in summary.line()


def test_limit_every_and_other_donors(article_file, articles, tmp_path):
    out = tmp_path / "out.jsonl"
    make_corpus([article_file], out, InsertionSettings(), limit=10, every=3)
    assert [m.id for m in read_labelled(out)] == ["a0", "a3", "a6", "a9"]
    other = {"title": "Owls", "paragraphs": ["The owl of the old mill hunts mice at night."] * 4}
    (tmp_path / "owls.jsonl").write_text(json.dumps(other) + "\n")
    chosen = InsertionSettings(rate=1, forms=("paragraph",))
    make_corpus([article_file], out, chosen, donors_from=[tmp_path / "owls.jsonl"])
    for made in read_labelled(out):
        foreign = {p for p, label in zip(made.paragraphs, made.labels, strict=True) if label == "off_topic"}
        assert foreign == {other["paragraphs"][0]}


def test_recurring_lines_and_trust(tmp_path):
    prose = "The ferry sailed at dawn with forty passengers and two goats on board."
    records = [{"source": "s", "paragraphs": [prose] * 4 + ["Share", f"Line {i}"]} for i in range(4)]
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps(r) + "\n" for r in records))

    def labels(**options):
        make_corpus([source], tmp_path / "out.jsonl", InsertionSettings(rate=0), **options)
        return next(read_labelled(tmp_path / "out.jsonl")).labels[-2:]

    assert labels(recurrences=4) == ("boilerplate", "ignore")
    assert labels(recurrences=0) == ("ignore", "ignore")
    assert labels(recurrences=4, trust_lines=True) == ("boilerplate", "coherent")


@pytest.mark.parametrize("wrong", [{"every": 0}, {"limit": 0}, {"limit": -1}])
def test_options_out_of_range(article_file, tmp_path, wrong):
    with pytest.raises(UsageError, match="out of range; give 1 or more"):
        make_corpus([article_file], tmp_path / "out.jsonl", InsertionSettings(), **wrong)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [("{}\n", r"in\.jsonl:1: 'paragraphs'"), ('{"paragraphs": ["a"]}\n', "no article has 4 paragraphs")],
)
def test_a_failure_leaves_the_output_as_it_was(tmp_path, content, says):
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(content)
    out.write_text("before")
    with pytest.raises(CorpusError, match=says):
        make_corpus([source], out, InsertionSettings())
    assert out.read_text() == "before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]
