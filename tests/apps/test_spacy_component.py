"""The spaCy component in pipelines of the real spaCy."""

from __future__ import annotations

import doctest
import json
import subprocess
import sys
from pathlib import Path

import pytest

from misplaced import Document
from misplaced.errors import UsageError

ROOT = Path(__file__).parents[2]
NAMES = ("news.txt", "longread.txt", "blog.md")
TEXTS = tuple((ROOT / "examples" / name).read_text(encoding="utf-8") for name in NAMES)


@pytest.fixture(scope="module")
def spacy(require):
    return require("spacy")


@pytest.fixture(scope="module")
def nlp(spacy):
    nlp = spacy.blank("en")
    nlp.add_pipe("misplaced")
    return nlp


@pytest.fixture(scope="module")
def doc(nlp):
    return nlp(TEXTS[0])


def test_verdicts_are_those_of_the_detector(doc, bundled_detector):
    report = bundled_detector.detect(TEXTS[0])
    assert len(report.findings) == 2
    flagged = doc.spans["misplaced"]
    assert [(span.label_, span.text) for span in flagged] == [(f.label, f.text) for f in report.findings]
    judged = doc._.misplaced["paragraphs"]
    assert [p["coherence"] for p in judged] == pytest.approx(
        [p.coherence for p in report.paragraphs], abs=1e-6
    )
    assert doc._.misplaced["title"] == report.document.title
    for paragraph in judged:
        assert doc.text[paragraph["start"] : paragraph["end"]] == paragraph["text"]


def test_any_span_knows_the_paragraph_it_lies_in(doc):
    paragraphs = doc._.misplaced["paragraphs"]
    foreign = next(p for p in paragraphs if p["label"] == "off_topic")
    before = paragraphs[foreign["index"] - 1]
    word = doc.char_span(foreign["start"], foreign["start"] + len("Town"))
    assert word._.misplaced_label == "off_topic"
    assert word._.coherence == foreign["coherence"]
    across = doc.char_span(before["start"], foreign["end"], alignment_mode="expand")
    assert across._.coherence == foreign["coherence"]
    own = doc.char_span(before["start"], before["end"], alignment_mode="expand")
    assert (own._.misplaced_label, own._.coherence) == ("coherent", before["coherence"])
    title = doc.char_span(0, len("Harbour"))
    assert title._.coherence is None
    assert title._.misplaced_label is None


def test_document_that_was_not_judged_says_nothing(spacy):
    doc = spacy.blank("en")(TEXTS[0])
    assert doc._.misplaced is None
    assert doc[0:3]._.coherence is None


def test_verdicts_are_stored_with_the_document(spacy, nlp, doc):
    from spacy.tokens import Doc, DocBin

    again = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    (of_bin,) = DocBin().from_bytes(DocBin(docs=[doc], store_user_data=True).to_bytes()).get_docs(nlp.vocab)
    for other in (again, of_bin):
        # A DocBin gives tuples back for lists; JSON knows only one of them.
        assert json.dumps(other._.misplaced) == json.dumps(doc._.misplaced)
        assert [s.label_ for s in other.spans["misplaced"]] == [s.label_ for s in doc.spans["misplaced"]]
        assert other.spans["misplaced"][0]._.coherence == doc.spans["misplaced"][0]._.coherence


def test_span_covers_tokens_that_a_paragraph_cuts_through(spacy):
    nlp = spacy.blank("en")
    nlp.tokenizer = lambda text: spacy.tokens.Doc(nlp.vocab, text.split(" "))  # words and line breaks in one
    nlp.add_pipe("misplaced")
    text = TEXTS[0].replace("\n", "\n\n") if "\n\n" not in TEXTS[0] else TEXTS[0]
    doc = nlp(text)
    assert len(doc.spans["misplaced"]) == 2
    for span, paragraph in zip(
        doc.spans["misplaced"], (p for p in doc._.misplaced["paragraphs"] if p["flagged"]), strict=True
    ):
        assert paragraph["text"] in span.text
        assert span.start_char <= paragraph["start"]
        assert span.end_char >= paragraph["end"]


