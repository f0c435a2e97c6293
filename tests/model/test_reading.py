"""From what the user named to documents."""

from __future__ import annotations

import builtins
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misplaced.document import Document
from misplaced.errors import (
    BinaryError,
    InputError,
    MissingExtraError,
    RecordError,
    UnreadableError,
)
from misplaced.reading import expand, format_of, load, read, read_stdin

ARTICLE = "The ferry left at dawn.\n\nNobody saw it go.\n\nIt came back at noon.\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("b.txt", "a.md", "sub/c.TXT", "sub/deep/d.jsonl", "sub/e.log", ".hidden.txt", ".git/f.txt"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ARTICLE)
    (tmp_path / "empty").mkdir()
    return tmp_path


def found(*inputs: str) -> list[str]:
    return [f"ERROR {item}" if isinstance(item, InputError) else item for item in expand(inputs)]


def documents(path: Path | str, **options: Any) -> list[Document]:
    items = list(read(str(path), **options))
    assert all(isinstance(item, Document) for item in items), items
    return [item for item in items if isinstance(item, Document)]


def only_error(items: Any) -> InputError:
    (item,) = list(items)
    assert isinstance(item, InputError)
    assert "\n" not in str(item)
    return item


class TestExpand:
    def test_folder_gives_its_articles_in_order_without_hidden_ones(self, tree: Path) -> None:
        expected = ["in/a.md", "in/b.txt", "in/sub/c.TXT", "in/sub/deep/d.jsonl"]
        assert found("in") == [os.path.join(*name.split("/")) for name in expected]  # noqa: PTH118

    @pytest.mark.parametrize(
        ("pattern", "expected"),
        [
            ("in/*.txt", ["in/b.txt"]),
            ("in/**/*.[tT]*", ["in/b.txt", "in/sub/c.TXT"]),
            ("in/sub/*.log", ["in/sub/e.log"]),
            ("i?/s*", ["in/sub/c.TXT", "in/sub/deep/d.jsonl"]),
        ],
    )
    def test_pattern(self, tree: Path, pattern: str, expected: list[str]) -> None:
        assert found(pattern) == expected

    def test_same_file_is_found_once_under_any_name(self, tree: Path) -> None:
        (tree / "link.txt").symlink_to(tree / "in/b.txt")
        assert found("in/b.txt", "./in/b.txt", "link.txt", "in/*.txt", "-", "in/a.md", "-") == [
            "in/b.txt",
            "-",
            "in/a.md",
        ]

    def test_named_file_needs_no_suffix_and_may_look_like_a_pattern(self, tree: Path) -> None:
        (tree / "a[1].txt").write_text(ARTICLE)
        assert found("in/sub/e.log", "a[1].txt", "in/.hidden.txt") == [
            "in/sub/e.log",
            "a[1].txt",
            "in/.hidden.txt",
        ]

    @pytest.mark.parametrize(
        ("name", "says"),
        [
            ("none.txt", "no such file"),
            ("no*.txt", "no file matches"),
            ("empty", "no article"),
            ("", "no such"),
        ],
    )
    def test_what_is_not_there_is_an_error_in_its_place(self, tree: Path, name: str, says: str) -> None:
        first, second = expand([name, "in/b.txt"])
        assert isinstance(first, UnreadableError)
        assert says in str(first)
        assert first.where == (name or "''")
        assert first.hint
        assert second == "in/b.txt"

    def test_nul_in_a_path_is_an_error(self, tree: Path) -> None:
        assert isinstance(only_error(expand(["a\x00*"])), UnreadableError)
        assert isinstance(only_error(read("a\x00")), UnreadableError)

    def test_forbidden_folder_does_not_stop_the_rest(
        self, tree: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scandir = os.scandir

        def guarded(path: str) -> Any:
            if path.endswith("deep"):
                raise PermissionError(13, "Permission denied", path)
            return scandir(path)

        monkeypatch.setattr(os, "scandir", guarded)
        items = list(expand(["in"]))
        assert items[:3] == ["in/a.md", "in/b.txt", "in/sub/c.TXT"]
        assert isinstance(items[3], UnreadableError)
        assert str(items[3]).startswith("in/sub/deep: no permission")

    def test_links_in_a_folder(self, tree: Path) -> None:
        (tree / "empty/loop.md").symlink_to(tree / "empty", target_is_directory=True)
        (tree / "empty/gone.txt").symlink_to(tree / "nowhere")
        assert found("empty") == ["empty/gone.txt"]
        assert isinstance(only_error(read("empty/gone.txt")), UnreadableError)


class TestText:
    def test_document_and_what_fixing_needs(self, tmp_path: Path) -> None:
        data = b"\xef\xbb\xbf" + ARTICLE.replace("\n", "\r\n").encode()
        path = tmp_path / "a.txt"
        path.write_bytes(data)
        (document,) = documents(path)
        decoded = load(str(path))
        assert (len(document.paragraphs), document.path) == (3, str(path))
        assert decoded.text == document.source
        assert decoded.encode(document.source) == data

    def test_format_goes_by_suffix(self, tmp_path: Path) -> None:
        assert [format_of(n) for n in ("a.TXT", "a.Md", "b.markdown", "x.jsonl", "y.HTM", "z", "q.log")] == [
            *("text", "markdown", "markdown", "jsonl", "html", "text", "text")
        ]
        path = tmp_path / "a.md"
        path.write_text("# T\n\n- one\n- two\n")
        (document,) = documents(path)
        assert document.title == "T"
        assert [p.kind for p in document.paragraphs] == ["list_item", "list_item"]

    @pytest.mark.parametrize("name", ["a.txt", "a.md"])
    @pytest.mark.parametrize("data", [b"", b" \r\n\n", b"\xef\xbb\xbf"])
    def test_empty_file_is_a_document_without_paragraphs(
        self, tmp_path: Path, name: str, data: bytes
    ) -> None:
        (tmp_path / name).write_bytes(data)
        (document,) = documents(tmp_path / name)
        assert document.paragraphs == ()
        assert document.too_short

    def test_legacy_encoding_is_read_with_a_warning(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_bytes(b"Caf\xe9.\n\nBar.")
        warnings: list[str] = []
        (document,) = documents(path, warn=warnings.append)
        assert document.paragraphs[0].text == "Café."
        assert len(warnings) == 1
        assert str(path) in warnings[0]

    def test_unreadable_files_are_errors_not_exceptions(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "a.txt").write_bytes(b"%PDF-1.5")
        assert isinstance(only_error(read(str(tmp_path / "a.txt"))), BinaryError)
        assert "no such file" in str(only_error(read(str(tmp_path / "none.jsonl"))))
        assert "is a folder" in str(only_error(read(str(tmp_path))))

        def forbidden(self: Path, mode: str = "r") -> Any:
            raise PermissionError(13, "Permission denied", str(self))

        monkeypatch.setattr(Path, "open", forbidden)
        assert "no permission" in str(only_error(read(str(tmp_path / "a.txt"))))
        with pytest.raises(UnreadableError, match="no permission"):
            load(str(tmp_path / "a.txt"))


GOOD = {"id": 7, "title": "Ferry", "paragraphs": ["One.", "", " two\nlines "], "extra": {"x": [1]}}


def records(*lines: str | bytes, ending: bytes = b"\n") -> list[Any]:
    data = ending.join(line if isinstance(line, bytes) else line.encode() for line in lines)
    return list(read_stdin(io.BytesIO(data), "r.jsonl"))


class TestRecords:
    def test_paragraphs_come_back_as_they_went_in(self) -> None:
        (document,) = records(json.dumps(GOOD))
        assert [p.text for p in document.paragraphs] == GOOD["paragraphs"]
        assert (document.id, document.title, document.path, document.record_line) == (
            "7",
            "Ferry",
            "r.jsonl",
            1,
        )

    def test_text_is_divided(self) -> None:
        (document,) = records(json.dumps({"id": "x", "text": "Ferry leaves\n\n" + ARTICLE, "title": " "}))
        assert (document.title, len(document.paragraphs)) == ("Ferry leaves", 3)
        (document,) = records(json.dumps({"title": "Given", "text": "Ferry leaves\n\n" + ARTICLE}))
        assert (document.title, len(document.paragraphs)) == ("Given", 4)

    @pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
    def test_blank_lines_are_skipped_and_counted(self, ending: bytes) -> None:
        items = records("", json.dumps(GOOD), "  ", json.dumps(GOOD), "", ending=ending)
        assert [item.record_line for item in items] == [2, 4]

    @pytest.mark.parametrize(
        ("line", "says"),
        [
            ('{"text": }', "column 10"),
            ("[1]", "not an object but a list"),
            ("null", "not an object but null"),
            ("{}", "neither"),
            ('{"text": null}', "neither"),
            ('{"text": "a", "paragraphs": ["b"]}', "both"),
            ('{"paragraphs": "a"}', '"paragraphs" must be a list of strings, not a string'),
            ('{"paragraphs": ["a", 1]}', '"paragraphs"[1] must be a string, not a number'),
            ('{"text": ["a"]}', '"text" must be a string, not a list'),
            ('{"text": "a", "title": 5}', '"title" must be a string'),
            ('{"text": "a", "id": true}', '"id" must be'),
            ('{"text": "a", "id": 1.5}', '"id" must be'),
            ('{"text": "a \\ud800"}', '"text" has half of a surrogate pair, \\ud800'),
            ('{"paragraphs": ["\\udc00"]}', '"paragraphs"[0] has half'),
            ('{"text": "a", "x": NaN}', "NaN"),
            ('{"text": "a", "x": -Infinity}', "-Infinity"),
            ('{"text": "a", "id": ' + "9" * 5000 + "}", "r.jsonl:2"),
            ("[" * 100_000, "nested too deeply"),
            ('{"text": "a"} {"text": "b"}', "extra data"),
            ('{"text": "a', "column 10"),
            (b'{"text": "\x00"}', "NUL"),
        ],
    )
    def test_malformed_line_is_named_and_the_rest_comes(self, line: str | bytes, says: str) -> None:
        before, error, after = records(json.dumps(GOOD), line, json.dumps(GOOD))
        assert isinstance(error, InputError)
        assert error.where == "r.jsonl:2"
        assert says in str(error)
        assert "\n" not in str(error)
        assert (before.record_line, after.record_line) == (1, 3)
        if not isinstance(line, bytes):
            assert isinstance(error, RecordError)

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
    def test_encodings(self, encoding: str) -> None:
        text = json.dumps({"text": "Über alles.\u2028B."}, ensure_ascii=False)
        items = records(f"{text}\n{text}\n".encode(encoding))
        assert [item.source for item in items] == ["Über alles.\u2028B."] * 2

    def test_legacy_line_is_read_with_one_warning(self) -> None:
        warnings: list[str] = []
        stream = io.BytesIO(b'{"text": "ok"}\n{"text": "caf\xe9"}\n{"text": "caf\xe9"}\n')
        items = [
            item for item in read_stdin(stream, "r.jsonl", warn=warnings.append) if isinstance(item, Document)
        ]
        assert [item.source for item in items] == ["ok", "café", "café"]
        assert len(warnings) == 1
        assert "r.jsonl:2" in warnings[0]

    def test_binary_file_is_one_error(self) -> None:
        assert isinstance(only_error(records(b"\x1f\x8b\x08\x00\n\n\x00\n")), BinaryError)

    def test_lines_are_read_one_by_one(self) -> None:
        class Endless(io.RawIOBase):
            """Never ends: only a reader that streams gets anywhere."""

            def readable(self) -> bool:
                return True

            def readinto(self, buffer: Any) -> int:
                line = b'{"text": "a"}\n' * (len(buffer) // 14)
                buffer[: len(line)] = line
                return len(line)

        stream = read_stdin(io.BufferedReader(Endless()), "r.jsonl")
        assert [next(stream).record_line for _ in range(5)] == [1, 2, 3, 4, 5]  # type: ignore[union-attr]

    def test_stream_that_breaks_is_an_error_after_what_came(self) -> None:
        class Broken(io.BytesIO):
            def __next__(self) -> bytes:
                raise OSError(5, "Input/output error")

        first, error = read_stdin(Broken(b'{"text": "a"}\n'), "r.jsonl")
        assert isinstance(first, Document)
        assert isinstance(error, UnreadableError)

    @given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=8))
    def test_as_many_paragraphs_as_went_in(self, paragraphs: list[str]) -> None:
        (document,) = records(json.dumps({"paragraphs": paragraphs}))
        assert [p.text for p in document.paragraphs] == paragraphs
        assert all(document.source[p.start : p.end] == p.text for p in document.paragraphs)

    json_values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["id", "title", "text", "paragraphs", "x"]), inner, max_size=4)
        ),
        max_leaves=8,
    )

    @given(
        st.lists(
            json_values.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=30), max_size=6
        )
    )
    def test_anything_is_documents_and_input_errors(self, lines: list[bytes]) -> None:
        for item in records(*lines):
            assert isinstance(item, (Document, InputError))


