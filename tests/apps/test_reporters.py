"""Golden files: run with ``MISPLACED_REGENERATE_GOLDEN=1`` to write them anew, then read the difference."""

from __future__ import annotations

import io
import json
import os
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from misplaced import __version__
from misplaced.apps.reporters import Format, make_reporter
from misplaced.apps.reporters.escaping import escape
from misplaced.apps.reporters.failed_input import FailedInput
from misplaced.apps.reporters.full import FullReporter
from misplaced.document import Document
from misplaced.report import Statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from misplaced.report import Report

    Judge = Callable[..., Report]

GOLDEN = Path(__file__).parent / "golden"

FLOOD = """Flood closes the lower road

The river left its bed on Tuesday and covered the lower road for two miles.

READ MORE: Ten gardens to see before you die

Residents of the mill quarter were brought to the school [bold]by boat[/bold], the mayor said.

A walrus of the city zoo has a new pool.\tIt holds four hundred cubic metres, \x1b[31mred\x1b[0m and \u202etxt
and its keeper says that the animal swims there from early morning.

The water is expected to fall by the weekend.
"""
WIDE = "河川が氾濫した\n\n川の水は道路を覆った。\n\n町長は避難を呼びかけた。\n\nwalrus " + (
    "海象は新しい池で泳いでいる。" * 8
)
LONG = "One.\n\nTwo.\n\n" + " ".join(f"The walrus swam lap {lap}." for lap in range(60)) + "\n\nThree."


@pytest.fixture
def reports(judge: Judge) -> list[Report]:
    documents = [
        Document.from_text(FLOOD, path="news/flood.txt"),
        Document.from_text("All is well.\n\nIt was a fine day.\n\nIt ended.", path="news/fine.txt"),
        Document.from_text("READ MORE about it\n\nShort.", title="A note", path="news/short.txt"),
        Document.from_text("Only this.", path="news/one.txt"),
        Document.from_text("", path="news/empty.txt"),
        Document.from_text(WIDE, path="news/wide.md"),
        Document.from_paragraphs(
            ["a", "", "walrus \ud800", "b", "c"], id="r-7", path="feed.jsonl", record_line=12
        ),
        Document.from_text(LONG, path="news/long.txt"),
    ]
    return [judge(document) for document in documents]


def golden(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("MISPLACED_REGENERATE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8", newline="\n")
    assert path.read_text(encoding="utf-8") == text


def render(
    reports: list[Report], output_format: Format, errors: tuple[str, ...] = (), **options: bool
) -> str:
    out = io.StringIO()
    reporter = make_reporter(output_format, out, threshold=0.62, **options)
    for report in reports:
        reporter.report(report)
    reporter.end(errors)
    return out.getvalue()


def render_full(reports: list[Report], width: int, *, colour: bool = False) -> str:
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        _environ={},
    )
    reporter = FullReporter(out, threshold=0.62, console=console)
    for report in reports:
        reporter.report(report)
    reporter.end(("gone.txt: no such file",))
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 40])
def test_full_without_colour(reports: list[Report], width: int) -> None:
    text = render_full(reports, width)
    golden(f"full-{width}.txt", text)
    assert all(cell_len(line) <= width for line in text.splitlines() if "/" not in line and ":12" not in line)
    assert not any(unicodedata.category(c) == "Cc" for c in text if c != "\n")
    assert not any(line.endswith(" ") for line in text.splitlines())


def test_full_with_colour(reports: list[Report]) -> None:
    text = render_full(reports[:2], 80, colour=True)
    golden("full-colour.txt", text)
    assert "\x1b[1;31moff_topic" in text
    assert "[bold]by boat[/bold]" not in text  # that paragraph belongs and is not shown
    assert "\x1b[31mred" not in text


def test_full_shows_markup_of_the_article_as_it_is(judge: Judge) -> None:
    text = render_full([judge(Document.from_text("walrus [bold]x[/bold] :smile: [/].\n\nb\n\nc"))], 80)
    assert "walrus [bold]x[/bold] :smile: [/]" in text


def test_full_total_says_that_nothing_was_flagged(reports: list[Report]) -> None:
    total = "1 document, 3 paragraphs: nothing flagged (threshold 0.62)\n\n"
    assert render(reports[1:2], Format.FULL) == total
    assert render([], Format.FULL) == "No document was judged\n\n"


def test_quiet_leaves_findings_only(reports: list[Report]) -> None:
    text = render(reports[:5], Format.FULL, quiet=True)
    assert "READ MORE: Ten gardens" in text
    assert "threshold" not in text
    assert "too short" not in text


def test_a_paragraph_too_long_to_show_says_how_much_is_left_out(reports: list[Report]) -> None:
    text = " ".join(render_full(reports[-1:], 80).split())
    assert "The walrus swam lap 0. The walrus" in text
    assert "characters left out ...]" in text
    assert "swam lap 59." in text
    assert "swam lap 30." not in text


def test_concise(reports: list[Report]) -> None:
    text = render(reports, Format.CONCISE)
    golden("concise.txt", text)
    assert len(text.splitlines()) == sum(len(report.findings) for report in reports)


def test_jsonl(reports: list[Report]) -> None:
    text = render(reports, Format.JSONL)
    golden("reports.jsonl", text)
    objects = [json.loads(line) for line in text.splitlines()]
    assert len(objects) == len(reports)
    assert " ".join(objects[0]) == (
        "schema id path title threshold too_short title_fit title_mismatch multi_topic paragraphs"
    )
    assert " ".join(objects[0]["paragraphs"][1]) == (
        "index start end line coherence label flagged probabilities reasons text"
    )
    assert list(objects[0]["paragraphs"][1]["probabilities"]) == ["coherent", "off_topic", "boilerplate"]
    assert objects[0]["paragraphs"][1]["coherence"] == 0.071235
    for report, document in zip(reports, objects, strict=True):
        assert [p["text"] for p in document["paragraphs"]] == [p.text for p in report.paragraphs]
    assert "河川" in text


