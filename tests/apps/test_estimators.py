"""The estimators in scikit-learn's own checks and in pipelines."""

from __future__ import annotations

import doctest
import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from misplaced import Document
from misplaced.apps.estimators import CoherenceClassifier, MisplacedRemover, ParagraphFeatures
from misplaced.errors import TableError, UsageError
from misplaced.features.matrix import CONTEXT

ROOT = Path(__file__).parents[2]
NEWS = (ROOT / "examples/news.txt").read_text(encoding="utf-8")


@parametrize_with_checks([ParagraphFeatures(), CoherenceClassifier()])
def test_scikit_learn_finds_nothing_wrong(estimator, check):
    check(estimator)


@pytest.mark.parametrize(
    "check",
    [
        estimator_checks.check_estimator_cloneable,
        estimator_checks.check_estimator_repr,
        estimator_checks.check_get_params_invariance,
        estimator_checks.check_mixin_order,
        estimator_checks.check_no_attributes_set_in_init,
        estimator_checks.check_parameters_default_constructible,
        estimator_checks.check_set_params,
        estimator_checks.check_valid_tag_types,
    ],
    ids=lambda check: check.__name__,
)
def test_remover_passes_the_checks_that_feed_no_numbers(check):
    check("MisplacedRemover", MisplacedRemover())


@pytest.fixture(scope="module")
def table(labelled_file):
    """Rows of article, title and paragraph, with their labels."""
    rows, labels = [], []
    for line in labelled_file.read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        for paragraph, label in zip(article["paragraphs"], article["labels"], strict=True):
            if label in ("coherent", "off_topic", "boilerplate"):
                rows.append([article["id"], article["title"], paragraph])
                labels.append(label)
    return rows, labels


@pytest.fixture(scope="module")
def numbers(table):
    return ParagraphFeatures(titled=True).fit_transform(table[0]), np.array(table[1])


