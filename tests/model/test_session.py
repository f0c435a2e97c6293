"""Batches that run beside each other give what they give one after another."""

from __future__ import annotations

import os

import numpy as np
import pytest

from misplaced.artifact import bundled
from misplaced.encoder import OnnxEncoder
from misplaced.session import Graph, available_cores

TEXTS = [f"Paragraph {i} of the ferry story, " + "with some words more. " * (i % 7) for i in range(40)]


@pytest.fixture(scope="module")
def encoders():
    folder = bundled()
    return [OnnxEncoder(folder / "encoder.onnx", folder / "tokenizer.json", threads=t) for t in (1, 3)]


def test_threads_change_no_embedding_and_no_order(encoders):
    one, several = encoders
    np.testing.assert_allclose(one.encode(TEXTS), several.encode(TEXTS), atol=2e-6)


def test_every_thread_gets_a_share():
    graph = Graph(bundled() / "encoder.onnx", threads=4)
    assert graph.share(26, 16) == 7
    assert graph.share(1000, 16) == 16
    assert graph.share(0, 16) == 1


def test_one_core_or_more_is_available():
    assert 1 <= available_cores() <= (os.cpu_count() or 1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_goes_on_with_threads_of_its_own(encoders):
    several = encoders[1]
    expected = several.encode(TEXTS)
    child = os.fork()
    if child == 0:
        same = np.allclose(several.encode(TEXTS), expected, atol=2e-6)
        os._exit(0 if same else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
