from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misplaced.document import INVISIBLE, Document, fold

VISIBLE = re.compile(rf"[^\s{INVISIBLE}]")


@given(st.lists(st.text(max_size=20), max_size=8))
def test_as_many_paragraphs_come_out_as_go_in_and_offsets_point_at_them(paragraphs):
    document = Document.from_paragraphs(paragraphs, title="t")
    assert [p.text for p in document.paragraphs] == paragraphs
    for paragraph in document.paragraphs:
        assert document.source[paragraph.start : paragraph.end] == paragraph.text
        assert paragraph.line == document.source.count("\n", 0, paragraph.start) + 1
        assert paragraph.content == fold(paragraph.text)
    assert document.source == "\n\n".join(paragraphs)


@given(st.text())
def test_folding_is_idempotent_and_keeps_the_words(text):
    folded = fold(text)
    assert folded == fold(folded)
    assert folded == (" ".join(text.split()) if VISIBLE.search(text) else "")
    assert "\n" not in folded


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"path": "a.txt", "id": "7"}, "a.txt"),
        ({"path": "a.jsonl", "record_line": 3, "id": "7"}, "a.jsonl:3"),
        ({"id": "7"}, "7"),
        ({}, "<text>"),
    ],
)
def test_name_says_where_it_is_from(fields, name):
    assert Document.from_paragraphs(["x"], **fields).name == name


def test_empty_paragraphs_do_not_make_a_document_long_enough():
    assert Document.from_paragraphs(["one", "two", " \n "]).too_short
    assert not Document.from_paragraphs(["one", "two", "", "three"]).too_short


@pytest.mark.parametrize("text", ["\u200b", "\ufeff \u2060\n", "\u00ad\u202e", "\u200d \u200d"])
def test_what_shows_nothing_is_empty(text):
    document = Document.from_paragraphs(["one", text, "two"])
    assert [p.content for p in document.paragraphs] == ["one", "", "two"]
    assert document.paragraphs[1].text == text
    assert document.too_short
    assert fold(f"a{text}b") == " ".join(f"a{text}b".split())


def test_from_text_finds_a_title_only_where_none_is_given():
    text = "Ferry returns\n\nThe ferry sailed again.\n\nIt was full.\n"
    found = Document.from_text(text)
    assert (found.title, len(found.paragraphs)) == ("Ferry returns", 2)
    given_title = Document.from_text(text, title="Ships", id="x", path="p.txt", record_line=2)
    assert (given_title.title, len(given_title.paragraphs)) == ("Ships", 3)
    assert (given_title.id, given_title.path, given_title.record_line) == ("x", "p.txt", 2)
