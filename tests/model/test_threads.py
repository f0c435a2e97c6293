"""An article's matrices are multiplied in one thread, and the program's own are left as they were."""

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from misplaced.classifier import Classifier
from misplaced.detector import Detector
from misplaced.threads import one_thread

ARTICLE = ["The harbour was closed on Monday.", "Boats waited outside.", "Bake the bread for an hour."]


def _threads() -> set[int]:
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


@pytest.fixture
def several():
    """Three threads for matrices, as a program of the user's may have."""
    with threadpool_limits(3, user_api="blas"):
        yield
        assert _threads() == {3}


@pytest.mark.usefixtures("several")
def test_the_detector_multiplies_in_one_thread(monkeypatch):
    detector = Detector.load("fast")
    found = []
    judge = Classifier.probabilities

    def watched(self, features):
        found.append(_threads())
        return judge(self, features)

    monkeypatch.setattr(Classifier, "probabilities", watched)
    detector.score(ARTICLE)
    assert found == [{1}]


@pytest.mark.usefixtures("several")
def test_an_error_lifts_the_limit():
    with pytest.raises(ZeroDivisionError), one_thread():
        raise ZeroDivisionError
