from __future__ import annotations

import gzip
import json

import pytest

from misplaced.errors import CorpusError
from misplaced.training.articles import is_prose, label_recurring, read_articles

PROSE = "The ferry sailed at dawn with forty passengers and two goats on board."


def read(tmp_path, *records, name="a.jsonl", **options):
    path = tmp_path / name
    content = "".join(json.dumps(r) + "\n" for r in records).encode()
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return list(read_articles([path], **options))


def test_every_field(tmp_path):
    record = {"id": 7, "title": "T", "paragraphs": ["a"], "labels": ["meta"], "topic": "sea", "date": "d"}
    (article,) = read(tmp_path, {**record, "source": "ell.example", "kind": "multi"})
    assert (article.id, article.title, article.paragraphs, article.labels) == ("7", "T", ("a",), ("meta",))
    assert (article.topic, article.date, article.source, article.kind) == ("sea", "d", "ell.example", "multi")
    assert read(tmp_path, {**record, "site": "s.example"})[0].source == "s.example"


def test_short_lines_of_unlabelled_articles_are_ignored_unless_trusted(tmp_path):
    record = {"paragraphs": [PROSE, "READ MORE"]}
    assert read(tmp_path, record)[0].labels == ("coherent", "ignore")
    assert read(tmp_path, record, trust_lines=True)[0].labels == ("coherent", "coherent")


@pytest.mark.parametrize(
    ("text", "prose"),
    [(PROSE, True), (PROSE[:-1], False), ("A short one ends here, it does.", False), ("word " * 26, True)],
)
def test_prose_is_long_and_closed_or_longer(text, prose):
    assert is_prose(text) is prose


def test_an_article_without_an_id_is_named_by_file_and_line_not_by_folder(tmp_path):
    bare = {"paragraphs": [PROSE]}
    (tmp_path / "deep").mkdir()
    ids = [a.id for a in read(tmp_path, bare, bare)]
    assert ids == ["a.jsonl:1", "a.jsonl:2"]
    assert [a.id for a in read(tmp_path / "deep", bare, bare, name="a.jsonl.gz")] == ids


def test_the_limit_counts_over_all_files(tmp_path):
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text('{"paragraphs": []}\n' * 3)
    paths = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    assert [a.id for a in read_articles(paths, limit=4)] == [
        "a.jsonl:1",
        "a.jsonl:2",
        "a.jsonl:3",
        "b.jsonl:1",
    ]
    assert len(list(read_articles(paths))) == 6


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"title": "x"}', "'paragraphs' is missing"),
        ('{"paragraphs": ["a"], "labels": []}', "1 paragraphs but 0 labels"),
        ('{"paragraphs": ["a"], "labels": ["good"]}', "unknown label 'good'"),
        ('{"paragraphs": [], "topic": []}', "'topic' is not a string"),
    ],
)
def test_a_malformed_line_is_named_by_file_and_line(tmp_path, line, says):
    path = tmp_path / "a.jsonl"
    path.write_text('{"paragraphs": []}\n\n' + line + "\n")
    with pytest.raises(CorpusError, match=says) as caught:
        list(read_articles([path]))
    assert caught.value.where == f"{path}:3"


def test_lines_that_recur_in_a_source_are_furniture(tmp_path):
    line = {"paragraphs": [PROSE, "Follow  us!", PROSE]}
    records = [{**line, "source": "ell.example"} for _ in range(3)]
    records += [{**line, "source": "bra.example"}, {**line}]
    records.append(
        {"source": "ell.example", "paragraphs": ["FOLLOW US!", "Once"], "labels": ["caption", "coherent"]}
    )
    labelled = label_recurring(read(tmp_path, *records), recurrences=4)
    assert [a.labels[1] for a in labelled] == ["boilerplate"] * 3 + ["ignore", "ignore", "coherent"]
    assert labelled[5].labels[0] == "caption"
    assert labelled[0].labels[0] == "coherent"  # stands in three articles only
    assert label_recurring(read(tmp_path, *records), recurrences=5)[0].labels[1] == "ignore"


def test_a_line_repeated_within_one_article_is_not_recurring(tmp_path):
    record = {"source": "ell.example", "paragraphs": ["Chorus"] * 9}
    assert set(label_recurring(read(tmp_path, record))[0].labels) == {"ignore"}
