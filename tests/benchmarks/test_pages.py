"""Pages with a known truth: that they say it, that lines are told by it, and what is counted."""

from __future__ import annotations

import json
from pathlib import Path

import pagebuilding
import pages
import pytest
from extractors import EXTRACTORS, Element, truth

from misplaced.report import LABELS, Report, ScoredParagraph

ROOT = Path(__file__).parents[2]
LINES = (ROOT / "docs/samples/articles.jsonl").read_text(encoding="utf-8").splitlines()
ARTICLES = [json.loads(line) for line in LINES]


class PointerDetector:
    """Flags what begins with a pointer's words."""

    def detect(self, document):
        scored = []
        for index, p in enumerate(document.paragraphs):
            foreign = p.text.startswith(("READ MORE", "Read also", "[ ", "Also in", "MORE:", "See also"))
            coherence = 0.1 if foreign else 0.9
            probabilities = dict(zip(LABELS, (coherence, 1 - coherence, 0.0), strict=True))
            scored.append(
                ScoredParagraph(
                    *(index, p.text, p.start, p.end, p.line, coherence, "coherent", False, probabilities)
                )
            )
        return Report(document, tuple(scored), 1.0).rethreshold(0.5)


@pytest.fixture(autouse=True)
def _extra(require):
    require("trafilatura")


def built():
    return [pagebuilding.build(ARTICLES, index) for index in range(len(ARTICLES))]


def test_there_are_articles_enough_of_many_topics():
    assert len(ARTICLES) >= 20
    assert len({article["topic"] for article in ARTICLES}) >= 10
    assert all(6 <= len(article["paragraphs"]) <= 10 for article in ARTICLES)


def test_pages_are_the_same_every_time():
    assert built() == built()


@pytest.mark.parametrize("index", range(8))
def test_a_page_says_what_its_elements_are(index):
    elements = truth(built()[index])
    article = ARTICLES[index]
    assert [e.text for e in elements if e.label == "coherent"] == article["paragraphs"]
    assert {e.label for e in elements} == set(pagebuilding.LABELS)
    of_others = [a for a in ARTICLES if a is not article]
    for element in elements:
        if element.label == "off_topic":
            words = element.text.removesuffix(" ...")
            assert any(
                a["title"] in words or a["caption"] == words or a["paragraphs"][0].startswith(words)
                for a in of_others
            )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("The tide was late.", "coherent"),
        ("  The tide\nwas late. ", "coherent"),
        ("- Town news", "off_topic"),
        ("Town news Harbour news", "off_topic"),
        ("The tide was late. Town news", "mixed"),
        ("was late.", "coherent"),
        ("Nobody wrote this", "unknown"),
    ],
)
def test_lines_are_told_by_the_elements_in_them(line, told):
    known = [
        Element("The tide was late.", "coherent", "prose"),
        Element("Town news", "off_topic", "list"),
        Element("Harbour news", "off_topic", "list"),
    ]
    assert pages.tell(line, known)[0] == told


@pytest.mark.parametrize("name", EXTRACTORS)
def test_extractors_return_lines_of_the_page(name):
    if EXTRACTORS[name].missing():
        pytest.skip(f"{name} is not installed")
    page = built()[2]
    title, lines = EXTRACTORS[name](page)
    known = truth(page)
    told = [pages.tell(line, known) for line in lines]
    assert ("coherent", "prose") in told
    assert ("unknown", "unknown") not in told
    assert title is None or title.startswith(ARTICLES[2]["title"])


def test_counts_add_up():
    figures = pages.measure(built()[:4], PointerDetector())
    kept, flagged = (figures["extractors"]["trafilatura"][key] for key in ("kept", "flagged"))
    assert figures["pages"] == 4
    assert kept["coherent"]["prose"] == sum(len(a["paragraphs"]) for a in ARTICLES[:4])
    assert flagged == {"off_topic": {"pointer": kept["off_topic"]["pointer"]}}
    assert kept["off_topic"]["pointer"] <= figures["on_pages"]["off_topic"]["pointer"]
    assert pages.total(kept, "off_topic", "boilerplate") >= pages.total(flagged, "off_topic")


def test_the_document_shows_the_figures_on_record():
    figures = json.loads((ROOT / "eval/pages.json").read_text(encoding="utf-8"))
    document = (ROOT / "docs/explanation/web-pages.md").read_text(encoding="utf-8")
    assert figures["pages"] == len(ARTICLES)
    assert pages.tables(figures) in document
    assert pages.insert(document, pages.tables(figures)) == document