def test_json_is_one_document_with_a_summary(reports: list[Report]) -> None:
    text = render(reports, Format.JSON, errors=("gone.txt: no such file",))
    golden("reports.json", text)
    value = json.loads(text)
    lines = render(reports, Format.JSONL).splitlines()
    assert value["documents"] == [json.loads(line) for line in lines]
    assert value["summary"] == {
        "documents": 8,
        "paragraphs": 23,
        "flagged": 6,
        "errors": ["gone.txt: no such file"],
    }


def test_json_without_documents_is_valid() -> None:
    value = json.loads(render([], Format.JSON))
    assert value["documents"] == []
    assert value["summary"]["documents"] == 0


@pytest.fixture
def stated(reports: list[Report]) -> list[Report]:
    """A foreign title with and without findings, and several topics."""
    foreign, several = Statement(0.0312345678, title_mismatch=True), Statement(0.9, multi_topic=True)
    fine, flood, record = reports[1], reports[0], reports[6]
    titled = replace(fine, document=replace(fine.document, title="Something\x1b[31m else"))
    recorded = replace(record, document=replace(record.document, title="Something else"))
    return [
        replace(flood, statement=foreign),
        replace(titled, statement=foreign),
        replace(recorded, statement=foreign),
        replace(flood, statement=several),
        replace(fine, statement=several),
    ]


def test_full_says_what_is_said_of_the_document(stated: list[Report]) -> None:
    text = render_full(stated, 80)
    golden("statements.txt", text)
    assert text.count("title: does not fit the body (0.03)") == 3
    # Where nothing was found, nothing is said of several topics either.
    assert text.count("several topics: only strong cases are called off_topic") == 1
    quiet = render(stated[1:2], Format.FULL, quiet=True)
    assert "title: does not fit" in quiet


def test_concise_has_a_line_for_a_foreign_title(stated: list[Report]) -> None:
    lines = render(stated[1:3], Format.CONCISE).splitlines()
    assert lines[0] == (
        r'news/fine.txt:1:1: title_mismatch 0.03 "Something\x1b[31m else" (does not fit the body)'
    )
    assert lines[1] == 'feed.jsonl:12:1: title_mismatch 0.03 "Something else" (does not fit the body)'
    assert "title_mismatch" not in render(stated[3:], Format.CONCISE)


def test_jsonl_has_what_is_said_of_the_document(stated: list[Report], reports: list[Report]) -> None:
    said = [json.loads(line) for line in render([*stated, reports[0]], Format.JSONL).splitlines()]
    assert [d["title_fit"] for d in said] == [0.031235] * 3 + [0.9] * 2 + [None]
    assert [d["title_mismatch"] for d in said] == [True] * 3 + [False] * 3
    assert [d["multi_topic"] for d in said] == [False] * 3 + [True] * 2 + [False]


def test_statistics(reports: list[Report]) -> None:
    golden("statistics.txt", render(reports, Format.FULL, statistics=True))
    statistics = json.loads(render(reports, Format.JSON, ("e",), statistics=True))["statistics"]
    assert statistics["labels"] == {"coherent": 17, "off_topic": 4, "boilerplate": 2}
    assert statistics["flagged_documents"] == 5
    assert statistics["errors"] == ["e"]
    assert json.loads(render([], Format.JSONL, statistics=True))["statistics"]["mean_coherence"] is None


@pytest.mark.parametrize(
    ("output_format", "name"),
    [
        (Format.SARIF, "report.sarif"),
        (Format.GITHUB, "github.txt"),
        (Format.GITLAB, "gitlab.json"),
        (Format.JUNIT, "junit.xml"),
    ],
)
def test_formats_of_other_systems(
    reports: list[Report], stated: list[Report], judge: Judge, output_format: Format, name: str
) -> None:
    errors = (
        FailedInput("gone.txt: no such file", "gone.txt"),
        FailedInput("feed.jsonl:3: not JSON", "feed.jsonl", 3),
    )
    fused = Document.from_text("A 😀\n\nIt rained. A walrus swam. It stopped.\n\nb\n\nc", path="news/b.md")
    sentence_level = judge(fused, level="sentence")
    text = render([*reports, stated[1], sentence_level], output_format, errors)
    golden(name, text.replace(__version__, "VERSION"))


@given(st.text(st.characters()))
def test_any_text_is_one_harmless_line(text: str) -> None:
    shown = escape(text)
    shown.encode()
    assert len(shown.splitlines()) <= 1
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in shown)
    assert not any(unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF") for c in shown)


@given(paragraphs=st.lists(st.text(st.characters()), max_size=5), title=st.text(st.characters()))
def test_any_document_survives_every_format(paragraphs: list[str], title: str) -> None:
    document = Document.from_paragraphs([f"walrus {p}" for p in paragraphs], title=title, path=title)
    from_json = json.loads(render([_flag_all(document)], Format.JSONL))
    assert [p["text"] for p in from_json["paragraphs"]] == [p.text for p in document.paragraphs]
    for output_format in Format:
        render([_flag_all(document)], output_format).encode()


def _flag_all(document: Document) -> Report:
    from misplaced.report import Report, ScoredParagraph

    scored = tuple(
        ScoredParagraph(
            i,
            p.text,
            p.start,
            p.end,
            p.line,
            0.1,
            "off_topic",
            True,
            {"coherent": 0.1, "off_topic": 0.8, "boilerplate": 0.1},
            (p.text,),
        )
        for i, p in enumerate(document.paragraphs)
    )
    return Report(document, scored, 0.62, document.too_short)