class TestStandardInput:
    def test_format_goes_by_the_name_given(self) -> None:
        text = b"# T\n\nOne.\n\n- two\n"
        (plain,) = read_stdin(io.BytesIO(text))
        (named,) = read_stdin(io.BytesIO(text), "x/notes.md")
        assert isinstance(plain, Document)
        assert isinstance(named, Document)
        assert (plain.path, [p.kind for p in plain.paragraphs]) == ("-", ["prose", "prose"])
        assert (named.path, named.title, named.paragraphs[1].kind) == ("x/notes.md", "T", "list_item")

    def test_binary_is_an_error(self) -> None:
        assert str(only_error(read_stdin(io.BytesIO(b"a\x00b")))).startswith("-: is not text")


PAGE = """<!doctype html><html><head><title>The ferry of the bay</title></head><body>
<nav><a href="/">Home</a></nav><article><h1>The ferry of the bay</h1>
<p>The old ferry left the harbour at dawn with forty people and a cow on board, as it does every day.</p>
<p>Nobody on the pier saw it go, for the fog had come in at night and lay on the water like wool.</p>
<p>It came back at noon, empty but for the cow, and the harbour master wrote that down in his book.</p>
</article></body></html>"""


class TestWebPages:
    def test_article_is_extracted(self, tmp_path: Path) -> None:
        pytest.importorskip("trafilatura")
        path = tmp_path / "a.html"
        path.write_text(PAGE)
        (document,) = documents(path)
        assert document.title == "The ferry of the bay"
        assert [p.text.split()[0] for p in document.paragraphs] == ["The", "Nobody", "It"]
        assert all(document.source[p.start : p.end] == p.text for p in document.paragraphs)

    @pytest.mark.parametrize("page", ["", "<html><body><script>x()</script></body></html>", "no markup"])
    def test_page_without_article_is_a_warning(self, tmp_path: Path, page: str) -> None:
        pytest.importorskip("trafilatura")
        (tmp_path / "a.html").write_text(page)
        warnings: list[str] = []
        (document,) = documents(tmp_path / "a.html", warn=warnings.append)
        assert bool(warnings) == (not document.paragraphs)

    def test_missing_extra_is_an_error_in_place(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "trafilatura", None)
        (tmp_path / "a.htm").write_text(PAGE)
        (error,) = read(str(tmp_path / "a.htm"))
        assert isinstance(error, MissingExtraError)
        assert "misplaced[html]" in str(error)


