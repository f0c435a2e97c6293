"""Directives are found, and are no part of what is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from misplaced.document import Document
from misplaced.markdown import find_directives
from misplaced.page_directives import page_directives
from misplaced.reading import read

if TYPE_CHECKING:
    from pathlib import Path

ARTICLE = (
    "Ferry delayed again\n\nThe ferry was late.\n\nIt left at ten\nand not at nine.\n\nNobody knew why.\n"
)


def contents(document: Document) -> list[str]:
    return [paragraph.content for paragraph in document.paragraphs]


def test_a_line_of_its_own_is_a_directive_of_plain_text() -> None:
    text = ARTICLE.replace("Nobody", "# misplaced: ignore-next -- a joke\nNobody") + "<!-- misplaced: on -->"
    document = Document.from_text(text)
    assert [(d.body, d.line, text[d.start : d.end]) for d in document.directives] == [
        ("ignore-next -- a joke", 8, "# misplaced: ignore-next -- a joke"),
        ("on", 10, "<!-- misplaced: on -->"),
    ]
    assert [(p.text, p.line) for p in document.paragraphs] == [
        ("The ferry was late.", 3),
        ("It left at ten\nand not at nine.", 5),
        ("Nobody knew why.", 9),
    ]


def test_a_directive_within_a_block_is_in_its_text_and_not_in_its_content() -> None:
    text = "One more thing\n\nIt left at ten\n# misplaced: ignore\nand not at nine.\n\nNobody knew."
    paragraph = Document.from_text(text).paragraphs[0]
    assert paragraph.content == "It left at ten and not at nine."
    assert paragraph.text == "It left at ten\n# misplaced: ignore\nand not at nine."


@pytest.mark.parametrize(
    "line", ["# misplaced luggage", "The sign said # misplaced: off", "## misplaced: off", "Misplaced: off"]
)
def test_what_only_looks_like_a_directive_stays_text(line: str) -> None:
    document = Document.from_text(f"{ARTICLE}\n{line}\n")
    assert not document.directives
    assert document.paragraphs[-1].text == line


LINES = st.lists(st.sampled_from(["The ferry was late.", "It left at ten", "", "  ", "Why?"]), max_size=9)


@given(LINES, st.integers(0, 9), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
@example(["Why?", "", "It left at ten"], 1, "\n", True)
@example([], 0, "\n", False)
def test_a_directive_line_changes_nothing_else(lines: list[str], at: int, end: str, comment: bool) -> None:
    directive = "<!-- misplaced: off -->" if comment else "# misplaced: off"
    before = Document.from_text(end.join([*lines, ""]))
    source = end.join([*lines[:at], directive, *lines[at:], ""])
    after = Document.from_text(source)
    assert (after.title, contents(after)) == (before.title, contents(before))
    assert [d.body for d in after.directives] == ["off"]
    for old, new in zip(before.paragraphs, after.paragraphs, strict=True):
        assert source[new.start : new.end] == new.text
        assert not new.text.startswith(directive)
        assert not new.text.endswith(directive)
        if directive not in new.text:
            assert new.text == old.text
        assert new.line == source[: new.start].replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1


def test_comments_of_markdown_are_directives_and_code_that_shows_one_is_not() -> None:
    text = (
        "---\ntitle: x\n---\n"
        "The ferry was late. <!-- misplaced: ignore -- a -- b -->\n\n"
        "<!-- misplaced:ignore-next[boilerplate]\n-->\nNobody knew.\n\n"
        "Write `<!-- misplaced: off -->` at the top.\n\n"
        "```html\n<!-- misplaced: off -->\n```\n\n"
        "> Quoted. <!-- misplaced: ignore -->\n\n"
        "<div>\n<!-- misplaced: on -->\n</div>\n\n<!-- another comment -->\n"
    )
    assert [(d.body, d.line) for d in find_directives(text)] == [
        ("ignore -- a -- b", 4),
        ("ignore-next[boilerplate]", 6),
        ("ignore", 16),
        ("on", 19),
    ]
    for directive in find_directives(text):
        assert text[directive.start : directive.end].startswith("<!-- misplaced:")


def test_a_comment_of_markdown_is_not_judged(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        "The ferry was late.\n\n<!-- misplaced: ignore-next -->\nNobody knew. <!-- misplaced: on -->\n"
    )
    (document,) = read(str(path))
    assert isinstance(document, Document)
    assert contents(document) == ["The ferry was late.", "Nobody knew."]
    assert [d.body for d in document.directives] == ["ignore-next", "on"]


def test_directives_of_a_page_are_placed_in_its_text() -> None:
    page = """<html><head><title>Ferry</title><script>"<!-- misplaced: off -->"</script></head><body>
    <nav>News &amp; more</nav><p>The ferry w<b>as</b> late.<!-- misplaced: ignore --></p>
    <!-- misplaced: ignore-next --><aside>An advertisement</aside><!-- misplaced: ignore -->
    <p>It left at&nbsp;ten &mdash; not at nine.</p><p>Nobody knew.</p>
    <footer>Imprint</footer><!-- misplaced: ignore -->"""
    document = Document.from_paragraphs(
        ["The ferry was late.", "It left at ten \u2014 not at nine.", "Nobody knew."]
    )
    first, second, third = document.paragraphs
    assert [(d.body, d.line, d.start) for d in page_directives(page, document.paragraphs)] == [
        ("ignore", 2, first.end),
        ("ignore-next", 3, first.end),
        ("ignore", 3, second.start),
        ("ignore", 5, third.end + 1),
    ]
    assert page_directives("<p>Nothing</p>", document.paragraphs) == ()


BLOCKS = st.lists(
    st.sampled_from(["The ferry *was* late.", "## Why", "- one\n- two", "> Quoted.", "It left\nat ten."]),
    max_size=6,
)


@given(BLOCKS, st.integers(0, 6), st.sampled_from(["off", "ignore-next -- a -- reason", "nonsense"]))
def test_a_directive_between_blocks_of_markdown_changes_nothing_else(
    blocks: list[str], at: int, body: str
) -> None:
    from misplaced.markdown import segment_markdown

    directive = f"<!-- misplaced: {body} -->"
    source = "\n\n".join([*blocks[:at], directive, *blocks[at:]])
    before, after = segment_markdown("\n\n".join(blocks))[1], segment_markdown(source)[1]
    # Two lists with a comment between them are two lists; each item is a paragraph in any case.
    assert [(p.text, p.content) for p in after] == [(p.text, p.content) for p in before]
    assert [d.body for d in find_directives(source)] == [body]
