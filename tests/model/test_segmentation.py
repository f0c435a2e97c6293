"""Plain text to a title and paragraphs."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from misplaced.segmentation import segment

ONE = "The ferry left the harbour at dawn."
TWO = "Nobody on the pier saw it go."

# Everything a segmenter may stumble over, likelier than chance would have it.
texts = st.text(
    st.one_of(
        st.sampled_from("\n\r\n\r \t\f\v\x85\u2028\u2029\u200b\ufeff\xa0aB.?"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=120,
)
INVISIBLE = re.compile(r"[\s\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def divided(text: str) -> tuple[str | None, list[str]]:
    title, paragraphs = segment(text)
    return title, [paragraph.text for paragraph in paragraphs]


@pytest.mark.parametrize(
    ("text", "title", "paragraphs"),
    [
        pytest.param(f"{ONE}\n\n{TWO}", None, [ONE, TWO], id="blank line"),
        pytest.param(f"{ONE}\r\n\r\n{TWO}\r\n", None, [ONE, TWO], id="crlf"),
        pytest.param(f"{ONE}\r\r{TWO}", None, [ONE, TWO], id="lone cr"),
        pytest.param(f"{ONE}\n \t\xa0\n\n{TWO}", None, [ONE, TWO], id="white line"),
        pytest.param(f"{ONE}\n\u200b\n{TWO}\n\n\ufeff\n", None, [ONE, TWO], id="invisible line"),
        pytest.param(f"{ONE}\n{TWO}", None, [ONE, TWO], id="a line a paragraph"),
        pytest.param(f"\n\n{ONE}\r\n{TWO}\n\n", None, [ONE, TWO], id="blank lines only around"),
        pytest.param(
            f"{ONE}\n{TWO}\n\nHarbour news\n{TWO}",
            None,
            [f"{ONE}\n{TWO}", f"Harbour news\n{TWO}"],
            id="a block's lines stay together, a heading fused with its blurb too",
        ),
        pytest.param(f"Ferry leaves\n\n{ONE}", "Ferry leaves", [ONE], id="title"),
        pytest.param(f"Ferry leaves\n{ONE}\n{TWO}", "Ferry leaves", [ONE, TWO], id="title line"),
        pytest.param(f"Ferry\nleaves at dawn\n\n{ONE}", "Ferry leaves at dawn", [ONE], id="two-line title"),
        pytest.param(
            f"Ferry leaves\n\n{ONE}\n\nFerry leaves", "Ferry leaves", [ONE, "Ferry leaves"], id="again"
        ),
        pytest.param(
            f"{ONE}\n\nHarbour news\n\n{TWO}", None, [ONE, "Harbour news", TWO], id="only the first"
        ),
        pytest.param("Ferry leaves", None, ["Ferry leaves"], id="nothing follows"),
        pytest.param("Ferry leaves\n\n \n", None, ["Ferry leaves"], id="nothing visible follows"),
        pytest.param(f"\u200d\u2060\n\n{ONE}\n\n\u200e", None, [ONE], id="invisible blocks"),
        pytest.param("", None, [], id="empty"),
        pytest.param(" \n\u200b\r\n\f", None, [], id="blank"),
        pytest.param(f"{ONE}\f\n{TWO}", None, [ONE, TWO], id="form feed is white space"),
        pytest.param(f"{ONE}\u2028{TWO}\n\n{ONE}", None, [f"{ONE}\u2028{TWO}", ONE], id="U+2028 in a line"),
        pytest.param(f"{ONE}\u2029{TWO}", None, [ONE, TWO], id="U+2029 where no other line end is"),
    ],
)
def test_division(text: str, title: str | None, paragraphs: list[str]) -> None:
    assert divided(text) == (title, paragraphs)


@pytest.mark.parametrize(
    ("block", "is_title"),
    [
        ("Minister accepts offer to visit coast, harbour office says", True),
        ("Minister: “We will rebuild”", True),
        ("Why did the ferry leave?", True),
        ("Talks end with the U.S.", True),
        ("港口新闻", True),
        ("Why did it leave? Nobody knows.", False),
        ("It left. Did you see?", False),
        ("The ferry left.", False),
        ("“The ferry left.”", False),
        ("(The ferry left!)", False),
        ("The ferry left …", False),
        ("Dear readers:", False),
        ("港口关闭了。", False),
        ("* * *", False),
        (" ".join(["word"] * 25), True),
        (" ".join(["word"] * 26), False),
        ("One\ntwo\nthree", False),
    ],
)
def test_what_a_title_is(block: str, is_title: bool) -> None:
    title, paragraphs = segment(f"{block}\n\n{ONE}")
    assert title == (" ".join(block.split()) if is_title else None)
    assert len(paragraphs) == (1 if is_title else 2)


def test_title_is_a_paragraph_when_none_is_wanted() -> None:
    title, paragraphs = segment(f"Ferry leaves\n\n{ONE}", find_title=False)
    assert title is None
    assert [paragraph.text for paragraph in paragraphs] == ["Ferry leaves", ONE]


def test_lines_are_counted_whatever_ends_them() -> None:
    _, paragraphs = segment(f"\n{ONE}\r\n\r\n{ONE}\r\r\f{ONE}\u2028\n\n\x85{ONE}", find_title=False)
    assert [paragraph.line for paragraph in paragraphs] == [2, 4, 6, 8]


WRAPPED = """\
A storm took the roof
The wind came up at noon and by three it had carried the roof
of the boat shed across the bay. Two fishermen watched it land
on the far beach, where it has been lying since then, upside
down and full of rain. Nobody was hurt.
The owner wants it back. He has asked the village for a barge
and for twelve strong people who have nothing else to do this
Sunday morning.
"""
INDENTED = """\
   The wind came up at noon and by three it had carried the roof
