"""Reasons: few, true, and there for everything that is flagged."""

from __future__ import annotations

import re

import numpy as np
import pytest

from misplaced.classifier import CLASSES, Classifier
from misplaced.detector import Detector
from misplaced.document import Document
from misplaced.features import matrix
from misplaced.features.terms import Terms

NUMBER = r"(-?\d\.\d\d)"
CAPTION = "Striker Lino Vasko lifts the cup."


@pytest.fixture
def suspicious(small_detector):
    """Make a detector to which certain columns are all the evidence there is, the first the most."""

    def make(*columns, label="off_topic"):
        names = matrix.names(small_detector.encoder.dimension)
        number = [name for name, _ in CLASSES].index("pointer" if label == "off_topic" else "furniture")
        weights = np.zeros((len(CLASSES), len(names)))
        mean = np.zeros(len(names))
        for strength, column in zip(range(len(columns), 0, -1), columns, strict=True):
            weights[number, names.index(column)] = 0.1 * strength
            mean[names.index(column)] = -10  # every paragraph is far from the average one
        classifier = Classifier(mean, np.ones(len(names)), weights, np.zeros(len(CLASSES)))
        return Detector(small_detector.encoder, classifier, small_detector.weights, 0.001)

    return make


def reasons_of(detector, paragraphs, title=None):
    report = detector.detect(Document.from_paragraphs(paragraphs, title=title))
    return [p.reasons for p in report.paragraphs]


def cosines(detector, paragraphs):
    rows = detector.encoder.encode([" ".join(p.split()) for p in paragraphs])
    return rows, rows @ rows.T


def matching(pattern, reasons):
    found = [re.fullmatch(pattern, sentence) for sentence in reasons]
    return next((match for match in found if match), None)


def pattern_anywhere(detector, stories, pattern):
    """Yield (paragraphs, row, match) for every sentence of a kind over several articles."""
    for paragraphs in stories:
        for row, reasons in enumerate(reasons_of(detector, paragraphs)):
            match = matching(pattern, reasons)
            if match:
                yield paragraphs, row, match


@pytest.fixture
def stories(articles, story):
    foreign = [[*a["paragraphs"][:4], story[3], *a["paragraphs"][4:]] for a in articles[:12]]
    return [story, *foreign]


def test_every_flagged_paragraph_has_one_to_three_reasons(small_detector, stories):
    flagged = 0
    for paragraphs in stories:
        for paragraph in small_detector.detect(Document.from_paragraphs(paragraphs)).findings:
            flagged += 1
            assert 1 <= len(paragraph.reasons) <= 3
            assert len(set(paragraph.reasons)) == len(paragraph.reasons)
            assert all(reason == reason.strip() != "" for reason in paragraph.reasons)
    assert flagged > 5


def test_what_plainly_belongs_has_no_reasons(small_detector, stories):
    plain = 0
    for paragraphs in stories:
        for paragraph in small_detector.detect(Document.from_paragraphs(paragraphs)).paragraphs:
            if 1 - paragraph.coherence < min(0.1, small_detector.threshold):
                plain += 1
                assert paragraph.reasons == ()
    assert plain > 20


def test_similarity_to_the_rest_and_the_closest_paragraph_are_right(suspicious, stories):
    detector = suspicious("rest")
    pattern = (
        rf"similarity to the rest of the article {NUMBER}; this article's paragraphs lie around {NUMBER} "
        rf"\(closest: paragraph (\d+), {NUMBER}\)"
    )
    seen = 0
    for paragraphs, row, match in pattern_anywhere(detector, stories, pattern):
        seen += 1
        own, typical, closest, cosine = match.groups()
        rows, between = cosines(detector, paragraphs)

        def rest(i, rows=rows):
            others = np.delete(rows, i, axis=0).sum(axis=0)
            return rows[i] @ others / np.linalg.norm(others)

        assert float(own) == pytest.approx(rest(row), abs=0.006)
        assert float(typical) == pytest.approx(np.median([rest(i) for i in range(len(rows))]), abs=0.006)
        assert float(own) <= float(typical)
        between[row, row] = -1
        assert int(closest) == between[row].argmax()
        assert float(cosine) == pytest.approx(between[row].max(), abs=0.006)
    assert seen > 20


def test_similarity_to_the_title_is_right(suspicious, story):
    detector = suspicious("title")
    title = "The harbour of Ellmouth and its dredging"
    rows, _ = cosines(detector, story)
    own = rows @ detector.encoder.encode([title])[0]
    reasons = reasons_of(detector, story, title)
    for row, value in enumerate(own):
        match = matching(rf"similarity to the title {NUMBER}; .* lie around {NUMBER}", reasons[row])
        assert bool(match) == (value < np.median(own))
        if match:
            assert [float(n) for n in match.groups()] == pytest.approx([value, np.median(own)], abs=0.006)
    assert "similarity to the opening paragraphs" in reasons_of(detector, story)[3][0]


