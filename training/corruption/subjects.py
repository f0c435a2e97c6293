"""Whom and what an article's pictures show: the people and places it names.

Between :mod:`misplaced.training.corruption.material` and
:mod:`misplaced.training.corruption.captions`. A rough reading by the shape of the words: it feeds
captions, where a wrong guess costs nothing but taste.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from misplaced.training.corruption.material import prose

if TYPE_CHECKING:
    from collections.abc import Collection

    from misplaced.training.articles import Article

#: Subjects of each kind at most: the commonest.
_MOST = 8

#: Two or three capitalised words inside a sentence: a person, a place or a body.
_CAPITALISED = r"[A-Z][A-Za-zÀ-ÿ'’-]*[a-zà-ÿ]"
_NAME = re.compile(
    rf"(?<=[a-z,;] )(?!Mrs? |Ms ){_CAPITALISED} (?:[A-Z]\. )?{_CAPITALISED}(?: {_CAPITALISED})?"
)
_POSSESSIVE = re.compile(r"['’]s?$")

#: Last words of names of places that pictures show.
_SITES = frozenset(
    (
        *("Airport", "Bank", "Bridge", "Building", "Capitol", "Center", "Church", "College", "Court"),
        *("Courthouse", "Department", "Hall", "Headquarters", "Hospital", "Hotel", "House", "Library"),
        *("Memorial", "Museum", "Palace", "Park", "School", "Square", "Stadium", "Station", "Tower"),
        *("University", "Zoo"),
    )
)

#: Last words of names of what has no face.
_BODIES = frozenset(
    (
        *("Act", "Administration", "Agency", "America", "American", "Americans", "Army", "Association"),
        *("Avenue", "Bill", "Board", "Bureau", "City", "Club", "Commission", "Committee", "Company"),
        *("Conference", "Congress", "Corp", "Corporation", "Council", "County", "Democrat", "Democrats"),
        *("District", "East", "Force", "Foundation", "Fund", "Government", "Group", "Guard", "Health"),
        *("Inc", "Institute", "International", "Island", "Journal", "Justice", "Korea", "Law", "League"),
        *("Ministry", "National", "Network", "News", "North", "Office", "Party", "Plan", "Police", "Post"),
        *("President", "Press", "Program", "Project", "Republican", "Republicans", "Security", "Senate"),
        *("Services", "Society", "South", "State", "States", "Street", "Study", "Times", "Trade"),
        *("Tribune", "Cabinet", "Chairman", "Director", "General", "Gov", "Leader", "Minister", "Rep"),
        *("Secretary", "Sen", "Speaker", "Union", "Valley", "War", "West", "World"),
    )
)


def subjects(article: Article, avoid: Collection[str] = ()) -> tuple[list[str], list[str]]:
    """Return the people and the places that an article names in full.

    Parameters
    ----------
    article : Article
    avoid : collection of str
        Surnames, and last words of places, to leave out.

    Returns
    -------
    (people, places) : lists of str
        The commonest first; people with one form of their name each.
    """
    text = _text(article)
    names = [name for name in names_in(article) if name.split()[-1] not in avoid]
    people = {name.split()[-1]: name for name in reversed(names) if _is_person(name, text)}
    places = [name for name in names if name.split()[-1] in _SITES]
    return [name for name in names if people.get(name.split()[-1]) == name][:_MOST], places[:_MOST]


def names_in(article: Article) -> list[str]:
    """Return the names of two or more words in an article's prose, the commonest first."""
    counts = Counter(_POSSESSIVE.sub("", name) for name in _NAME.findall(_text(article)))
    return [name for name, _ in counts.most_common()]


def _text(article: Article) -> str:
    return " ".join(article.paragraphs[i] for i in prose(article))


def _is_person(name: str, text: str) -> bool:
    """Tell people by how papers name them: in full once, by the surname from there on."""
    surname = name.split()[-1]
    if surname in _SITES or surname in _BODIES or re.search(r"['’]s ", name):
        return False
    alone = len(re.findall(rf"\b{re.escape(surname)}\b", text)) > text.count(name)
    return alone and re.search(rf"\b(?:[Tt]he|[Aa]n?) {re.escape(name)}\b", text) is None
