"""Markdown to a title and paragraphs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misplaced.markdown import segment_markdown

BODY = "The ferry left at dawn."


def units(text: str) -> list[tuple[str, str, str]]:
    return [(p.kind, p.text, p.content) for p in segment_markdown(text)[1]]


def contents(text: str) -> list[str]:
    return [p.content for p in segment_markdown(text)[1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "One *two*\nthree.\n", [("prose", "One *two*\nthree.", "One two three.")], id="hard-wrapped"
        ),
        pytest.param("  Indented.", [("prose", "Indented.", "Indented.")], id="indented"),
        pytest.param(
            "Words\n\n## Head *line* ##\n",
            [("prose", "Words", "Words"), ("heading", "## Head *line* ##", "Head line")],
            id="atx",
        ),
        pytest.param(
            "Words\n\nHead\nline\n----\n",
            [("prose", "Words", "Words"), ("heading", "Head\nline\n----", "Head line")],
            id="setext",
        ),
        pytest.param(
            "- one\n  more\n- two\n  1. three\n  2. four\n",
            [
                ("list_item", "- one\n  more", "one more"),
                ("list_item", "- two", "two"),
                ("list_item", "1. three", "three"),
                ("list_item", "2. four", "four"),
            ],
            id="items, nested ones apart",
        ),
        pytest.param(
            "- one\n\n  more\n\n- two\n",
            [("list_item", "- one\n\n  more", "one more"), ("list_item", "- two", "two")],
            id="an item's paragraphs stay together",
        ),
        pytest.param(
            "- one\n\n  ```\n  code\n  ```\n\n  more\n",
            [("list_item", "- one", "one"), ("list_item", "more", "more")],
            id="but not across code",
        ),
        pytest.param("- - one\n", [("list_item", "- - one", "one")], id="item in item on a line"),
        pytest.param(
            "> one\n> two\n>\n> three\n",
            [("quote", "> one\n> two", "one two"), ("quote", "> three", "three")],
            id="quote",
        ),
        pytest.param("> - one\n", [("list_item", "> - one", "one")], id="item in a quote"),
        pytest.param(
            "![A **red** boat](b.png)", [("prose", "![A **red** boat](b.png)", "A red boat")], id="image"
        ),
        pytest.param(
            "A [link](http://a.example/x_y 'T') and `co*de` &amp; <b>b</b><br>~~gone~~ <!-- no --> \\*.",
            None,
            id="inline",
        ),
        pytest.param("See [there][r].\n\n[r]: http://a.example 'Title'\n", None, id="reference"),
    ],
)
def test_units(text: str, expected: list[tuple[str, str, str]] | None) -> None:
    if expected is not None:
        assert units(text) == expected
    elif "[r]" in text:
        assert contents(text) == ["See there."]
    else:
        assert contents(text) == ["A link and co*de & b gone *."]


@pytest.mark.parametrize(
    "text",
    [
        "```\ncode\n```",
        "~~~ python\nnever closed\n\ncode",
        "    indented code",
        "<!-- a\n\ncomment -->",
        "<div>\nhtml\n</div>",
        "[ref]: http://a.example",
        "* * *",
        "![](nothing.png)",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "",
        " \n\r\n",
        ">",
        "-",
    ],
)
def test_what_is_not_judged(text: str) -> None:
    assert segment_markdown(text) == (None, ())
    assert contents(f"{BODY}\n\n{text}") == [BODY]


@pytest.mark.parametrize(
    ("text", "title", "kinds"),
    [
        (f"# The *Boat*\n\n{BODY}", "The Boat", ["prose"]),
        (f"\n<!-- c -->\n\nThe Boat\n===\n{BODY}", "The Boat", ["prose"]),
        (f"## The Boat\n\n{BODY}", None, ["heading", "prose"]),
        (f"{BODY}\n\n# The Boat", None, ["prose", "heading"]),
        (f"> # The Boat\n\n{BODY}", None, ["heading", "prose"]),
        (f"# One\n\n# Two\n\n{BODY}", "One", ["heading", "prose"]),
        (f"---\ntitle: The Boat # no\nx: 1\n---\n# Head\n\n{BODY}", "The Boat", ["heading", "prose"]),
        (f"---\r\ntags: [a]\r\ntitle: 'It''s: a boat'\r\n---\r\n{BODY}", "It's: a boat", ["prose"]),
        (f'---\ntitle: "A \\"boat\\" \\u00e9" # c\n---\n{BODY}', 'A "boat" é', ["prose"]),
        (f"---\ntitle: >-\n  The\n  Boat\nx: 1\n...\n{BODY}", "The Boat", ["prose"]),
        (f"---\ntags:\n  - a\n---\n# Head\n\n{BODY}", "Head", ["prose"]),
        (f"---\ntitle: The Boat\n  at sea\n---\n{BODY}", "The Boat at sea", ["prose"]),
        (f'+++\ntitle = "The Boat"\n[x]\ntitle = "no"\n+++\n{BODY}', "The Boat", ["prose"]),
        (f"+++\nbroken = \n+++\n{BODY}", None, ["prose"]),
        (f"---\n\n{BODY}\n\n---\n\n{BODY}", None, ["prose", "prose"]),
        (f"---\ntitle: never closed\n\n{BODY}", None, ["prose", "prose"]),
    ],
)
def test_title(text: str, title: str | None, kinds: list[str]) -> None:
    found, paragraphs = segment_markdown(text)
    assert found == title
    assert [p.kind for p in paragraphs] == kinds
    assert all(text[p.start : p.end] == p.text for p in paragraphs)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_offsets_and_lines_hold_with_any_line_end(ending: str) -> None:
    text = "---\nx: 1\n---\n\n# T\n\nOne\ntwo\n\n- three\n- four\n".replace("\n", ending)
    title, paragraphs = segment_markdown(text)
    assert title == "T"
    assert [p.text for p in paragraphs] == [f"One{ending}two", "- three", "- four"]
    assert [text[p.start : p.end] for p in paragraphs] == [p.text for p in paragraphs]
    assert [p.line for p in paragraphs] == [7, 10, 11]


@pytest.mark.parametrize(
    "text",
    [
        ">" * 20_000 + " a",
        "- " * 10_000 + "a",
        "![" * 2_000 + "a" + "](b)" * 2_000,
        "[" * 20_000,
        "*a " * 20_000,
        "---\na" + " " * 200_000 + "\n---\n",
        "---\n" + "\n" * 100_000 + "x\n---\n",
    ],
)
def test_nesting_without_end_ends(text: str) -> None:
    _, paragraphs = segment_markdown(f"{BODY}\n\n{text}")
    assert paragraphs[0].content == BODY


def test_taking_an_item_out_leaves_the_others() -> None:
    text = "Intro:\n\n- one\n  more\n- two\n- three\n\n> quote\n"
    _, paragraphs = segment_markdown(text)
    for gone in paragraphs:
        rest = segment_markdown(text[: gone.start] + text[gone.end :])[1]
        assert [p.content for p in rest] == [p.content for p in paragraphs if p is not gone]


@given(st.text(st.sampled_from("ab \n\r\t#>-*`[]()!|=.1:~<&;\\\"'\u2028é"), max_size=80))
def test_any_text_gives_slices_in_order(text: str) -> None:
    end = 0
    for paragraph in segment_markdown(text)[1]:
        assert end <= paragraph.start < paragraph.end
        assert text[paragraph.start : paragraph.end] == paragraph.text
        assert paragraph.content
        end = paragraph.end


@given(st.lists(st.sampled_from(["Plain words.", "Two\nlines.", "*Three* [words](x)."]), max_size=6))
def test_plain_paragraphs_come_back(blocks: list[str]) -> None:
    assert [p.text for p in segment_markdown("\n\n".join(blocks))[1]] == blocks
