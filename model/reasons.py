"""Why a paragraph looks foreign, in a copy editor's words and with numbers to check.

Takes the logistic's exact contributions, adds them up by kind of evidence, and says the strongest
kinds as sentences. A sentence states only what was measured on this paragraph.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from misplaced.features import matrix
from misplaced.features.semantic import nearest_paragraph
from misplaced.features.terms import Terms
from misplaced.names import telling_names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from misplaced.classifier import Classifier
    from misplaced.features.matrix import Features
    from misplaced.report import Label

#: Sentences a finding at most: a fourth convinces nobody whom three did not.
MOST_REASONS = 3

#: Evidence that moves the log-odds by less (in nats) is not worth a sentence.
_LEAST_CONTRIBUTION = 0.25

#: Change of foreignness by the second look that is worth a sentence.
_TELLING = 0.1

#: Share of capitalised words from which a line is written like a headline.
_HEADLINE = 0.6

#: Share of short lines from which a place is one of short lines.
_COMPANY = 0.4

#: How far below the article's level a measure must lie to be worth saying.
_MARGIN = 0.05

#: Kind of evidence -> the columns that speak for it; every other column is the line's shape.
_EVIDENCE = {
    "rest": (
        "rest",
        "rest_by_length",
        "anchored_rest",
        "nearest",
        "nearest_three",
        "rest_rank",
        "robust_rest",
        "article_cohesion",
        "window",
    ),
    "title": ("title", "lead", "lexical_title", "has_title"),
    "flow": (
        "previous",
        "next",
        "bridge",
        "lexical_previous",
        "lexical_next",
        "interruption",
        "neighbour_most",
        "neighbour_least",
        "lexical_neighbour_most",
    ),
    "words": ("lexical_rest", "lexical_nearest", "term_overlap"),
    "names": ("names_seen", "names_unseen", "has_names", "title_names"),
    "repeats": ("repeats", "repeats_title"),
    "place": ("position", "from_start", "from_end"),
    "company": ("previous_short", "next_short", "short_run", "article_short", "article_size"),
}


class Article:
    """What the sentences about one article's paragraphs draw on.

    Parameters
    ----------
    contents : sequence of str, length n
        The filled paragraphs.
    features : Features
    embeddings : ndarray of shape (n, d), float32
    indices : sequence of int, length n
        The paragraphs' positions in the document, which is what a reader is told.
    title : str or None
    """

    def __init__(
        self,
        contents: Sequence[str],
        features: Features,
        embeddings: NDArray[np.float32],
        indices: Sequence[int],
        *,
        title: str | None,
    ) -> None:
        self.contents = contents
        self.features = features
        self.embeddings = embeddings
        self.indices = indices
        self.title = title

    @cached_property
    def medians(self) -> NDArray[np.float32]:
        """The article's median of every feature but the embedding's, float32."""
        return np.median(self.features.matrix[:, : len(matrix.COLUMN)], axis=0).astype(np.float32)

    @cached_property
    def holders(self) -> Counter[str]:
        """How many paragraphs hold each word; the title counts as one."""
        spoken = [t.words for t in self.features.terms]
        if self.title:
            spoken.append(Terms.of(self.title).words)
        return Counter(word for words in spoken for word in set(words))

    def value(self, row: int, column: str) -> float:
        """Return a feature of a paragraph."""
        return float(self.features.matrix[row, matrix.COLUMN[column]])

    def typical(self, column: str) -> float:
        """Return the article's median of a feature."""
        return float(self.medians[matrix.COLUMN[column]])

    def explain(self, row: int, classifier: Classifier, label: Label) -> tuple[str, ...]:
        """Say why a paragraph looks like a label rather than like the article's own.

        Parameters
        ----------
        row : int
            Which of the filled paragraphs.
        classifier : Classifier
        label : {"off_topic", "boilerplate"}

        Returns
        -------
        tuple of str
            At most :data:`MOST_REASONS` sentences, the heaviest evidence first; at least one.
        """
        contributions = classifier.contributions(self.features.matrix[row], label)
        weights: dict[str, float] = {}
        for kind, contribution in zip(_kinds(self.embeddings.shape[1]), contributions, strict=True):
            weights[kind] = weights.get(kind, 0.0) + float(contribution)
        sentences: list[str] = []
        for kind in sorted(weights, key=lambda k: -weights[k]):
            if weights[kind] < _LEAST_CONTRIBUTION or len(sentences) == MOST_REASONS:
                break
            sentence = _wording(label) if kind == "wording" else _SENTENCES[kind](self, row)
            if sentence:
                sentences.append(sentence)
        return tuple(sentences) or (_wording(label),)


def explain_alone(label: Label) -> tuple[str, ...]:
    """Say why a paragraph without an article around it looks like a label: by its wording only."""
    return (_wording(label),)


def explain_reading(before: float, after: float) -> tuple[str, ...]:
    """Say what reading a paragraph between its neighbours changed.

    Parameters
    ----------
    before, after : float
        Foreignness, 0 to 1, of the first look and after reading.

    Returns
    -------
    tuple of str
        Empty where reading said nothing new.
    """
    if abs(after - before) < _TELLING:
        return ()
    verb = "raises" if after > before else "lowers"
    return (f"reading it between its neighbours {verb} its foreignness from {before:.2f} to {after:.2f}",)


@lru_cache(maxsize=4)
def _kinds(dimension: int) -> tuple[str, ...]:
    of_column = {column: kind for kind, columns in _EVIDENCE.items() for column in columns}
    kinds = []
    for name, group in zip(matrix.names(dimension), matrix.groups(dimension), strict=True):
        # A product, hinge or deviation speaks for the column it starts from.
        base = name.split("*")[0].split("<")[0].removesuffix("_deviation")
        kinds.append("wording" if group == "embedding" else of_column.get(base, "shape"))
    return tuple(kinds)


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


def _wording(label: Label) -> str:
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
    share = article.value(row, "short_run")
    if share < _COMPANY:
        return ""
    return f"stands among short lines without punctuation ({share:.0%} of the lines here)"


_SENTENCES: dict[str, Callable[[Article, int], str]] = {
    "rest": _rest,
    "title": _title,
    "flow": _flow,
    "words": _words,
    "names": _names,
    "shape": _shape,
    "repeats": _repeats,
    "place": _place,
    "company": _company,
}
