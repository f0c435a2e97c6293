"""The held-out share: a rule of the key alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from misplaced.training.split import is_held_out


@given(st.text(), st.floats(0, 1), st.floats(0, 1))
def test_a_key_held_out_stays_out_at_a_larger_share(key, one, other):
    small, large = sorted((one, other))
    assert not is_held_out(key, 0)
    assert is_held_out(key, 1)
    assert is_held_out(key, large) or not is_held_out(key, small)


def test_shares_are_honoured_and_the_rule_is_the_same_everywhere():
    keys = [f"site-{i}" for i in range(4000)]
    assert 0.28 < sum(is_held_out(key, 0.3) for key in keys) / len(keys) < 0.32
    assert [i for i in range(12) if is_held_out(f"site-{i}", 0.3)] == [2, 8]
