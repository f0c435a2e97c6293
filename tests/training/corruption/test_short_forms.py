"""The short forms: pointers, headlines, players, galleries, blurbs, furniture and look-alikes."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misplaced.training.articles import Article
from misplaced.training.corruption.furniture import furniture_line
from misplaced.training.corruption.insertion import GROUPS, DonorPool, InsertionSettings, corrupt
from misplaced.training.corruption.material import headline_of, split_sentences
from misplaced.training.corruption.pointers import marker
from misplaced.training.corruption.subjects import subjects

WORDS = [
    "alder",
    "birch",
    "cedar",
    "dogwood",
    "elm",
    "fir",
    "gorse",
    "hazel",
    "ivy",
    "juniper",
    "larch",
    "maple",
]


def article(number, *, length=8):
    """An article on one tree, with two people and a place in it."""
    tree = WORDS[number % len(WORDS)] + str(number)
    keeper = f"Rosa Ferngrove{chr(97 + number % 26)}"
    surname = keeper.split()[1]
    paragraphs = (
        f"The {tree} was planted near the Old {tree.title()} Museum by {keeper} in a quiet spring.",
        f"A visitor of the garden met {keeper} below the {tree}, and Hugo Saltmarsh came along.",
        f"{surname} said the {tree} grows slowly. Saltmarsh measured the {tree} with Ferngrove twice.",
        f"“We water the {tree} on every second day,” {surname} said. The soil is dry there.",
        *(
            f"In its year {i} the {tree} grew by {i} inches. Nobody cut the {tree}."
            for i in range(length - 4)
        ),
    )
    return Article(f"a{number}", f"How the {tree} came to the garden", paragraphs, ("coherent",) * length)


HOSTS = [article(number) for number in range(60)]
POOL = DonorPool(HOSTS)


def made_of(form, *, hosts=HOSTS, most=1, seed=0):
    """Corrupt the hosts with one form; the host and the inserted lines of each."""
    chosen = InsertionSettings(1.0, most, ("random",), (form,), seed)
    for made, host in zip(corrupt(hosts, chosen, POOL), hosts, strict=True):
        lines = list(zip(made.paragraphs, made.labels, strict=True))
        for own in host.paragraphs:
            lines.remove((own, "coherent"))
        yield host, made, lines


@pytest.mark.parametrize("form", sorted(set(GROUPS["wild"])))
def test_lines_are_filled_in_and_vary(form):
    texts = [text for _, _, lines in made_of(form) for text, _ in lines]
    assert not [text for text in texts if re.search(r"[{}]|\s\s|^\s|\s$|\bNone\b", text)]
    assert len(set(texts)) > 0.6 * len(texts)


def test_markers_are_many_and_put_together():
    rng = random.Random(0)
    drawn = Counter(marker(rng) for _ in range(2000))
    assert len(drawn) > 400
    assert drawn.most_common(1)[0][1] < 60
    assert 0.2 < sum(m.isupper() for m in drawn.elements()) / 2000 < 0.6


def test_pointers_hold_a_headline_and_words_of_their_own():
    titles = {host.title.lower() for host in HOSTS}
    bare = 0
    for host, _, lines in made_of("pointer"):
        for text, _ in lines:
            held = [title for title in titles if title in text.lower()]
            assert len(held) == 1
            assert held[0] != host.title.lower()
            bare += text.lower() == held[0]
    assert bare == 0


def test_an_article_words_its_pointers_alike_mostly():
    def wording(text):
        return re.sub(r"how the \w+ came to the garden", "", text.lower())

    shares = []
    for _, _, lines in made_of("pointer", most=4):
        wordings = Counter(wording(text) for text, _ in lines)
        if len(lines) >= 3:
            shares.append(max(wordings.values()) / len(lines))
    assert len(shares) > 20
    assert 0.8 < sum(shares) / len(shares) < 1.0
    others = {wording(text) for _, _, lines in made_of("pointer") for text, _ in lines}
    assert len(others) > 30


def test_headlines_are_of_different_donors():
    for _, _, lines in made_of("headlines"):
        trees = [t for text, _ in lines for t in re.findall(r"how the (\w+) came", text.lower())]
        assert 2 <= len(trees) <= 8
        assert len(set(trees)) == len(trees)


def test_headings_name_a_part_of_the_page_or_point():
    headings = [lines[0] for _, _, lines in made_of("headlines") if "garden" not in lines[0][0].lower()]
    assert {label for _, label in headings} == {"off_topic", "boilerplate"}
    assert all(len(text.split()) < 9 for text, _ in headings)


def test_players_show_lengths_and_words():
    texts = [text for _, _, lines in made_of("video") for text, _ in lines]
    assert any(re.search(r"\d:\d\d", text) for text in texts)
    assert any(text.lower().count("came to the garden") == 2 for text in texts)
    assert all("came to the garden" in text.lower() for text in texts)


def test_blurbs_open_another_story():
    cut = 0
    for _, _, lines in made_of("blurb"):
        assert 1 <= len(lines) <= 2
        assert "was planted" in lines[-1][0]
        cut += bool(re.search(r"(\.\.\.|…|\[…\])", lines[-1][0]))
    assert 5 < cut < 50


def test_galleries_are_runs_at_most_four_times_as_long_as_the_article():
    long = [article(number, length=60) for number in range(100, 160)]
    sizes = [len(lines) for _, _, lines in made_of("gallery", hosts=long)]
    assert sum(size <= 10 for size in sizes) > 10
    assert any(size > 15 for size in sizes)
    for _, made, lines in made_of("gallery"):
        captions = [text for text, _ in lines if len(text.split()) > 4]
        assert 2 <= len(captions) <= 4 * 8 + 2  # a title, and the first one twice
        start = made.labels.index("off_topic")
        assert made.labels[start : start + len(lines)] == ("off_topic",) * len(lines)


def test_some_galleries_carry_their_heading_on_every_line():
    runs = [[text for text, _ in lines] for _, _, lines in made_of("gallery", hosts=HOSTS * 3)]
    headed = [run for run in runs if len(run) > 3 and len({" ".join(t.split()[:2]) for t in run}) == 1]
    assert 0.1 < len(headed) / len(runs) < 0.6


def test_captions_of_a_gallery_name_nobody_of_the_host():
    for host, _, lines in made_of("gallery"):
        names = {name for name in subjects(host)[0] if name.startswith("Hugo")}
        assert names == {"Hugo Saltmarsh"}
        assert not [text for text, _ in lines if re.search(r"Hugo Saltmarsh (?!came)\w+s? ", text)]


def test_lookalikes_are_of_every_kind_and_of_the_hosts_words():
    labels = Counter()
    for host, made, lines in made_of("lookalike", hosts=HOSTS * 5):
        assert (made.kind, made.form) == ("lookalike", "lookalike")
        own = set(re.findall(r"\w+", " ".join((host.title, *host.paragraphs)).lower()))
        for text, label in lines:
            labels[label] += 1
            if label == "coherent":
                words = set(re.findall(r"[^\W\d_]\w*", text.lower()))
                assert words <= own, text
    assert set(labels) == {"coherent", "caption", "meta"}


def test_sub_headings_stand_above_their_paragraph():
    seen = 0
    for _, made, lines in made_of("lookalike", hosts=HOSTS * 5):
        text, label = lines[0]
        place = made.paragraphs.index(text)
        if label == "coherent" and len(lines) == 1 and len(text.split()) <= 4 and not text.endswith("."):
            below = made.paragraphs[place + 1]
            words = re.findall(r"[^\W\d_]\w*", text.lower())
            assert place > 0
            if all(word in below.lower() for word in words):
                seen += 1
    assert seen > 20


def test_furniture_is_said_in_many_words():
    rng = random.Random(0)
    lines = Counter(furniture_line(rng) for _ in range(2000))
    assert len(lines) > 600
    assert all(line == line.strip() and line for line in lines)


def test_furniture_of_a_donor_is_used():
    donor = Article("d", "D", ("Press the blue button",) * 4, ("boilerplate",) * 4)
    chosen = InsertionSettings(1.0, 1, ("random",), ("furniture",))
    texts = Counter(
        text
        for made in corrupt(HOSTS, chosen, DonorPool([donor]))
        for text in made.paragraphs
        if "blue" in text
    )
    assert 15 < texts["Press the blue button"] < 45


def test_articles_without_titles_get_no_headlines():
    hosts = [Article(f"u{i}", None, HOSTS[i].paragraphs, HOSTS[i].labels) for i in range(10)]
    for form in ("pointer", "headline", "headlines", "video", "teaser"):
        assert {m.form for m in corrupt(hosts, InsertionSettings(1.0, forms=(form,)))} == {None}
    for form in ("gallery", "blurb", "lookalike"):
        assert None not in {m.form for m in corrupt(hosts, InsertionSettings(1.0, forms=(form,)))}


def test_the_rubric_of_a_title_is_no_part_of_the_headline():
    for title, headline in (("OPINION:  The harbour\nbill", "The harbour bill"), (" ", None), (None, None)):
        assert headline_of(Article("d", title, (), ())) == headline


@pytest.mark.parametrize(
    ("paragraph", "sentences"),
    [
        ("One came. Two went.", ["One came.", "Two went."]),
        (
            "He met Mr. Fern at 5 p.m. Tuesday. It rained.",
            ["He met Mr. Fern at 5 p.m. Tuesday.", "It rained."],
        ),
        ("“It is dry.” She left.", ["“It is dry.”", "She left."]),
        ("The U.S. Navy and J. Fern agree.", ["The U.S. Navy and J. Fern agree."]),
        ("", [""]),
    ],
)
def test_sentences(paragraph, sentences):
    assert split_sentences(paragraph) == sentences


@given(st.text('aB.!?"” ').map(lambda text: " ".join(text.split())))
def test_sentences_lose_nothing(text):
    assert " ".join(split_sentences(text)) == text


def test_people_are_told_from_bodies_and_named_once():
    paragraphs = (
        "A crowd met Hugo Saltmarsh and Hugo B. Saltmarsh near the Green Valley Museum on a windy day.",
        "Later Saltmarsh said that Death Row and the Senate Committee were out of the question.",
        "Then Mr Saltmarsh left.",
    )
    people, places = subjects(Article("s", None, paragraphs, ("coherent",) * 3))
    assert [name.split()[-1] for name in people] == ["Saltmarsh"]
    assert places == ["Green Valley Museum"]
    assert subjects(Article("s", None, paragraphs, ("coherent",) * 3), {"Saltmarsh", "Museum"}) == ([], [])
