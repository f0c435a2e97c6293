from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from misplaced.labelled import read_labelled
from misplaced.training.articles import Article
from misplaced.training.corpus import make_corpus
from misplaced.training.corruption.donors import DonorPool
from misplaced.training.corruption.fusion import MIN_HOST_WORDS
from misplaced.training.corruption.insertion import DEFAULT_FORMS, InsertionSettings, corrupt

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def hosts(articles: list[dict[str, object]]) -> list[Article]:
    keys = ("id", "title", "topic", "date")
    return [
        Article(
            **{key: record[key] for key in keys},
            paragraphs=tuple(record["paragraphs"]),
            labels=tuple(record["labels"]),
        )
        for record in articles
    ]


def fused(hosts: list[Article], **changes: object) -> list:
    settings = {"rate": 1.0, "most": 3, "forms": ("fused",), "seed": 4, **changes}
    return corrupt(hosts, InsertionSettings(**settings), DonorPool(hosts))


def test_a_mixed_paragraph_is_the_hosts_own_and_a_marked_foreign_part(hosts):
    made = fused(hosts)
    by_id = {host.id: host for host in hosts}
    count = 0
    for article in made:
        host = by_id[article.id]
        assert len(article.paragraphs) == len(host.paragraphs)
        mixed = {span.paragraph for span in article.spans}
        for index, (text, label) in enumerate(zip(article.paragraphs, article.labels, strict=True)):
            if index not in mixed:
                assert (text, label) == (host.paragraphs[index], host.labels[index])
        for span in article.spans:
            text = article.paragraphs[span.paragraph]
            rest = text[: span.start] + text[span.end :]
            assert article.labels[span.paragraph] == "ignore"
            assert "".join(rest.split()) == "".join(host.paragraphs[span.paragraph].split())
            assert len(host.paragraphs[span.paragraph].split()) >= MIN_HOST_WORDS
            assert text[span.start : span.end].strip() == text[span.start : span.end] != ""
            assert span.label in ("off_topic", "boilerplate")
            count += 1
        assert (article.form == "fused") == bool(article.spans)
    assert count > len(hosts)


def test_it_stands_at_the_start_inside_and_at_the_end(hosts):
    places = {
        (span.start == 0, span.end == len(article.paragraphs[span.paragraph]))
        for article in fused(hosts)
        for span in article.spans
    }
    assert places == {(True, False), (False, False), (False, True)}


def test_among_other_forms_the_marks_stay_with_their_paragraphs(hosts):
    made = fused(hosts, forms=("fused", "paragraph", "lookalike", "headline"), mixed=True, most=6)
    by_id = {host.id: host for host in hosts}
    assert sum(len(article.spans) for article in made) > 20
    for article in made:
        own = {"".join(text.split()) for text in by_id[article.id].paragraphs}
        for span in article.spans:
            text = article.paragraphs[span.paragraph]
            assert article.labels[span.paragraph] == "ignore"
            assert "".join((text[: span.start] + text[span.end :]).split()) in own


def test_same_seed_same_bytes_and_what_is_written_is_read_back(article_file: Path, tmp_path: Path) -> None:
    settings = InsertionSettings(rate=1.0, forms=("fused",), seed=1)
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    make_corpus([article_file], first, settings)
    make_corpus([article_file], second, settings)
    assert first.read_bytes() == second.read_bytes()
    records = [json.loads(line) for line in first.read_text(encoding="utf-8").splitlines()]
    for record, article in zip(records, read_labelled(first), strict=True):
        spans = [[s.paragraph, s.start, s.end, s.label] for s in article.spans]
        assert spans == [list(span.values()) for span in record.get("spans", [])]


def test_nothing_is_fused_unless_asked_for(hosts):
    assert "fused" not in DEFAULT_FORMS
    made = corrupt(hosts, InsertionSettings(rate=1.0), DonorPool(hosts))
    assert not any(article.spans for article in made)
    assert not any("spans" in article.record() for article in made)


def test_short_paragraphs_are_left_alone():
    hosts = [
        Article(str(n), "A title of words", ("Too short a line.",) * 5, ("coherent",) * 5) for n in range(4)
    ]
    assert not any(article.spans for article in fused(hosts))
