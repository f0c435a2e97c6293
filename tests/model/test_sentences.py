from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from misplaced.document import INVISIBLE, Document
from misplaced.markdown import segment_markdown
from misplaced.sentences import sentences, split


def texts(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@pytest.mark.parametrize(
    "parts",
    [
        ["The ferry sank.", "Nobody drowned!", "Who was on board?", "The crew…", "It rained."],
        ["Mr. Hallow met Dr. I. Quillby of Pym Inc. in Ellmouth.", "They spoke for 2.5 hours."],
        ["Sen. Stolt arrived on Jan. 5 at 3 p.m.", "The talks failed."],
        ["He is known in the U.S. Senate and at St. Ann’s.", "No. 5 is his office."],
        ["“We tried. We failed,” he said.", "“Why?” Hallow asked.", "Nobody knew (or said so. Perhaps.)."],
        ['"We tried. We failed," he said.', "The end."],
        ["Ferrant said: “It is over.”", "The board agreed."],
        ["What?!", "Yes...", "Perhaps.", "He said no.", "Then he left."],
        ["1. Wash the apples.", "2. Peel them."],
        ["Write to a.pym@Castermoor.Com or see www.Ellmouth.Org/News.Html today.", "It is free."],
        ["Version 2.Beta of Node.JS is out.", "It costs 3.50."],
        ["川が氾濫した。", "町は静かだ。"],
    ],
)
def test_sentences_of_plain_prose(parts: list[str]) -> None:
    between = "" if parts[0].endswith("。") else " "
    assert texts(between.join(parts)) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("He died.READ MORE: Ten gardens", ["He died.", "READ MORE: Ten gardens"]),
        ("It ended in 2019.The board met.", ["It ended in 2019.", "The board met."]),
        ("“It is over.”The board met.", ["“It is over.”", "The board met."]),
        ("as the mayor said READ MORE: Ten gardens", ["as the mayor said", "READ MORE: Ten gardens"]),
        ("LATEST NEWS The mayor spoke.", ["LATEST NEWS", "The mayor spoke."]),
        ("The harbour is shut. • Ten gardens to see", ["The harbour is shut.", "• Ten gardens to see"]),
    ],
)
def test_texts_that_were_run_together_come_apart(text: str, parts: list[str]) -> None:
    assert texts(text) == parts


@pytest.mark.parametrize(
    "text", ["NEW YORK — It rains.", "The UNITED NATIONS Secretary spoke.", "A NATO: B word", "J. R. Pym"]
)
def test_capitals_alone_part_nothing(text: str) -> None:
    assert texts(text) == [text]


def test_a_line_that_had_room_for_more_ends_a_sentence() -> None:
    headline = "Ten gardens to see before you die"
    prose = "The river left its bed on Tuesday and covered the lower road for two miles, the mayor said."
    assert texts(f"{headline}\n{prose}") == [headline, prose]
    assert texts(f"{prose}\r\n{headline}") == [prose, headline]


def test_lines_of_wrapped_prose_do_not() -> None:
    wrapped = (
        "The river left its bed on Tuesday and covered the lower road for two miles, said the\n"
        "Mayor of Ellmouth, whose own house near the mill was among those that the fire brigade\n"
        "Castermoor pumped dry."
    )
    assert texts(wrapped) == [wrapped]


VISIBLE = re.compile(rf"[^\s{INVISIBLE}]")
PIECES = st.sampled_from(
    [
        *("A", "word", "Dr", "U.S", "NEWS", "5", "www", "é", "漢", "’", "-", "*", "•"),
        *(".", "!", "?", "…", "。", ":", "“", "”", '"', "(", ")", "["),
        *(" ", "  ", "\n", "\r\n", "\u200b", "\u2028"),
    ]
)


@given(st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=60))
@example("“”\n.A")
@example("\u200b. A")
def test_sentences_cover_everything_that_shows_and_never_overlap(text: str) -> None:
    position = 0
    for start, end in split(text):
        assert position <= start < end <= len(text)
        assert not VISIBLE.search(text, position, start)
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not VISIBLE.search(text, position)


@given(st.lists(PIECES, max_size=60).map("".join))
def test_sentences_of_a_document_point_into_its_source(text: str) -> None:
    document = Document.from_text(f"Here it begins.\n\n{text}\n\nHere it ends.", title="given")
    for paragraph in document.paragraphs:
        parts = sentences(paragraph)
        assert parts == (paragraph,) or len(parts) > 1
        for part in parts:
            assert document.source[part.start : part.end] == part.text
            assert paragraph.start <= part.start < part.end <= paragraph.end
            before = document.source[: part.start].replace("\r\n", "\n").replace("\r", "\n")
            assert part.line == before.count("\n") + 1


@pytest.mark.parametrize(
    "text", ["(" * 60_000 + "]" * 60_000, "AB " * 60_000, " " * 120_000 + ".", "a\n" * 60_000, "1." * 60_000]
)
def test_no_text_makes_it_slow(text: str) -> None:
    assert split(text)


def markdown_sentences(text: str) -> list[tuple[str, str]]:
    _, paragraphs = segment_markdown(text)
    return [(part.text, part.content) for paragraph in paragraphs for part in sentences(paragraph)]


def test_markdown_is_divided_without_its_markers() -> None:
    assert markdown_sentences("- The *ferry* sank. Ask [Mr. Pym. Now](http://a.b/C.D). Go.\n") == [
        ("The *ferry* sank.", "The ferry sank."),
        ("Ask [Mr. Pym. Now](http://a.b/C.D).", "Ask Mr. Pym. Now."),
        ("Go.", "Go."),
    ]
    assert markdown_sentences("> The ferry sank.\n> Nobody drowned.\n") == [
        ("The ferry sank.", "The ferry sank."),
        ("Nobody drowned.", "Nobody drowned."),
    ]


def test_emphasis_over_several_sentences_keeps_them_together() -> None:
    assert markdown_sentences("**The ferry sank. Nobody drowned.**\n") == [
        ("**The ferry sank. Nobody drowned.**", "The ferry sank. Nobody drowned.")
    ]
