"""Foreign text put into articles: what, whose, how often, and that the article stays whole."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misplaced.errors import UsageError
from misplaced.labelled import LABELLED
from misplaced.training.articles import Article
from misplaced.training.corruption.donors import DEFAULT_DONORS, DonorPool
from misplaced.training.corruption.insertion import (
    DEFAULT_FORMS,
    FORMS,
    GROUPS,
    InsertionSettings,
    corrupt,
    form_names,
)

#: A mixed paragraph takes the place of the host's own: tested with its form.
WHOLE = [form for form in FORMS if form != "fused"]
OWN = {"lookalike", "service"}
#: Hosts that name nobody have no companions: tested by themselves.
NAMELESS = [form for form in WHOLE if form != "companion"]
FOREIGN = [form for form in NAMELESS if form not in {"furniture", *OWN}]


def article(name, *, topic=None, date=None, title="", count=6, labels=None):
    paragraphs = tuple(
        f"In {name} part {i} tells of many things. It goes on about {name} for a while, calmly."
        for i in range(count)
    )
    labels = labels or ("coherent",) * count
    return Article(name, title or f"All about {name}", paragraphs, labels, topic, date)


HOSTS = [
    article(f"n{i}", topic=("sea", "sky", None)[i % 3], date=("d1", "d2")[i % 2] if i % 5 else None)
    for i in range(30)
]


def inserted(made, host):
    """What stands in the made article beside the host's own paragraphs."""
    rest = list(zip(made.paragraphs, made.labels, strict=True))
    for own in host.paragraphs:
        rest.remove((own, "coherent"))
    return rest


choices = st.builds(
    InsertionSettings,
    rate=st.floats(0, 1),
    most=st.integers(1, 4),
    donors=st.lists(st.sampled_from(DEFAULT_DONORS), min_size=1).map(tuple),
    forms=st.lists(st.sampled_from(WHOLE), min_size=1).map(tuple),
    seed=st.integers(0, 99),
    mixed=st.booleans(),
)


@settings(max_examples=80)
@given(choices)
def test_without_the_insertions_the_article_is_what_it_was(chosen):
    for made, host in zip(corrupt(HOSTS, chosen), HOSTS, strict=True):
        assert (made.id, made.title) == (host.id, host.title)
        assert len(made.paragraphs) == len(made.labels)
        assert set(made.labels) <= set(LABELLED)
        assert all(text.strip() for text in made.paragraphs)
        left = iter(zip(made.paragraphs, made.labels, strict=True))
        assert all((own, "coherent") in left for own in host.paragraphs)  # in their order
        count = len(made.paragraphs) - len(host.paragraphs)
        assert (made.form is None) == (count == 0) == (made.kind == "clean")
        assert made.form is None or made.form in chosen.forms
        assert made.record()["labels"] == list(made.labels)


@pytest.mark.parametrize("form", NAMELESS)
def test_every_form_labels_its_lines(form):
    texts = {p for host in HOSTS for p in host.paragraphs}
    sizes = Counter()
    for made, host in zip(
        corrupt(HOSTS, InsertionSettings(1.0, 1, ("random",), (form,))), HOSTS, strict=True
    ):
        lines = inserted(made, host)
        sizes[len(lines)] += 1
        assert made.form == form
        kind = "lookalike" if form in OWN else "furniture" if form == "furniture" else "random"
        assert made.kind == kind
        labels = {label for _, label in lines}
        if form in FOREIGN:
            assert "off_topic" in labels
            assert labels <= ({"off_topic", "boilerplate"} if form == "headlines" else {"off_topic"})
        elif form == "furniture":
            assert labels == {"boilerplate"}
        else:
            assert labels <= {"coherent", "caption", "meta"}
        for text, _ in lines:
            if form in {"paragraph", "run"}:
                assert text in texts
            if form == "teaser":
                assert text.startswith("All about n")
                assert "In n" in text
            if form == "sentence":
                assert len(text.split(".")) == 2
                assert any(text in whole for whole in texts)
    expected = {"run": {2, 3}, "paragraph": {1}, "sentence": {1}, "teaser": {1}, "furniture": {1, 2}}
    assert set(sizes) == expected.get(form, set(sizes))
    assert max(sizes) <= 49  # a gallery of four times six and a line of counts for each, and its title