def test_paragraph_numbers_count_empty_paragraphs(suspicious, story):
    with_gap = ["", story[0], "  ", *story[1:]]
    pattern = rf".*\(closest: paragraph (\d+), {NUMBER}\)"
    detector = suspicious("rest")
    found = list(pattern_anywhere(detector, [with_gap], pattern))
    assert found
    _, between = cosines(detector, with_gap)
    between[:, [0, 2]] = -1
    for _, row, match in found:
        between[row, row] = -1
        assert int(match[1]) == between[row].argmax()


def test_interruptions_are_measured_at_the_neighbours(suspicious, stories):
    pattern = (
        rf"interrupts the text: {NUMBER} and {NUMBER} similar to its neighbours, "
        rf"which are {NUMBER} similar to each other"
    )
    seen = 0
    detector = suspicious("interruption")
    for paragraphs, row, match in pattern_anywhere(detector, stories, pattern):
        seen += 1
        before, after, bridge = map(float, match.groups())
        _, between = cosines(detector, paragraphs)
        expected = between[row, row - 1], between[row, row + 1], between[row - 1, row + 1]
        assert (before, after, bridge) == pytest.approx(expected, abs=0.006)
        assert bridge >= max(before, after)
    assert seen > 3


def test_listed_names_occur_nowhere_else(suspicious, stories):
    pattern = r"(?:shares no names with the rest of the article \((.+)\)|names that occur nowhere .*: (.+))"
    seen = 0
    for paragraphs, row, match in pattern_anywhere(suspicious("names_unseen"), stories, pattern):
        listed = re.sub(r" and \d+ more$", "", match[1] or match[2]).split(", ")
        assert len(listed) <= 4
        elsewhere = {w for i, p in enumerate(paragraphs) if i != row for w in Terms.of(p).words}
        for name in listed:
            seen += 1
            assert name in paragraphs[row]
            assert name.casefold() not in elsewhere
    assert seen > 5


def test_names_of_the_title_and_of_a_copy_are_not_called_unknown(suspicious, story):
    detector = suspicious("names_unseen")
    told = "Yesterday the winner Lino Vasko and then Peer Ahlund spoke."
    paragraphs = [*story[:3], told, *story[4:]]
    untitled = reasons_of(detector, paragraphs)[3]
    assert untitled == ("shares no names with the rest of the article (Ahlund, Lino, Peer, Vasko)",)
    titled = reasons_of(detector, paragraphs, title="A cup for Vasko")[3]
    assert titled == ("names that occur nowhere else in the article: Ahlund, Lino, Peer",)
    twice = reasons_of(detector, [*paragraphs, told])
    assert "Vasko" not in "".join((*twice[3], *twice[-1]))


def test_names_are_spelt_as_in_the_text_and_counted(suspicious, story):
    told = "The canal and AN met İnci, McAdam’s crew, Lino, Straßner and Vasko."
    reasons = reasons_of(suspicious("names_unseen"), [*story[:3], told, *story[4:]])[3]
    assert reasons == ("shares no names with the rest of the article (AN, İnci, Lino, McAdam and 2 more)",)


def test_a_repetition_names_the_copy(suspicious, story):
    paragraphs = [*story, CAPTION, story[0], CAPTION]
    reasons = reasons_of(suspicious("repeats"), paragraphs, title=story[4])
    first = len(story)
    assert reasons[0] == (f"repeats paragraph {first + 1} word for word",)
    assert reasons[first] == (f"repeats paragraph {first + 2} word for word",)
    assert reasons[first + 1] == ("repeats paragraph 0 word for word",)
    assert reasons[first + 2] == (f"repeats paragraph {first} word for word",)
    assert reasons[4] == ("repeats the title",)


def test_shape_and_place_hold(suspicious, stories):
    seen = set()
    detector = suspicious("log_words", "from_end", "names_seen")
    for paragraphs in [[*s, "READ MORE: Vasko Scores Again"] for s in stories]:
        usual = np.median([len(p.split()) for p in paragraphs])
        for row, reasons in enumerate(reasons_of(detector, paragraphs)):
            words = len(paragraphs[row].split())
            for sentence in reasons:
                match = re.search(r"(\d+) words?, where (\d+) are usual", sentence)
                if match:
                    seen.add("length")
                    assert (int(match[1]), int(match[2])) == (words, pytest.approx(usual, abs=1))
                if "no closing punctuation" in sentence:
                    seen.add("open")
                    assert not paragraphs[row].endswith((".", "!", "?"))
                if "very end" in sentence:
                    seen.add("end")
                    assert row == len(paragraphs) - 1
                if "very beginning" in sentence:
                    seen.add("beginning")
                    assert row == 0
    assert seen == {"length", "open", "end", "beginning"}