class TestParagraphFeatures:
    def test_numbers_are_those_that_the_detector_reads(self, bundled_detector):
        from misplaced.look import first_look

        document = Document.from_text(NEWS)
        (known,) = bundled_detector.embed([document])
        d = bundled_detector
        expected = first_look(
            document, known, d.classifier, d.weights, d.statements, context=d.context
        ).features.matrix
        rows = [["a", document.title, p.text] for p in document.paragraphs]
        found = ParagraphFeatures(titled=True).fit_transform(rows)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, atol=1e-4)

    def test_rows_of_an_article_are_found_wherever_they_stand(self, table):
        rows = [[row[0], row[2]] for row in table[0][:60]]
        transformer = ParagraphFeatures(groups=["semantic", "lexical"])
        expected = transformer.fit_transform(rows)
        last = [i for i, row in enumerate(rows) if row[0] == rows[0][0]]
        order = [i for i in range(len(rows)) if i not in last] + last
        mixed = transformer.transform([rows[i] for i in order])
        np.testing.assert_allclose(mixed, expected[order], atol=1e-5)

    def test_articles_do_not_mix(self, table):
        rows = [[row[0], row[2]] for row in table[0][:40]]
        first = [row for row in rows if row[0] == rows[0][0]]
        whole = ParagraphFeatures().fit_transform(rows)[: len(first)]
        np.testing.assert_allclose(whole, ParagraphFeatures().fit_transform(first), atol=1e-5)
        assert (
            np.abs(whole - ParagraphFeatures().fit_transform(np.array(rows)[:, 1:])[: len(first)]).max() > 0.1
        )

    def test_empty_paragraphs_are_rows_of_zeros(self):
        found = ParagraphFeatures().fit_transform([["a", "One."], ["a", " "], ["b", ""], ["a", "Two."]])
        assert (found.any(axis=1) == [True, False, False, True]).all()

    def test_columns_have_names(self):
        transformer = ParagraphFeatures(groups=["surface", "embedding"])
        names = transformer.get_feature_names_out()
        found = transformer.fit_transform([["One."], ["Two words."]])
        assert found.shape == (2, len(names))
        assert len(set(names)) == len(names)
        assert np.expm1(found[:, list(names).index("log_words")]) == pytest.approx([1, 2])
        assert names[-1].startswith("embedding_")

    def test_data_frames_are_tables_too(self, table):
        pandas = pytest.importorskip("pandas")
        frame = pandas.DataFrame(table[0][:30], columns=["article", "title", "paragraph"])
        frame["article"] = np.arange(30) // 10
        transformer = ParagraphFeatures(titled=True).set_output(transform="pandas")
        found = transformer.fit_transform(frame)
        assert list(transformer.feature_names_in_) == ["article", "title", "paragraph"]
        assert list(found.columns) == list(transformer.get_feature_names_out())
        rows = [[str(number), title, text] for number, title, text in frame.itertuples(index=False)]
        np.testing.assert_allclose(found, ParagraphFeatures(titled=True).fit_transform(rows), atol=1e-6)
        frame.loc[4, "paragraph"] = None
        with pytest.raises(ValueError, match=r"NaN|row 4"):
            transformer.fit_transform(frame)

    @pytest.mark.parametrize("cell", [None, b"bytes", ["a", "list"]])
    def test_what_is_no_text_is_named_by_its_row(self, cell):
        rows = np.empty((2, 2), dtype=object)
        rows[:] = "text"
        rows[1, 1] = cell
        with pytest.raises(TableError, match="row 1"):
            ParagraphFeatures().fit(rows).transform(rows)

    @pytest.mark.parametrize("groups", [["semantics"], []])
    def test_unknown_groups_are_refused(self, groups):
        with pytest.raises(UsageError, match="give some of semantic"):
            ParagraphFeatures(groups=groups).fit([["One."]])

    def test_another_model(self, trained):
        found = ParagraphFeatures(model=str(trained)).fit_transform([["One."], ["Two."]])
        # The bundled model has a context network, this one has none.
        bundled = ParagraphFeatures().fit_transform([["One."], ["Two."]])
        assert found.shape[1] == bundled.shape[1] - len(CONTEXT)
        context = ParagraphFeatures(groups=["context"])
        assert context.fit_transform([["One."], ["Two."]]).shape[1] == len(CONTEXT)
        assert context.get_feature_names_out().tolist() == list(CONTEXT)
        with pytest.raises(Exception, match="nowhere"):
            ParagraphFeatures(model="nowhere").fit([["One."]]).transform([["One."]])


class TestCoherenceClassifier:
    def test_threshold_decides_what_is_flagged(self, numbers):
        rows, labels = numbers
        classifier = CoherenceClassifier(threshold=0.7).fit(rows, labels)
        flagged = 1 - classifier.coherence(rows) >= 0.7
        assert 0 < flagged.sum() < len(rows)
        assert ((classifier.predict(rows) != "coherent") == flagged).all()
        likeliest = CoherenceClassifier().fit(rows, labels).predict(rows)
        assert (likeliest[flagged] == classifier.predict(rows)[flagged]).all()
        classifier.threshold = 1.0
        assert set(classifier.predict(rows)) == {"coherent"}

    def test_coherence_is_the_probability_of_its_class(self, numbers):
        rows, labels = numbers
        classifier = CoherenceClassifier().fit(rows, labels)
        place = list(classifier.classes_).index("coherent")
        assert (classifier.coherence(rows) == classifier.predict_proba(rows)[:, place]).all()
        other = CoherenceClassifier(coherent=0).fit(rows, (labels != "coherent").astype(int))
        assert ((other.coherence(rows) > 0.5) == (other.predict(rows) == 0)).all()

    def test_what_training_fits_is_what_it_fits(self, numbers):
        from misplaced.training.pipeline import fit_pipeline

        rows, labels = numbers
        classes = np.unique(labels, return_inverse=True)[1]
        pipeline = fit_pipeline(rows, classes, np.ones(len(rows)), 0.01, 0)
        ours = CoherenceClassifier().fit(rows, classes).predict_proba(rows)
        # Training stops its optimiser a little earlier.
        np.testing.assert_allclose(ours, pipeline.predict_proba(rows), atol=0.03)

    @pytest.mark.parametrize(
        ("settings", "told"),
        [({"threshold": 0.5}, "labelled 'coherent'"), ({"threshold": 2}, "out of range")],
    )
    def test_unusable_settings_are_refused(self, settings, told):
        with pytest.raises(UsageError, match=told):
            CoherenceClassifier(**settings).fit([[0.0], [1.0]], ["good", "bad"])