@pytest.mark.parametrize("form", FOREIGN)
def test_foreign_lines_hold_another_articles_words(form):
    for made, host in zip(corrupt(HOSTS, InsertionSettings(1.0, 1, forms=(form,))), HOSTS, strict=True):
        names = {
            name for text, label in inserted(made, host) for name in re.findall(r"\bn\d+\b", text.lower())
        }
        assert names
        assert host.id not in names


def test_a_run_is_consecutive_in_its_donor():
    by_text = {p: (host.id, i) for host in HOSTS for i, p in enumerate(host.paragraphs)}
    for made, host in zip(
        corrupt(HOSTS, InsertionSettings(1.0, 1, ("random",), ("run",))), HOSTS, strict=True
    ):
        places = [by_text[text] for text, _ in inserted(made, host)]
        first = places[0]
        assert places == [(first[0], first[1] + step) for step in range(len(places))]
        start = made.paragraphs.index(inserted(made, host)[0][0])
        assert made.labels[start : start + len(places)] == ("off_topic",) * len(places)


@pytest.mark.parametrize("donor", ["topic", "date"])
def test_hard_donors_are_of_the_same_topic_or_day(donor):
    by_text = {p: host for host in HOSTS for p in host.paragraphs}
    kinds = Counter()
    for made, host in zip(
        corrupt(HOSTS, InsertionSettings(1.0, 1, (donor,), ("paragraph",))), HOSTS, strict=True
    ):
        ((text, _),) = inserted(made, host)
        wanted = getattr(host, donor)
        kinds[made.kind] += 1
        assert made.kind == (donor if wanted else "random")
        assert by_text[text].id != host.id
        if wanted:
            assert getattr(by_text[text], donor) == wanted
    assert set(kinds) == {donor, "random"}


def test_a_lonely_topic_takes_a_random_donor():
    hosts = [article("a", topic="rare"), article("b"), article("c")]
    made = corrupt(hosts, InsertionSettings(1.0, 1, ("topic",), ("paragraph",)))
    assert [m.kind for m in made] == ["random"] * 3


def test_versions_of_one_story_do_not_donate_but_untitled_articles_do():
    rng = random.Random(0)
    host = article("a", title="One  story")
    twin = article("b", title="One story")
    assert DonorPool([host, twin]).draw(host, "random", rng) is None
    assert DonorPool([]).draw(host, "random", rng) is None
    one, other = (Article(n, None, article(n).paragraphs, ("coherent",) * 6) for n in ("x", "y"))
    found, kind = DonorPool([one, other]).draw(one, "random", rng)
    assert (found.id, kind) == ("y", "random")
    made = corrupt([one, other], InsertionSettings(1.0, forms=("paragraph", "run", "sentence")))
    assert [m.form is not None for m in made] == [True, True]


def test_rates():
    assert {m.form for m in corrupt(HOSTS, InsertionSettings(rate=0))} == {None}
    assert None not in {m.form for m in corrupt(HOSTS, InsertionSettings(rate=1))}
    some = sum(m.form is not None for m in corrupt(HOSTS * 10, InsertionSettings(rate=0.3)))
    assert 60 < some < 120


def test_labels_and_kind_of_the_host_are_kept():
    labels = ("coherent", "caption", "ignore", "boilerplate", "meta", "off_topic")
    host = Article("h", "T", tuple(f"own {i}" for i in range(6)), labels, kind="multi")
    (made,) = corrupt([host], InsertionSettings(rate=1), DonorPool(HOSTS))
    own = {p: label for p, label in zip(made.paragraphs, made.labels, strict=True) if p.startswith("own")}
    assert tuple(own.values()) == labels
    (clean,) = corrupt([host], InsertionSettings(rate=0))
    assert (clean.kind, clean.form, clean.labels) == ("multi", None, labels)