def test_a_mark_that_the_whole_article_bears_is_no_reason(suspicious):
    guide = [f"Floor {n}: rooms of the collection that open at {n + 8} in the morning" for n in range(6)]
    for reasons in reasons_of(suspicious("open_end", "label_prefix"), guide):
        assert matching(r"shaped unlike.*", reasons) is None


def test_a_headline_s_capitals_are_not_called_names(suspicious, story):
    teaser = "Cooker Wins Prize for Best Evenings Judges praised Zellwick for weeks of work."
    reasons = reasons_of(suspicious("names_unseen"), [*story, teaser])[-1]
    found = matching(r".*names .*?(?:: |\()([\w, ]+)\)?", reasons)
    assert found
    assert found[1] == "Zellwick"


def test_a_document_too_short_to_judge_is_explained_by_wording_alone(suspicious):
    for reasons in reasons_of(suspicious("rest", "term_overlap"), ["Subscribe now", "Follow us today"]):
        assert reasons in ((), ("worded like page furniture (advertising, sign-ups, sharing, navigation)",))


def test_shared_words_and_short_company_are_measured(suspicious, story):
    detector = suspicious("term_overlap", "short_run")
    paragraphs = [*story, "READ MORE", "Follow us", "Sign up", "Share"]
    features = matrix.compute(
        paragraphs, detector.encoder.encode(paragraphs), None, None, detector.weights
    ).matrix
    names = matrix.names(0)
    overlap, run = (features[:, names.index(c)] for c in ("term_overlap", "short_run"))
    for row, reasons in enumerate(reasons_of(detector, paragraphs)):
        shared = matching(r"(\d+)% of its words, weighted .* usual here is (\d+)%", reasons)
        assert bool(shared) == (overlap[row] <= np.median(overlap) - 0.05)
        if shared:
            measured = [100 * overlap[row], 100 * np.median(overlap)]
            assert [int(n) for n in shared.groups()] == pytest.approx(measured, abs=0.51)
        company = matching(
            r"stands among short lines without punctuation \((\d+)% of the lines here\)", reasons
        )
        assert bool(company) == (run[row] >= 0.4)
        assert not company or int(company[1]) == pytest.approx(100 * run[row], abs=0.51)


def test_the_heaviest_evidence_comes_first_and_at_most_three_kinds_are_said(suspicious, story):
    said = {
        "repeats": "repeats paragraph 4",
        "names_unseen": "shares no names",
        "rest": "similarity to the rest",
        "log_words": "shaped unlike",
    }
    told = "Then Lino Vasko"
    paragraphs = [*story[:3], told, told.upper(), *story[4:]]
    columns = list(said)
    for _ in columns:
        columns.append(columns.pop(0))
        reasons = reasons_of(suspicious(*columns), paragraphs)[3]
        expected = [said[c] for c in columns if c != "names_unseen"]  # the copy holds the names
        assert len(reasons) == 3
        for reason, beginning in zip(reasons, expected, strict=True):
            assert reason.startswith(beginning)


@pytest.mark.parametrize(
    ("label", "said"), [("off_topic", "worded like a pointer"), ("boilerplate", "worded like page furniture")]
)
def test_wording_is_named_after_the_label(suspicious, story, label, said):
    reasons = reasons_of(suspicious("embedding_3", label=label), story)
    assert all(len(r) == 1 and r[0].startswith(said) for r in reasons)


def test_evidence_without_a_true_sentence_still_gives_a_reason(suspicious, story):
    assert all(len(r) == 1 for r in reasons_of(suspicious("repeats"), story))


class Sure:
    """A context network that calls everything a pointer."""

    def read(self, rows, compared):
        return np.full((len(rows), len(CLASSES)), -1, dtype=np.float32)


def test_similarity_to_the_rest_speaks_for_the_context_network(small_detector, story):
    names = matrix.names(small_detector.encoder.dimension, context=True)
    weights, mean = np.zeros((len(CLASSES), len(names))), np.zeros(len(names))
    weights[3, names.index("context_pointer")] = 1.0
    mean[names.index("context_pointer")] = -10
    detector = Detector(
        small_detector.encoder,
        Classifier(mean, np.ones(len(names)), weights, np.zeros(len(CLASSES))),
        small_detector.weights,
        0.001,
        context=Sure(),
    )
    said = reasons_of(detector, [*story[:3], "Zellwick bakes rye.", *story[3:]])
    assert matching(rf"similarity to the rest of the article {NUMBER}; .*", said[3])
    # Where a paragraph is as similar as any other, that would be no reason.
    typical = [reasons for reasons in said if not matching(r"similarity to the rest.*", reasons)]
    assert ("worded like a pointer to another story or a teaser",) in typical
