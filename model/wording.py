"""What each kind of evidence is said as: sentences with numbers that a reader can check.

The end of the reasons' way: :mod:`misplaced.reasons` decides which kinds of evidence weigh most on a
paragraph, this module words them. A sentence that the measurements do not bear out is empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misplaced.features.semantic import nearest_paragraph
from misplaced.names import telling_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from misplaced.reasons import Article
    from misplaced.report import Label

#: Share of capitalised words from which a line is written like a headline.
_HEADLINE = 0.6

#: Share of short lines from which a place is one of short lines.
_COMPANY = 0.4

#: How far below the article's level a measure must lie to be worth saying.
_MARGIN = 0.05


def _rest(article: Article, row: int) -> str:
    own, typical = article.value(row, "rest"), article.typical("rest")
    if own > typical - _MARGIN:
        return ""
    sentence = (
        f"similarity to the rest of the article {own:.2f}; this article's paragraphs lie around {typical:.2f}"
    )
    found = nearest_paragraph(article.embeddings, article.features.wordings, row)
    if found is not None:
        sentence += f" (closest: paragraph {article.indices[found[0]]}, {found[1]:.2f})"
    return sentence


def _title(article: Article, row: int) -> str:
    own, typical = article.value(row, "title"), article.typical("title")
    if own > typical - _MARGIN:
        return ""
    subject = "title" if article.title else "opening paragraphs"
    return f"similarity to the {subject} {own:.2f}; this article's paragraphs lie around {typical:.2f}"


def _stretch(article: Article, row: int) -> str:
    own, typical = article.value(row, "company"), article.typical("company")
    if own > typical - _MARGIN:
        return ""
    return (
        f"the paragraphs it resembles are not on the topic either: similarity to title and opening {own:.2f} "
        f"on average; usual here is {typical:.2f}"
    )


def _alike(article: Article, row: int) -> str:
    for column, verb in (("opening_shared", "begins"), ("ending_shared", "ends")):
        others = round(float(np.exp(article.value(row, column)))) - 1
        if others > 0:
            return f"{verb} with the same words as {others} other {'line' if others == 1 else 'lines'}"
    return ""


def _flow(article: Article, row: int) -> str:
    before, after, bridge = (article.value(row, c) for c in ("previous", "next", "bridge"))
    last = len(article.contents) - 1
    if 0 < row < last and bridge > max(before, after):
        return (
            f"interrupts the text: {before:.2f} and {after:.2f} similar to its neighbours, "
            f"which are {bridge:.2f} similar to each other"
        )
    if row == last and row > 0 and before < article.typical("previous"):
        return f"does not follow from the paragraph before it (similarity {before:.2f})"
    return ""


def _words(article: Article, row: int) -> str:
    own, typical = article.value(row, "term_overlap"), article.typical("term_overlap")
    if own > typical - _MARGIN:
        return ""
    return (
        f"{own:.0%} of its words, weighted by rarity, occur elsewhere in the article; "
        f"usual here is {typical:.0%}"
    )


def _names(article: Article, row: int) -> str:
    content = article.contents[row]
    if article.value(row, "capitalised") > _HEADLINE:
        return ""  # in a headline's capitals every word looks like a name
    written = telling_names(content)
    strange = sorted(name for name in written if article.holders[name] < 2)
    if not strange:
        return ""
    listed = ", ".join(written[name] for name in strange[:4])
    more = f" and {len(strange) - 4} more" if len(strange) > 4 else ""
    if len(strange) == len(written):
        return f"shares no names with the rest of the article ({listed}{more})"
    return f"names that occur nowhere else in the article: {listed}{more}"


def _shape(article: Article, row: int) -> str:
    words = len(article.contents[row].split())
    marks = [
        text
        for column, text in (
            ("open_end", "no closing punctuation"),
            ("label_prefix", "begins with a label and a colon"),
            ("square_brackets", "in square brackets"),
            ("address", "holds a web address or handle"),
            ("separators", "holds bars, bullets or dashes"),
        )
        if article.value(row, column) and not article.typical(column)
    ]
    if article.value(row, "capitalised") > max(_HEADLINE, article.typical("capitalised")) and words > 2:
        marks.append("capitalised like a headline")
    usual = round(float(np.expm1(article.typical("log_words"))))
    if words < 0.5 * usual:
        marks.insert(0, f"{words} {'word' if words == 1 else 'words'}, where {usual} are usual")
    return f"shaped unlike this article's prose: {'; '.join(marks)}" if marks else ""


def wording(label: Label) -> str:
    """Say what the paragraph's own words say."""
    if label == "boilerplate":
        return "worded like page furniture (advertising, sign-ups, sharing, navigation)"
    return "worded like a pointer to another story or a teaser"


def _repeats(article: Article, row: int) -> str:
    wordings = article.features.wordings
    first, *more = np.flatnonzero(wordings == wordings[row])[:2].tolist()
    if more:
        return f"repeats paragraph {article.indices[more[0] if first == row else first]} word for word"
    return "repeats the title" if article.value(row, "repeats_title") else ""


def _place(article: Article, row: int) -> str:
    if row == len(article.contents) - 1:
        return "stands at the very end, where pages add text of their own"
    return "stands at the very beginning, where pages add text of their own" if row == 0 else ""


def _company(article: Article, row: int) -> str:
    closest = article.value(row, "after_label")
    if closest:
        label = article.indices[row - round(1 / closest)]
        return f"stands below a line that ends with a colon (paragraph {label})"
    share = article.value(row, "short_run")
    if share < _COMPANY:
        return ""
    return f"stands among short lines without punctuation ({share:.0%} of the lines here)"


#: Kind of evidence -> its sentence about a row of an article.
SENTENCES: dict[str, Callable[[Article, int], str]] = {
    "rest": _rest,
    "title": _title,
    "stretch": _stretch,
    "alike": _alike,
    "flow": _flow,
    "words": _words,
    "names": _names,
    "shape": _shape,
    "repeats": _repeats,
    "place": _place,
    "company": _company,
}
