"""Companions and service lines: what only its form tells from the article, either way."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from misplaced.training.articles import Article
from misplaced.training.corruption.donors import DonorPool
from misplaced.training.corruption.insertion import InsertionSettings, corrupt
from misplaced.training.corruption.material import headline_of


def article(number):
    """An article on one harbour, in which two people and a place are named."""
    harbour = f"Port Quay{chr(97 + number % 26)}"
    surname = f"Merrow{chr(97 + number % 26)}"
    paragraphs = (
        f"The council met in {harbour} on a wet evening, and Ines {surname} spoke for an hour.",
        f"{surname} said that {harbour} needs a longer pier. Nobody laughed at the plan.",
        f"It was then that Otto Brackish asked who pays. Brackish has a boat in {harbour}.",
        f"A vote of the council is due in June, and the Old Customs House is still for sale, said {surname}.",
        f"The pier was built by hand. Ships pass it daily, {surname} said.",
        "Nothing was decided before the lights went out.",
    )
    return Article(f"h{number}", f"A longer pier for {harbour}", paragraphs, ("coherent",) * 6)


HOSTS = [article(number) for number in range(120)]
DONORS = [
    Article(f"d{number}", f"Basalt{number} sold {number} lamps", HOSTS[number].paragraphs, ("coherent",) * 6)
    for number in range(40)
]
POOL = DonorPool(DONORS)


def made_of(form, hosts=HOSTS, seed=0):
    """Corrupt the hosts with one insertion of a form; host, result and the lines that came in."""
    chosen = InsertionSettings(1.0, 1, ("random",), (form,), seed)
    for made, host in zip(corrupt(hosts, chosen, POOL), hosts, strict=True):
        lines = list(zip(made.paragraphs, made.labels, strict=True))
        for own in host.paragraphs:
            lines.remove((own, "coherent"))
        yield host, made, lines


def names_of(host):
    """What the host's own lines name, in lower case."""
    number = int(host.id[1:])
    letter = chr(97 + number % 26)
    return f"port quay{letter}", f"merrow{letter}", "otto brackish", "customs house"


def test_companions_tell_of_the_articles_own_subject():
    for host, made, lines in made_of("companion"):
        assert lines
        assert made.form == "companion"
        words = (*names_of(host), "pier", "boat", "ships", "laughed", "decided")
        own = [any(word in text.lower() for word in words) for text, _ in lines]
        # Only lists take other stories' titles in, and have a heading.
        assert all(own) or (len(lines) > 2 and any(own)), lines


def test_companions_are_never_bare_among_the_paragraphs():
    shapes = Counter()
    for host, made, lines in made_of("companion"):
        own = {headline_of(host), *(s for p in host.paragraphs for s in re.split(r"(?<=\.) ", p))}
        if len(lines) > 2:
            start = made.paragraphs.index(lines[0][0])
            assert made.paragraphs[start:] == tuple(text for text, _ in lines)  # below the article
            assert len(lines[0][0].split()) < 8
            shapes["list"] += 1
        else:
            assert not [text for text, _ in lines if text in own]
            shapes[frozenset(label for _, label in lines)] += 1
    assert shapes["list"] > 4
    assert shapes[frozenset({"off_topic"})] > 50
    assert shapes[frozenset({"boilerplate"})] > 15


def test_companions_are_filled_in_and_vary():
    texts = [text for _, _, lines in made_of("companion") for text, _ in lines]
    assert not [text for text in texts if re.search(r"[{}]|\s\s|^\s|\s$|\bNone\b", text)]
    assert len(set(texts)) > 0.9 * len(texts)


def test_prompts_and_players_that_do_not_play_are_the_pages_own():
    faults = r"(?i)\b(cannot be|could not be|is not available|is not supported|failed to)\b"
    labels = {
        (bool(re.search(faults, text)), label)
        for _, _, lines in made_of("companion")
        for text, label in lines
        if re.search(faults, text) or re.search(r"^(Tags|Topics|Vote):", text)
    }
    assert labels == {(True, "boilerplate"), (False, "boilerplate")}


def test_kind_of_a_companion_tells_that_no_donor_gave_it():
    kinds = Counter(made.kind for _, made, _ in made_of("companion"))
    assert set(kinds) == {"companion", "furniture", "random"}
    assert kinds["companion"] > 60


def test_an_article_that_names_nobody_has_no_companions():
    nameless = Article(
        "n", "what it was like", ("it rained and it rained all of the day.",) * 5, ("coherent",) * 5
    )
    assert {
        made.form
        for made in corrupt([nameless] * 9, InsertionSettings(1.0, 1, ("random",), ("companion",)), POOL)
    } == {None}


def test_words_of_a_title_stand_in_for_names():
    paragraphs = ("the talks on Kelp went on and on until the morning.",) * 5
    host = Article("k", "Talks On Kelp Went On", paragraphs, ("coherent",) * 5)
    chosen = InsertionSettings(1.0, 1, ("random",), ("companion",))
    made = corrupt([host] * 40, chosen, DonorPool([host]))
    said = [p for m in made for p, label in zip(m.paragraphs, m.labels, strict=True) if label != "coherent"]
    assert sum("Kelp" in text for text in said) > 20
    assert not [text for text in said if re.search(r"(is|of|on|about) (Talks|Went)\b", text)]


def test_service_lines_belong():
    shapes = Counter()
    for _, made, lines in made_of("service"):
        assert {label for _, label in lines} == {"coherent"}
        assert (made.kind, made.form) == ("lookalike", "service")
        if len(lines) > 1:
            ends = made.paragraphs[: len(lines)], made.paragraphs[-len(lines) :]
            assert tuple(text for text, _ in lines) in ends
            shapes["facts"] += 1
        else:
            text = lines[0][0]
            shapes["rule" if not re.search(r"[^\W_]", text) else "announcing"] += 1
            assert text.endswith(":") or not re.search(r"[^\W_]", text)
        assert not [text for text, _ in lines if re.search(r"[{}]|\bNone\b", text)]
    assert min(shapes[s] for s in ("facts", "rule", "announcing")) > 15


@pytest.mark.parametrize("form", ["companion", "service"])
def test_every_seed_gives_its_own_and_the_same_again(form):
    first, again, other = ([made.paragraphs for _, made, _ in made_of(form, seed=seed)] for seed in (3, 3, 4))
    assert first == again != other
