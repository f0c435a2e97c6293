"""Labelled articles: what is read, and that everything malformed is named by file and line."""

from __future__ import annotations

import gzip
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misplaced.errors import CorpusError
from misplaced.labelled import LABELLED, digest, read_labelled

GOOD = {"id": "n1", "title": "Herons", "paragraphs": ["One.", "Two."], "labels": ["coherent", "caption"]}


def lines(*records) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def test_every_field(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines({**GOOD, "kind": "clean", "form": None, "site": "marsh.example", "extra": 1}))
    (article,) = read_labelled(path)
    assert (article.id, article.title, article.paragraphs) == ("n1", "Herons", ("One.", "Two."))
    assert article.labels == ("coherent", "caption")
    assert (article.kind, article.form, article.site, article.record_line) == (
        "clean",
        None,
        "marsh.example",
        1,
    )


def test_missing_id_is_file_and_line_and_blank_lines_are_skipped(tmp_path):
    path = tmp_path / "a.jsonl"
    bare = {"paragraphs": [], "labels": []}
    path.write_bytes(b"\xef\xbb\xbf" + lines(bare) + b"\r\n  \n" + lines({**bare, "id": 17}, bare))
    articles = list(read_labelled(path))
    assert [(article.id, article.record_line) for article in articles] == [
        ("a.jsonl:1", 1),
        ("17", 4),
        ("a.jsonl:5", 5),
    ]
    assert articles[0].title is None


def test_unlabelled_keeps_paragraphs_as_they_are(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n" + lines({**GOOD, "paragraphs": ["", " x "]}))
    (article,) = read_labelled(path)
    document = article.unlabelled("a.jsonl")
    assert [paragraph.text for paragraph in document.paragraphs] == ["", " x "]
    assert (document.name, document.title, document.id) == ("a.jsonl:2", "Herons", "n1")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'["a"]', "not a JSON object"),
        (b'{"id": "\xff"}', "not UTF-8"),
        (lines({"labels": []}), "'paragraphs' is missing"),
        (lines({"paragraphs": "One.", "labels": []}), "'paragraphs' is missing"),
        (lines({"paragraphs": [1], "labels": ["coherent"]}), "'paragraphs' is missing"),
        (lines({"paragraphs": []}), "'labels' is missing"),
        (lines({**GOOD, "labels": ["coherent"]}), "2 paragraphs but 1 labels"),
        (lines({**GOOD, "labels": ["coherent", "spam"]}), "unknown label 'spam' of paragraph 1"),
        (lines({**GOOD, "title": 3.5}), "'title' is not a string"),
        (lines({**GOOD, "kind": ["clean"]}), "'kind' is not a string"),
        (lines({**GOOD, "id": True}), "'id' is not a string"),
        (lines({**GOOD, "paragraphs": ["One.", "\ud800"]}), "lone surrogate"),
    ],
)
def test_malformed_lines_are_named(tmp_path, line, what):
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(GOOD) + line.rstrip(b"\n") + b"\n" + lines(GOOD))
    with pytest.raises(CorpusError) as caught:
        list(read_labelled(path))
    assert caught.value.where == f"{path}:2"
    assert what in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b'{"id": "a\tb"}', "not JSON: invalid control character, column 10; give one JSON object a line"),
        (b'{"id": "a', "not JSON: unterminated string, column 8; give one JSON object a line"),
        (b"[" * 100_000, "not JSON: nested too deeply"),
    ],
)
def test_a_line_that_is_no_json_is_named_by_its_own_line_and_column(tmp_path, line, what):
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(GOOD, GOOD) + line + b"\n")
    with pytest.raises(CorpusError) as caught:
        list(read_labelled(path))
    assert str(caught.value) == f"{path}:3: {what}"


def test_articles_before_a_malformed_line_are_yielded(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(GOOD) + b"{\n")
    reader = read_labelled(path)
    assert next(reader).id == "n1"
    with pytest.raises(CorpusError):
        next(reader)


@pytest.mark.parametrize("read", [digest, lambda path: list(read_labelled(path))], ids=["digest", "read"])
class TestUnreadableFiles:
    def test_missing(self, tmp_path, read):
        with pytest.raises(CorpusError, match=r"none\.jsonl: no such file"):
            read(tmp_path / "none.jsonl")

    def test_folder(self, tmp_path, read):
        with pytest.raises(CorpusError, match="cannot be read"):
            read(tmp_path)

    def test_plain_text_called_gz(self, tmp_path, read):
        path = tmp_path / "a.jsonl.gz"
        path.write_bytes(lines(GOOD))
        with pytest.raises(CorpusError, match="not a gzip file"):
            read(path)

    def test_cut_off(self, tmp_path, read):
        path = tmp_path / "a.jsonl.gz"
        path.write_bytes(gzip.compress(lines(GOOD) * 50)[:-12])
        with pytest.raises(CorpusError, match="damaged or cut off"):
            read(path)


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_no_articles(tmp_path, content):
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match="no articles"):
        list(read_labelled(path))


def test_digest_is_of_the_content(tmp_path):
    content = lines(GOOD, GOOD)
    plain = tmp_path / "a.jsonl"
    plain.write_bytes(content)
    assert digest(plain) == hashlib.sha256(content).hexdigest()
    for level in (1, 9):
        packed = tmp_path / f"{level}.jsonl.gz"
        packed.write_bytes(gzip.compress(content, level))
        assert digest(packed) == digest(plain)
    plain.write_bytes(content + b"\n")
    assert digest(plain) != digest(packed)


@given(
    st.lists(
        st.tuples(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(LABELLED)), max_size=5
    ),
    st.booleans(),
)
def test_what_is_written_is_read(tmp_path_factory, rows, packed):
    record = {"paragraphs": [text for text, _ in rows], "labels": [label for _, label in rows]}
    path = tmp_path_factory.mktemp("r") / ("a.jsonl.gz" if packed else "a.jsonl")
    path.write_bytes(gzip.compress(lines(record)) if packed else lines(record))
    (article,) = read_labelled(path)
    assert list(zip(article.paragraphs, article.labels, strict=True)) == rows