def test_only_coherent_prose_is_donated():
    donor = article("d", labels=("off_topic", "boilerplate", "ignore", "coherent", "caption", "meta"))
    host = article("h")
    for seed in range(20):
        chosen = InsertionSettings(1.0, 1, forms=("paragraph", "sentence", "teaser", "run"), seed=seed)
        (made,) = corrupt([host], chosen, DonorPool([donor]))
        ((text, _),) = inserted(made, host)
        assert "part 3" in text or "for a while" in text


def test_short_articles_are_no_hosts():
    hosts = [article("a", count=3), article("b", count=4)]
    assert [m.id for m in corrupt(hosts, InsertionSettings())] == ["b"]


def test_an_article_does_not_change_when_another_is_added_behind_it():
    chosen = InsertionSettings(rate=1.0)
    pool = DonorPool(HOSTS)
    assert corrupt(HOSTS[:5], chosen, pool) == corrupt(HOSTS, chosen, pool)[:5]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"rate": -0.1}, "rate -0.1 is out of range"),
        ({"rate": 1.1}, "rate"),
        ({"rate": float("nan")}, "rate"),
        ({"most": 0}, "at least one insertion"),
        ({"donors": ("friend",)}, "unknown donor 'friend'; use one of random, topic, date, title"),
        ({"forms": ("poem",)}, "unknown form 'poem'; use one of paragraph"),
        ({"forms": ()}, "no form given"),
    ],
)
def test_settings_are_checked(wrong, says):
    with pytest.raises(UsageError, match=says):
        InsertionSettings(**wrong)


def test_groups_of_forms():
    assert form_names(["prose", "pointer"]) == ("paragraph", "run", "teaser", "sentence", "pointer")
    assert form_names(DEFAULT_FORMS) == DEFAULT_FORMS == (*GROUPS["prose"], "furniture")
    wild = Counter(form_names(["wild"]))
    assert set(wild) <= set(FORMS) - set(GROUPS["prose"])
    assert wild.most_common(1)[0][0] == "pointer"
    with pytest.raises(UsageError, match=r"unknown form 'poem'; use one of paragraph, .*, prose, wild"):
        form_names(["poem"])


def test_the_default_is_prose_and_furniture():
    forms = {m.form for m in corrupt(HOSTS * 10, InsertionSettings(1.0))}
    assert forms == set(DEFAULT_FORMS)


def test_an_article_has_one_form_unless_mixed():
    """Seen on two forms that cannot be mistaken for each other."""
    forms = ("paragraph", "furniture")
    for mixed in (False, True):
        made = corrupt(HOSTS * 4, InsertionSettings(1.0, 4, forms=forms, mixed=mixed))
        both = [m for m in made if {"off_topic", "boilerplate"} <= set(m.labels)]
        assert bool(both) is mixed
        assert all(m.form == "paragraph" and m.kind in DEFAULT_DONORS for m in both)


def test_short_forms_stand_anywhere_prose_forms_never_first():
    first = {
        form: sum(
            m.labels[0] != "coherent" for m in corrupt(HOSTS * 20, InsertionSettings(1.0, 1, forms=(form,)))
        )
        for form in ("paragraph", "pointer")
    }
    assert first["paragraph"] == 0
    assert 0 < first["pointer"] < 60


def test_lists_of_headlines_stand_below_the_article_mostly():
    made = corrupt(HOSTS * 10, InsertionSettings(1.0, 1, forms=("headlines",)))
    below = sum(m.labels[-1] == "off_topic" for m in made)
    assert len(made) / 2 < below < len(made)