@pytest.fixture(scope="module")
def alone(nlp):
    """What is said of each text by itself; the model is loaded here before any process is forked."""
    return {text: nlp(text)._.misplaced for text in (*TEXTS, "", "One line.")}


@pytest.mark.parametrize("options", [{"batch_size": 1}, {"n_process": 2, "batch_size": 2}])
def test_streams_keep_their_order(nlp, alone, options):
    texts = [*TEXTS, "", TEXTS[0], "One line."]
    pairs = [(text, number) for number, text in enumerate(texts)]
    found = list(nlp.pipe(pairs, as_tuples=True, **options))
    assert [number for _, number in found] == list(range(len(texts)))
    assert [doc.text for doc, _ in found] == texts
    for (doc, _), text in zip(found, texts, strict=True):
        expected = alone[text]
        ours = [p["coherence"] for p in doc._.misplaced["paragraphs"]]
        assert ours == pytest.approx([p["coherence"] for p in expected["paragraphs"]], abs=1e-4)


def test_stream_is_judged_as_it_comes(nlp):
    taken = 0

    def endless():
        nonlocal taken
        while True:
            taken += 1
            yield TEXTS[0]

    first = next(iter(nlp.pipe(endless(), batch_size=4)))
    assert len(first.spans["misplaced"]) == 2
    assert taken < 100


def test_settings_are_saved_with_the_pipeline(spacy, tmp_path):
    nlp = spacy.blank("en")
    nlp.add_pipe("misplaced", config={"threshold": 0.95, "level": "sentence", "second_look": False})
    expected = nlp(TEXTS[0])
    assert expected._.misplaced["threshold"] == 0.95
    assert expected._.misplaced["sentence_threshold"] == 0.95
    nlp.to_disk(tmp_path / "pipeline")
    again = spacy.load(tmp_path / "pipeline")
    assert again.get_pipe_config("misplaced")["second_look"] is False
    assert again(TEXTS[0])._.misplaced == expected._.misplaced


def test_foreign_sentence_is_a_span_of_its_own(spacy, bundled_detector):
    harbour = bundled_detector.detect(TEXTS[0])
    own, foreign = harbour.paragraphs[5], harbour.findings[0]
    fused = Document.from_text(TEXTS[0]).source.replace(own.text, f"{own.text} {foreign.text}")
    nlp = spacy.blank("en")
    nlp.add_pipe("misplaced", config={"level": "sentence", "threshold": 0.6})
    doc = nlp(fused)
    flagged = [s for p in doc._.misplaced["paragraphs"] for s in p.get("sentences", ()) if s["flagged"]]
    for sentence in flagged:
        span = doc.char_span(sentence["start"], sentence["end"], alignment_mode="expand")
        assert span._.misplaced_label == sentence["label"]
        assert span.text in [found.text for found in doc.spans["misplaced"]]
    mixed = [p for p in doc._.misplaced["paragraphs"] if own.text[:40] in p["text"]]
    assert len(mixed) == 1
    assert any(foreign.text[:40] in sentence["text"] for sentence in flagged)


@pytest.mark.parametrize("config", [{"threshold": 2.0}, {"level": "word"}])
def test_unusable_settings_are_refused_when_the_pipeline_is_made(spacy, config):
    with pytest.raises(UsageError, match=r"out of range|neither"):
        spacy.blank("en").add_pipe("misplaced", config=config)


def test_component_needs_no_import_and_no_model_until_it_is_used(spacy):
    code = (
        "import sys, spacy; nlp = spacy.blank('en'); nlp.add_pipe('misplaced'); "
        "print([n for n in ('onnxruntime', 'sklearn', 'tokenizers', 'skops') if n in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert run.stdout == "[]\n"


def test_page_does_what_it_shows(spacy, blocks, monkeypatch):
    monkeypatch.chdir(ROOT)
    shown = "\n".join(blocks("docs/how-to/spacy.md", "example"))
    test = doctest.DocTestParser().get_doctest(shown, {}, "spacy.md", None, 0)
    told: list[str] = []
    outcome = doctest.DocTestRunner(verbose=False).run(test, out=told.append)
    assert outcome.attempted > 8
    assert outcome.failed == 0, "".join(told)
