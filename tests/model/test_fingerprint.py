from hypothesis import given
from hypothesis import strategies as st

from misplaced.fingerprint import fingerprint


def test_wrapping_a_paragraph_anew_keeps_its_fingerprint():
    assert fingerprint("The mayor  spoke\n  on Monday.") == fingerprint("The mayor spoke on Monday.")


def test_another_wording_has_another_fingerprint():
    assert fingerprint("The mayor spoke on Monday.") != fingerprint("The mayor spoke on Tuesday.")


@given(st.text())
def test_any_text_has_one(text):
    assert len(fingerprint(text)) == 32
    int(fingerprint(text), 16)