def test_plain_text_needs_none_of_the_heavy_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text(ARTICLE)
    loaded = builtins.__import__

    def guarded(name: str, *rest: Any) -> Any:
        assert name.split(".")[0] not in (
            "numpy",
            "onnxruntime",
            "sklearn",
            "torch",
            "trafilatura",
            "markdown_it",
        )
        return loaded(name, *rest)

    monkeypatch.setattr(builtins, "__import__", guarded)
    assert len(documents(path)) == 1


def test_a_file_that_is_too_large_for_one_article_is_refused_by_name(tmp_path, monkeypatch):
    monkeypatch.setattr("misplaced.reading.MAX_BYTES", 1 << 20)
    path = tmp_path / "dump.txt"
    path.write_bytes(b"a line of a log\n" * 70_000)

    (error,) = read(str(path))

    assert isinstance(error, UnreadableError)
    assert str(error).startswith(f"{path}: larger than 1 MB")
    assert ".jsonl" in str(error)


def test_records_of_a_jsonl_file_may_together_be_larger_than_one_article(tmp_path, monkeypatch):
    monkeypatch.setattr("misplaced.reading.MAX_BYTES", 1 << 10)
    path = tmp_path / "corpus.jsonl"
    path.write_text('{"paragraphs": ["one", "two", "three"]}\n' * 100)

    assert sum(isinstance(document, Document) for document in read(str(path))) == 100
