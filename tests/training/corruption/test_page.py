"""Where inserted lines find their place."""

from __future__ import annotations

import random

from misplaced.training.corruption.material import Insertion, Line
from misplaced.training.corruption.page import Page


def page():
    return Page(["a", "b", "b", "c"], ["coherent"] * 4, [0, 1, 2, 3])


def test_lines_stay_above_their_paragraph_whatever_came_before():
    made = page()
    rng = random.Random(0)
    assert made.insert(Insertion((Line("x"), Line("y")), before=0), "lookalike", rng)
    assert made.insert(Insertion((Line("above the second b", "coherent"),), before=2), "lookalike", rng)
    assert made.insert(Insertion((Line("z", "meta"),), before=4), "lookalike", rng)
    assert made.paragraphs == ["x", "y", "a", "b", "above the second b", "b", "c", "z"]
    assert made.labels == [
        *("off_topic", "off_topic", "coherent", "coherent", "coherent", "coherent", "coherent", "meta")
    ]
    assert made.spans() == ()


def test_prose_never_stands_first():
    for seed in range(200):
        made = page()
        made.insert(Insertion((Line("x"),)), "paragraph", random.Random(seed))
        assert made.paragraphs[0] == "a"