of the boat shed across the bay. Two fishermen watched it land
on the far beach, where it has been lying since then, upside
down, full of rain and of no use for anyone who passes there.
   The owner wants it back. He has asked the village for a barge
and for twelve strong people who have nothing else to do this
Sunday morning.
"""
ONE_A_LINE = """\
The wind carried the roof of the boat shed across the bay
Two fishermen watched it land on the far beach at three
It has been lying there since then, upside down and wet
The owner wants it back and has asked for a large barge
Twelve strong people are needed for the work on Sunday
"""


def test_hard_wrapped_text_divides_after_a_short_line_that_ends_a_sentence() -> None:
    title, paragraphs = divided(WRAPPED)
    assert title == "A storm took the roof"
    assert [paragraph.split()[0] for paragraph in paragraphs] == ["The", "The"]
    assert [paragraph.split()[-1] for paragraph in paragraphs] == ["hurt.", "morning."]


def test_hard_wrapped_text_divides_at_indented_lines() -> None:
    _, paragraphs = divided(INDENTED)
    assert [" ".join(paragraph.split()[:2]) for paragraph in paragraphs] == ["The wind", "The owner"]


def test_hard_wrapped_text_with_other_line_ends_divides_alike() -> None:
    paragraphs = divided(WRAPPED)[1]
    assert divided(WRAPPED.replace("\n", "\r\n"))[1] == [p.replace("\n", "\r\n") for p in paragraphs]


def test_lines_of_like_length_are_not_taken_for_wrapped() -> None:
    title, paragraphs = divided(ONE_A_LINE)
    assert [title, *paragraphs] == ONE_A_LINE.splitlines()


@given(texts, st.booleans())
@example("\ufefftitle\n\nbody", True)
@example("two\nlines\r\n\r\nthree\nmore\rlines\n\nend", False)
def test_offsets_hold_and_nothing_visible_is_lost(text: str, find_title: bool) -> None:
    title, paragraphs = segment(text, find_title=find_title)
    rest, end = "", 0
    for paragraph in paragraphs:
        assert text[paragraph.start : paragraph.end] == paragraph.text
        assert paragraph.text == paragraph.text.strip() != ""
        assert paragraph.content == " ".join(paragraph.text.split())
        assert paragraph.start >= end
        before = text[: paragraph.start]
        assert paragraph.line == 1 + len(re.findall(r"\r\n|\r|\n", before))
        rest += text[end : paragraph.start]
        end = paragraph.end
    rest += text[end:]
    assert INVISIBLE.sub("", rest) == INVISIBLE.sub("", title or "")


@given(st.lists(st.sampled_from([ONE, TWO, "A short line", "x\ny"]), min_size=2, max_size=8))
def test_blocks_come_back_as_they_were_joined(blocks: list[str]) -> None:
    title, paragraphs = segment("\n\n".join(blocks), find_title=False)
    assert title is None
    assert [paragraph.text for paragraph in paragraphs] == blocks
