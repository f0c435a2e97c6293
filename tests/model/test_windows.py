"""Windows: what the reader sees holds what was asked for, in order, within its size."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from misplaced.windows import LEAD, PARAGRAPH, TITLE, WINDOW, header, window_around, windows_for

pieces = st.lists(st.lists(st.integers(1000, 2000), min_size=1, max_size=90), min_size=1, max_size=40)


@given(pieces, st.data())
def test_a_window_holds_its_centre_and_neighbours_in_order(paragraphs, data):
    centre = data.draw(st.integers(0, len(paragraphs) - 1))
    head = header([7] * 30, paragraphs)
    window = window_around(centre, paragraphs, head)
    shown = [paragraph for paragraph, _, _ in window.spans]
    assert shown == list(range(shown[0], shown[-1] + 1))
    assert centre in shown
    assert len(window.ids) == len(window.types) <= WINDOW
    assert window.ids[: len(head)] == head
    for paragraph, first, end in window.spans:
        assert window.ids[first : end - 1] == paragraphs[paragraph][:PARAGRAPH]
        assert set(window.types[first:end]) == {1}


@given(pieces, st.data())
def test_every_wanted_paragraph_is_read_once_and_between_its_neighbours(paragraphs, data):
    wanted = sorted(data.draw(st.sets(st.integers(0, len(paragraphs) - 1), min_size=1)))
    cut = list(windows_for(wanted, paragraphs, header([7], paragraphs)))
    assert sorted(p for _, seen in cut for p in seen) == wanted
    for window, seen in cut:
        shown = [paragraph for paragraph, _, _ in window.spans]
        for paragraph in seen:
            inner = shown[0] < paragraph < shown[-1]
            at_an_end = paragraph in (0, len(paragraphs) - 1)
            assert inner or at_an_end or paragraph == seen[0]


def test_the_header_is_the_title_and_the_first_prose():
    short, prose = [5] * 4, [6] * 70
    head = header([7] * 50, [short, prose])
    assert head == [101, *[7] * TITLE, 102, *[6] * LEAD, 102]
    assert header([], [short]) == [101, 102, 102]


def test_a_window_grows_on_both_sides():
    paragraphs = [[i] * 20 for i in range(30)]
    window = window_around(15, paragraphs, header([], []))
    shown = [paragraph for paragraph, _, _ in window.spans]
    assert 15 - shown[0] == shown[-1] - 15 or abs((15 - shown[0]) - (shown[-1] - 15)) == 1
    assert len(shown) > 8
