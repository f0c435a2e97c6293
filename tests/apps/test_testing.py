"""``assert_coherent`` outside pytest's plugin: what it takes, and what it says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from misplaced import Document
from misplaced.apps.sharing import judged, shared_detector
from misplaced.apps.testing import assert_coherent
from misplaced.errors import RecordError, UnreadableError, UsageError

EXAMPLES = Path(__file__).parents[2] / "examples"
NEWS = (EXAMPLES / "news.txt").read_text(encoding="utf-8")


def parts(text):
    document = Document.from_text(text)
    return document.title, [paragraph.text for paragraph in document.paragraphs]


@pytest.mark.parametrize(
    "article",
    [NEWS, EXAMPLES / "news.txt", str(EXAMPLES / "news.txt"), Document.from_text(NEWS)],
    ids=["text", "path", "name", "document"],
)
def test_every_form_of_an_article_is_judged(article):
    with pytest.raises(AssertionError, match="2 of 14 paragraphs do not belong") as caught:
        assert_coherent(article)
    assert "Town Bakery Wins National Rye Prize" in str(caught.value)
    assert "similarity to the rest of the article" in str(caught.value)


def test_paragraphs_are_taken_as_they_are():
    title, paragraphs = parts(NEWS)
    with pytest.raises(AssertionError, match="of 15 paragraphs do not belong"):
        assert_coherent([*paragraphs, ""], title=title)
    kept = [p for p in paragraphs if "Town Bakery" not in p and "More Top" not in p]
    assert_coherent(tuple(kept), title=title)


def test_threshold_is_the_callers_and_nobody_elses():
    before = shared_detector().threshold
    assert_coherent(NEWS, threshold=1.0)
    with pytest.raises(AssertionError, match=r"threshold 0\.95"):
        assert_coherent(NEWS, threshold=0.95)
    assert shared_detector().threshold == before
    with pytest.raises(UsageError, match="out of range"):
        assert_coherent(NEWS, threshold=0.0)


def test_title_that_belongs_elsewhere_fails_nothing():
    _, paragraphs = parts((EXAMPLES / "longread.txt").read_text(encoding="utf-8"))
    assert_coherent(paragraphs, title="Town Bakery Wins National Rye Prize for Third Year")


@pytest.mark.parametrize("name", ["articles/new.md", "new.txt", "PAGE.HTML"])
def test_mistyped_name_is_no_short_article(name):
    with pytest.raises(UnreadableError, match="no such file"):
        assert_coherent(name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The council moved README.md into more.md and less.txt",
        "One line.",
        "a nul\x00 in the road closed the harbour",
    ],
)
def test_line_of_text_is_no_name(text):
    assert_coherent(text)


def test_record_that_cannot_be_read_is_an_error(tmp_path):
    path = tmp_path / "batch.jsonl"
    path.write_text('{"text": "One."}\n{broken\n', encoding="utf-8")
    with pytest.raises(RecordError, match=r"batch\.jsonl:2"):
        assert_coherent(path)


def test_message_is_plain_whatever_the_environment_asks(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "20")
    with pytest.raises(AssertionError) as caught:
        assert_coherent(NEWS)
    assert "\x1b" not in str(caught.value)
    assert max(map(len, str(caught.value).splitlines())) > 60


def test_detector_is_loaded_once_a_process_and_anew_after_a_fork():
    assert shared_detector() is shared_detector()
    assert shared_detector(second_look=False) is not shared_detector()
    if not hasattr(os, "fork"):
        return
    parents = shared_detector()
    list(judged([NEWS], parents))
    child = os.fork()
    if not child:
        status = 1
        try:
            (report,) = judged([NEWS], shared_detector())
            status = 0 if len(report.findings) == 2 and shared_detector() is not parents else 1
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
