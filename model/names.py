"""Which of a paragraph's capitalised words a reader would call names; for the reasons only.

The features count every capitalised word, and the classifier weighs them as they are. A sentence that
lists names to a person must not list a headline's verbs or the days of the week.
"""

from __future__ import annotations

from misplaced.features.terms import Terms, names_as_written

#: Capitalised words in a row that make a headline rather than a long name.
_HEADLINE_WORDS = 4

#: Longest word that a headline may leave in small letters (of, for, with).
_SMALL_WORD = 4

#: Every article may have these, whatever it is about.
_CALENDAR = frozenset(
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ]
)


def telling_names(content: str) -> dict[str, str]:
    """Return the names of a paragraph that say what it is about.

    Parameters
    ----------
    content : str
        With white space folded.

    Returns
    -------
    dict of str to str
        Case-folded name to its spelling, without the words of a headline that opens the paragraph
        and without days and months.
    """
    dropped = _headline_words(content) | _CALENDAR
    return {name: spelling for name, spelling in names_as_written(content).items() if name not in dropped}


def _headline_words(content: str) -> frozenset[str]:
    """Words of a headline or label that opens a paragraph, in whose capitals every word looks like a name."""
    run = []
    for word in content.split():
        core = word.strip(".,:;!?\"'“”‘’()[]|–—-")
        if core and not core[0].isupper() and not core[0].isdigit() and len(core) > _SMALL_WORD:
            break
        run.append(core)
    capitals = [core for core in run if core[:1].isupper()]
    shouted = len(capitals) > 1 and all(core.isupper() for core in capitals)
    if len(capitals) < _HEADLINE_WORDS and not shouted:
        return frozenset()
    return frozenset(Terms.of(" ".join(run)).words)
