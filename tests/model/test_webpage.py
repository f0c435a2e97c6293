"""Web pages as they come: encodings, titles, broken and empty ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from misplaced import Document
from misplaced.decoding import decode
from misplaced.errors import BinaryError, InputError, UnreadableError
from misplaced.reading import read
from misplaced.webpage import decode_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PROSE = [
    "The café on the quay opens at five, an hour before the first ferry leaves for the islands.",
    "Its owner bakes rye rolls for the crew, who carry them on board in a blue enamelled box.",
    "On Sundays nobody works, and the rolls of Saturday are sold for half of what they cost.",
    "Next spring the quay will be rebuilt, and the café will move into the old customs house.",
]
BODY = "".join(f"<p>{text}</p>" for text in PROSE)


def page(body: str = BODY, head: str = "<title>Rolls for the crew</title>") -> str:
    return f"<!doctype html><html><head>{head}</head><body><article>{body}</article></body></html>"


def read_one(path: Path, data: bytes, warnings: list[str] | None = None) -> Document:
    path.write_bytes(data)
    (document,) = read(str(path), warn=(warnings if warnings is not None else []).append)
    assert isinstance(document, Document)
    return document


@pytest.fixture
def extra(require: Callable[[str], None]) -> None:
    require("trafilatura")


@pytest.mark.usefixtures("extra")
class TestExtraction:
    def test_offsets_and_lines_point_into_the_title_and_the_blocks(self) -> None:
        document = Document.from_html(page(), path="a.html", id="7")
        assert document.source == "\n\n".join(["Rolls for the crew", *PROSE])
        assert [document.source[p.start : p.end] for p in document.paragraphs] == PROSE
        assert [document.source.split("\n")[p.line - 1] for p in document.paragraphs] == PROSE
        assert (document.extracted, document.path, document.id) == (True, "a.html", "7")

    def test_texts_of_other_files_are_not_extracted(self) -> None:
        assert not Document.from_text(page()).extracted

    @pytest.mark.parametrize(
        "head",
        [
            '<meta property="og:title" content="Rolls for the crew"><title>The Quay Gazette</title>',
            "<title>Rolls for the crew</title>",
        ],
    )
    def test_title_is_the_pages_own_and_is_not_judged(self, head: str) -> None:
        document = Document.from_html(page(f"<h1>Rolls for the crew</h1>{BODY}", head))
        assert document.title == "Rolls for the crew"
        assert [p.text for p in document.paragraphs] == PROSE

    def test_a_page_without_a_title_begins_with_its_text(self) -> None:
        document = Document.from_html(page(head=""))
        assert document.title is None
        assert document.source == "\n\n".join(PROSE)

    @pytest.mark.parametrize(
        "html",
        [
            "",
            " \n ",
            "<",
            "<html>",
            "<html><body><script>document.write('All of it is made by a script.')</script></body></html>",
            "<!-- " * 1000,
        ],
    )
    def test_a_page_without_an_article_has_no_paragraphs(self, html: str) -> None:
        document = Document.from_html(html)
        assert (document.paragraphs, document.extracted) == ((), True)

    @pytest.mark.parametrize(
        "html",
        [
            page().replace("</p>", "").replace("</article>", "</div></b>"),
            page()[: page().index("Sundays")],
            "<div>" * 5000 + BODY,
            page("<table><tr><td>" + BODY),
            '<?xml version="1.0" encoding="utf-16"?>' + page(),
            page().replace("<p>", "<p \x0b\x02>< <<"),
        ],
    )
    def test_broken_markup_is_read_as_far_as_it_goes(self, html: str) -> None:
        document = Document.from_html(html)
        assert all(document.source[p.start : p.end] == p.text for p in document.paragraphs)

    def test_what_breaks_the_parser_is_an_error_that_names_the_page(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def failing(*_: object, **__: object) -> None:
            raise RecursionError("too\ndeep")

        monkeypatch.setattr("trafilatura.bare_extraction", failing)
        (tmp_path / "a.html").write_text(page())
        (error,) = read(str(tmp_path / "a.html"))
        assert isinstance(error, UnreadableError)
        assert str(error).startswith(f"{tmp_path / 'a.html'}: its text cannot be extracted")
        assert "\n" not in str(error)

    def test_scripts_and_pictures_do_not_count_as_text(self, tmp_path: Path) -> None:
        filler = "".join(f'<img alt="" src="data:image/png;base64,{"A" * 100_000}">' for _ in range(120))
        document = read_one(tmp_path / "a.html", page(BODY + filler).encode())
        assert [p.text for p in document.paragraphs] == PROSE

    def test_a_page_that_is_too_large_is_an_error_of_one_line(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "a.html").write_text(page())
        monkeypatch.setattr("misplaced.reading.MAX_PAGE_BYTES", 100)
        (error,) = read(str(tmp_path / "a.html"))
        assert isinstance(error, UnreadableError)
        monkeypatch.undo()
        monkeypatch.setattr("misplaced.reading.MAX_BYTES", 100)
        (error,) = read(str(tmp_path / "a.html"))
        assert isinstance(error, InputError)
        assert "has a text that is larger" in str(error)


@pytest.mark.parametrize(
    ("declared", "codec", "words"),
    [
        ('<meta charset="iso-8859-15">', "iso8859-15", "5 €"),
        ('<META http-equiv="content-type" content="text/html; charset=windows-1251">', "cp1251", "Цена 5"),
        ('<?xml version="1.0" encoding="koi8-r"?>', "koi8-r", "Цена 5"),
        ("<meta charset=shift_jis>", "shift_jis", "カフェ"),
    ],
)
def test_a_page_is_in_the_encoding_that_it_declares(declared: str, codec: str, words: str) -> None:
    text = (
        f"{declared}<p>{'Цена 5' if codec in ('cp1251', 'koi8-r') else 'カフェ' if 'jis' in codec else '5 €'}"
    )
    decoded = decode_page(text.encode(codec), "a.html")
    assert (decoded.text, decoded.warning) == (text, None)


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "us-ascii", "latin1"])
def test_what_browsers_read_as_windows_1252_is_no_assumption(label: str) -> None:
    decoded = decode_page(f'<meta charset="{label}"><p>“5 €”'.encode("cp1252"), "a.html")
    assert decoded.text.endswith("“5 €”")
    assert decoded.warning is None


@pytest.mark.parametrize(
    "label", ["no-such-code", "hex", "rot13", "utf-7", "punycode", "unicode_escape", "undefined", "utf-8"]
)
def test_a_declaration_that_does_not_help_leaves_the_rule_and_its_warning(label: str) -> None:
    data = f'<meta charset="{label}"><p>5 €'.encode("cp1252")
    assert decode_page(data, "a.html") == decode(data, "a.html")
    assert decode_page(data, "a.html").warning is not None


def test_utf_8_is_utf_8_whatever_is_declared() -> None:
    text = '<meta charset="windows-1251"><p>café'
    assert decode_page(text.encode(), "a.html").text == text
    assert decode_page(text.encode("utf-16"), "a.html").text == text


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(BinaryError):
        decode_page(b"<html>\x00\x01\x02", "a.html")