class TestMisplacedRemover:
    def test_texts_lose_what_does_not_belong_and_nothing_else(self):
        kept, untouched = MisplacedRemover().fit_transform([NEWS, "One line."])
        assert untouched == "One line."
        assert "Town Bakery" not in kept
        assert "More Top Stories" not in kept
        assert [block for block in NEWS.split("\n\n") if block in kept] == [
            block for block in NEWS.split("\n\n") if "Town Bakery" not in block and "More Top" not in block
        ]

    def test_result_is_that_of_fix(self, articles_folder):
        from misplaced.apps.detection import Options, run
        from misplaced.apps.loading import load_detector

        run(Options(inputs=(str(articles_folder),), fix=True, quiet=True), lambda: load_detector(None))
        (kept,) = MisplacedRemover().fit_transform([NEWS])
        assert kept == (articles_folder / "news.txt").read_text(encoding="utf-8")

    def test_threshold_and_level(self):
        (kept,) = MisplacedRemover(threshold=1.0).fit_transform([NEWS])
        assert kept == NEWS
        (by_sentence,) = MisplacedRemover(level="sentence", second_look=False).fit_transform([NEWS])
        assert "More Top Stories" not in by_sentence

    def test_any_iterable_of_texts(self):
        pandas = pytest.importorskip("pandas")
        expected = MisplacedRemover().transform([NEWS, ""])
        for texts in (pandas.Series([NEWS, ""]), np.array([NEWS, ""], dtype=object), iter([NEWS, ""])):
            assert (MisplacedRemover().transform(texts) == expected).all()
        assert MisplacedRemover().transform([]).shape == (0,)

    @pytest.mark.parametrize(("texts", "told"), [(NEWS, "list"), (3, "list"), ([NEWS, None], "row 1")])
    def test_what_is_no_text_is_refused(self, texts, told):
        with pytest.raises(TableError, match=told):
            MisplacedRemover().transform(texts)


class TestPipelines:
    def test_pair_learns_from_labels_of_ones_own(self, table):
        rows, labels = table
        groups = [row[0] for row in rows]
        pipeline = make_pipeline(ParagraphFeatures(titled=True), CoherenceClassifier())
        found = cross_val_predict(pipeline, rows, labels, groups=groups, cv=GroupKFold(3))
        foreign = np.array(labels) != "coherent"
        assert ((found != "coherent") == foreign).mean() > 0.85
        assert (found != "coherent")[foreign].mean() > 0.5

    def test_pair_is_cloned_pickled_and_searched(self, table):
        rows, labels = table[0][:60], table[1][:60]
        pipeline = make_pipeline(ParagraphFeatures(titled=True), CoherenceClassifier())
        grid = {"coherenceclassifier__C": [0.1], "paragraphfeatures__groups": [["lexical"], None]}
        search = GridSearchCV(clone(pipeline), grid, cv=GroupKFold(2), n_jobs=2)
        search.fit(rows, labels, groups=[row[0] for row in rows])
        again = pickle.loads(pickle.dumps(search.best_estimator_))
        assert (again.predict(rows) == search.predict(rows)).all()

    def test_remover_stands_before_a_vectoriser(self):
        pipeline = make_pipeline(MisplacedRemover(), CountVectorizer())
        words = pipeline.fit([NEWS]).named_steps["countvectorizer"].vocabulary_
        assert "harbour" in words
        assert "bakery" not in words


def test_page_does_what_it_shows(blocks, labelled_file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copy(labelled_file, tmp_path / "labelled.jsonl")
    shown = "\n".join(blocks("docs/how-to/scikit-learn.md", "example"))
    test = doctest.DocTestParser().get_doctest(shown, {}, "scikit-learn.md", None, 0)
    told: list[str] = []
    outcome = doctest.DocTestRunner(verbose=False).run(test, out=told.append)
    assert outcome.attempted > 10
    assert outcome.failed == 0, "".join(told)
