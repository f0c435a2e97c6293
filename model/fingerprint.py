"""What identifies a paragraph wherever it stands: a digest of its wording.

Beside the report: baselines and reporters use it to know a finding again after it was moved.
"""

from __future__ import annotations

import hashlib

from misplaced.document import fold

#: Hexadecimal digits kept: 128 bits, beyond any chance of two wordings meeting.
_DIGITS = 32


def fingerprint(text: str) -> str:
    """Return the digest of a paragraph's wording.

    Parameters
    ----------
    text : str
        White space is folded first, so that wrapping a paragraph anew changes nothing.

    Returns
    -------
    str
        32 hexadecimal digits of a sha256.
    """
    return hashlib.sha256(fold(text).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
