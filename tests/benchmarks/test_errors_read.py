"""Errors as they are printed to be read by hand."""

from __future__ import annotations

from errors import errors, shown, worst

from misplaced.labelled import LabelledDocument


def article(labels, kind="wild"):
    lines = tuple(f"line {n} of\n the lock keeper's diary" for n in range(len(labels)))
    return LabelledDocument(
        id="a7", title="Diary", paragraphs=lines, labels=tuple(labels), kind=kind, form=None, site=None,
        record_line=1,
    )  # fmt: skip


LABELS = ["coherent", "coherent", "off_topic", "caption", "boilerplate", "coherent"]
SCORES = [0.1, 0.6, 0.4, 0.9, 0.5, 0.2]


def test_only_what_counts_and_is_wrong():
    found = list(errors([article(LABELS), article(LABELS, "multi")], [SCORES, SCORES], 0.5))
    assert [(error.what, error.index) for error in found] == [("false flag", 1), ("miss", 2)]
    assert round(found[1].distance(0.5), 6) == 0.1


def test_an_error_stands_between_its_neighbours():
    (_, miss) = errors([article(LABELS)], [SCORES], 0.5)
    lines = list(shown(miss, context=1, width=18))
    assert lines[0] == "miss 0.400: a7, paragraph 2, labelled off_topic"
    assert [line.strip() for line in lines[2:-1]] == [
        "0.60 coherent    line 1 of the loc…",
        "> 0.40 off_topic   line 2 of the loc…",
        "0.90 caption     line 3 of the loc…",
    ]


def test_worst_first_and_few_of_one_article():
    others = [LabelledDocument("b", None, ("x",), ("off_topic",), None, None, None, 2)]
    found = errors([article(["off_topic"] * 4), *others], [[0.3, 0.1, 0.4, 0.2], [0.35]], 0.5)
    kept = worst(found, 0.5, per_article=2)
    assert [(error.article.id, error.index) for error in kept] == [("a7", 1), ("a7", 3), ("b", 0)]
