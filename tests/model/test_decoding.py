"""Bytes to text and back."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from misplaced.decoding import decode
from misplaced.errors import BinaryError

TEXT = "Ein Wort – naïve façade.\r\n\r\nZweiter Absatz.\rDritter.\n"

# What a text file may hold: no NUL, no half of a surrogate pair.
plain_text = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\r\n\t"))


@pytest.mark.parametrize(
    ("encoding", "bom"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("utf-32-be", codecs.BOM_UTF32_BE),
    ],
)
def test_unicode_encodings_are_told_apart(encoding: str, bom: bytes) -> None:
    decoded = decode(bom + TEXT.encode(encoding), "a.txt")
    assert (decoded.text, decoded.encoding, decoded.bom) == (TEXT, encoding, bom)
    assert decoded.warning is None


def test_what_is_not_utf8_is_windows_1252_with_a_warning_that_names_file_and_line() -> None:
    data = b"First line.\nIt\x92s \x93quoted\x94 at \x80 5 \x81."
    decoded = decode(data, "old/news.txt")
    assert decoded.text == "First line.\nIt’s “quoted” at € 5 \x81."
    assert decoded.encode(decoded.text) == data
    assert decoded.warning is not None
    assert "old/news.txt" in decoded.warning
    assert "0x92 on line 2" in decoded.warning
    assert "windows-1252" in decoded.warning
    assert "\n" not in decoded.warning


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"%PDF-1.7\nstream", "PDF"),
        (b"PK\x03\x04word/document.xml", "zip"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"{\\rtf1 Words}", "RTF"),
        (b"text and a \x00 byte", "NUL"),
        ("a word\x00".encode("utf-16"), "NUL"),
        (b"\xff\xfea\x00b", "UTF-16"),
        (b"\x01\x02\x03\x04 abc \x05\x06", "control characters"),
    ],
)
def test_what_is_not_text_is_refused_by_name(data: bytes, says: str) -> None:
    with pytest.raises(BinaryError, match=says) as caught:
        decode(data, "folder/thing.txt")
    assert caught.value.where == "folder/thing.txt"
    assert caught.value.hint


@pytest.mark.parametrize(
    "text", ["", "a", "A page\f\nbreak", "over\b\bstruck", "the end\x1a", "中文。", "\n"]
)
def test_odd_but_plain_text_is_read(text: str) -> None:
    assert decode(text.encode(), "a.txt").text == text


@given(plain_text, st.sampled_from([("utf-8", b""), ("utf-8", codecs.BOM_UTF8), ("utf-16-le", b"\xff\xfe")]))
def test_removing_characters_leaves_all_other_bytes(text: str, how: tuple[str, bytes]) -> None:
    encoding, bom = how
    assume(not (bom == b"" and text.startswith("\ufeff")))
    decoded = decode(bom + text.encode(encoding), "a.txt")
    half = len(text) // 2
    assert decoded.encode(decoded.text[half:]) == bom + text[half:].encode(encoding)


@given(st.binary(max_size=300))
def test_any_bytes_round_trip_or_are_refused(data: bytes) -> None:
    try:
        decoded = decode(data, "any")
    except BinaryError:
        return
    assert decoded.encode(decoded.text) == data
    assert "\x00" not in decoded.text


@given(st.binary(min_size=1, max_size=300).map(lambda data: bytes(byte | 0x20 for byte in data)))
def test_legacy_bytes_round_trip(data: bytes) -> None:
    decoded = decode(b"caf\xe9 " + data, "any")
    assert decoded.encoding == "windows-1252"
    assert decoded.encode(decoded.text) == b"caf\xe9 " + data


def test_a_few_bytes_with_a_nul_among_them_are_not_taken_for_utf_16():
    with pytest.raises(BinaryError, match=r"odd\.txt: is not text"):
        decode(b"\x00\x01\x02PNG", "odd.txt")
