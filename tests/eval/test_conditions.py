"""Articles under harder conditions keep their words and their labels."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misplaced.eval import conditions
from misplaced.labelled import LabelledDocument


def article(paragraphs, labels=None, *, name="a", title="Ferry to the outer islands sails again"):
    labels = labels or ["coherent"] * len(paragraphs)
    return LabelledDocument(
        id=name,
        title=title,
        paragraphs=tuple(paragraphs),
        labels=tuple(labels),
        kind="clean",
        form=None,
        site=None,
        record_line=1,
    )


STORY = [
    "The ferry to the outer islands sails again after a winter in the dock, with a new engine, a larger "
    "deck for bicycles and a captain who grew up on the smallest of the islands.",
    "Islanders had been carried by fishing boats in the meantime, whenever the weather let them. The post "
    "came once a week, and the school closed for most of January.",
    "Read more: Bakers of the valley quarrel over rye",
    "The company promises four crossings a day until the end of the season, and two of them will carry "
    "lorries, which the shopkeepers of the islands had asked for.",
]
LABELS = ["coherent", "coherent", "off_topic", "coherent"]


def test_untitled():
    bare = conditions.untitled(article(STORY, LABELS))
    assert bare.title is None
    assert (bare.paragraphs, bare.labels) == (tuple(STORY), tuple(LABELS))


class TestHardWrapped:
    def test_blank_lines_keep_every_paragraph(self):
        wrapped = conditions.hard_wrapped(article(STORY, LABELS), blank_lines=True)
        assert wrapped.title == "Ferry to the outer islands sails again"
        assert (wrapped.paragraphs, wrapped.labels) == (tuple(STORY), tuple(LABELS))

    def test_without_them_a_foreign_line_may_run_together_with_text_and_counts_no_more(self):
        wrapped = conditions.hard_wrapped(article(STORY, LABELS), blank_lines=False)
        assert " ".join(wrapped.paragraphs) == " ".join(STORY)
        mixed = [p for p, label in zip(wrapped.paragraphs, wrapped.labels, strict=True) if label == "ignore"]
        assert len(mixed) == 1
        assert mixed[0].startswith("Read more: Bakers")
        assert set(wrapped.labels) == {"coherent", "ignore"}

    def test_words_of_the_title_among_the_paragraphs_do_not_count(self):
        titled = article(STORY, LABELS, title="The ferry sails again. It does.")
        wrapped = conditions.hard_wrapped(titled, blank_lines=True)
        assert wrapped.title is None
        assert wrapped.labels == ("ignore", *LABELS)

    @given(
        st.lists(
            st.lists(st.sampled_from(["Ferry", "of-the", "isles.", "on", "3"]), max_size=40), max_size=8
        ),
        st.booleans(),
        st.randoms(use_true_random=False),
    )
    def test_no_word_is_lost_and_every_paragraph_has_a_label(self, blocks, blank_lines, rng):
        paragraphs = [" ".join(block) for block in blocks]
        labels = [rng.choice(["coherent", "off_topic", "boilerplate"]) for _ in paragraphs]
        before = article(paragraphs, labels, title=None)
        after = conditions.hard_wrapped(before, blank_lines=blank_lines)
        words = " ".join([after.title or "", *after.paragraphs]).split()
        assert words == " ".join(paragraphs).split()
        assert len(after.labels) == len(after.paragraphs)


class TestGallery:
    DONORS = tuple(
        article([f"{place} keeps its {thing} in the town hall number {n}." for n in range(12)], name=place)
        for place, thing in (("Ostby", "clock"), ("Lundmere", "organ"), ("Varrow", "anchor"))
    )

    @pytest.mark.parametrize("many", [False, True])
    def test_a_third_of_the_lines_is_a_run_of_other_articles_lines(self, many):
        host = article(STORY, LABELS)
        made = conditions.with_gallery(host, (host, *self.DONORS), random.Random(2), many=many)
        added = [i for i, paragraph in enumerate(made.paragraphs) if paragraph not in STORY]
        assert len(added) == 2
        assert added == list(range(added[0], added[0] + 2))
        assert added[0] >= 1
        assert all(made.labels[i] == "off_topic" for i in added)
        assert [p for p in made.paragraphs if p in STORY] == STORY
        towns = {made.paragraphs[i].split()[0] for i in added}
        assert len(towns) == (2 if many else 1)
        assert made.kind == (conditions.MANY_STORIES if many else conditions.ONE_STORY)

    def test_a_donor_with_too_few_lines_is_helped_out(self):
        host = article([f"Line {n} of a long story about the ferry." for n in range(40)])
        made = conditions.with_gallery(host, self.DONORS, random.Random(2), many=False)
        assert made.labels.count("off_topic") == 20
        assert len(set(made.paragraphs)) == 60


@pytest.mark.parametrize(
    ("single", "double", "expected"), [(7, 3, True), (6, 4, False), (0, 0, False), (1, 0, True)]
)
def test_one_sentence_paragraphs(single, double, expected):
    one = "The ferry of the islands sails at noon."
    two = "The ferry of the islands sails at noon. The bus waits for it."
    assert conditions.is_one_sentence(article([one] * single + [two] * double + ["Timetable"])) is expected
