"""Which articles an encoder was tuned on, and which were kept for the classifier behind it.

An encoder separates the articles that it was tuned on better than any others. A classifier fitted
on those would take its distances for granted, so a share of the sources is held out from
fine-tuning, by a rule that needs nothing but the article itself.
"""

from __future__ import annotations

import hashlib

#: Steps of the rule: shares are honoured to a thousandth.
_STEPS = 1000


def is_held_out(key: str, share: float) -> bool:
    """Tell whether a source is held out from fine-tuning.

    Parameters
    ----------
    key : str
        The source of an article, or its id where it names none.
    share : float
        Share of the keys that are held out, 0 to 1.

    Returns
    -------
    bool
        The same on every machine: decided by a digest of the key. A key held out at one share is
        held out at every larger one.
    """
    digest = hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % _STEPS < round(share * _STEPS)
