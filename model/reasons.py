"""Why a paragraph looks foreign, in a copy editor's words and with numbers to check.

Takes the logistic's exact contributions, adds them up by kind of evidence, and says the strongest
kinds as sentences. A sentence states only what was measured on this paragraph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from misplaced.features import matrix
from misplaced.features.semantic import nearest_paragraph

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from misplaced.classifier import Classifier
    from misplaced.features.matrix import Features

#: Sentences a finding at most: a fourth convinces nobody whom three did not.
MOST_REASONS = 3

#: Evidence that moves the log-odds by less (in nats) is not worth a sentence.
_LEAST_CONTRIBUTION = 0.25

#: Kind of evidence -> the columns that speak for it. A product belongs to its first column.
_EVIDENCE = {
    "rest": ("rest", "rest_by_length", "anchored_rest", "nearest", "nearest_three", "rest_rank")
    + ("rest_deviation", "article_cohesion", "window"),
    "title": ("title", "lead", "lexical_title", "has_title"),
    "flow": ("previous", "next", "bridge", "lexical_previous", "lexical_next"),
    "words": ("lexical_rest", "lexical_nearest", "term_overlap"),
    "names": ("names_seen", "names_unseen", "has_names", "title_names"),
    "repeats": ("repeats", "repeats_title"),
    "place": ("position", "from_start", "from_end"),
    "company": ("previous_short", "next_short", "short_run", "article_short", "article_size"),
}


@dataclass(frozen=True)
class Situation:
    """What the sentences are made from: one paragraph in its article."""

    row: int
    contents: Sequence[str]
    features: Features
    embeddings: NDArray[np.float32]
    shown: Sequence[int]
    has_title: bool
    label: str

    def value(self, column: str) -> float:
        """A feature of this paragraph."""
        return float(self.features.matrix[self.row, _COLUMN[column]])

    def typical(self, column: str) -> float:
        """The article's median of a feature."""
        return float(np.median(self.features.matrix[:, _COLUMN[column]]))


def explain(situation: Situation, classifier: Classifier, label: int) -> tuple[str, ...]:
    """Say why a paragraph looks like a label rather than like the article's own.

    Parameters
    ----------
    situation : Situation
    classifier : Classifier
    label : int
        Index into :data:`misplaced.report.LABELS`, not 0.

    Returns
    -------
    tuple of str
        At most :data:`MOST_REASONS` sentences, the heaviest evidence first; at least one.
    """
    contributions = classifier.contributions(situation.features.matrix[situation.row], label)
    weights: dict[str, float] = {}
    for kind, contribution in zip(_kinds(situation.embeddings.shape[1]), contributions, strict=True):
        weights[kind] = weights.get(kind, 0.0) + float(contribution)
    sentences: list[str] = []
    for kind in sorted(weights, key=lambda k: -weights[k]):
        if weights[kind] < _LEAST_CONTRIBUTION or len(sentences) == MOST_REASONS:
            break
        sentence = _SENTENCES[kind](situation)
        if sentence:
            sentences.append(sentence)
    return tuple(sentences) or (_wording(situation),)


def _kinds(dimension: int) -> list[str]:
    of_column = {column: kind for kind, columns in _EVIDENCE.items() for column in columns}
    kinds = []
    for name, group in zip(matrix.names(dimension), matrix.groups(dimension), strict=True):
        if group == "embedding":
            kinds.append("wording")
        elif group == "product":
            kinds.append("rest")
        else:
            first = name.split("*")[0]
            kinds.append(of_column.get(first, "shape"))
    return kinds


def _rest(situation: Situation) -> str:
    own, typical = situation.value("rest"), situation.typical("rest")
    if own >= typical:
        return ""
    sentence = (
        f"similarity to the rest of the article {own:.2f}; this article's paragraphs lie around {typical:.2f}"
    )
    found = nearest_paragraph(situation.embeddings, situation.features.wordings, situation.row)
    if found is not None:
        sentence += f" (closest: paragraph {situation.shown[found[0]]}, {found[1]:.2f})"
    return sentence


def _title(situation: Situation) -> str:
    own, typical = situation.value("title"), situation.typical("title")
    if own >= typical:
        return ""
    subject = "title" if situation.has_title else "opening paragraphs"
    return f"similarity to the {subject} {own:.2f}; this article's paragraphs lie around {typical:.2f}"


def _flow(situation: Situation) -> str:
    before, after, bridge = (situation.value(c) for c in ("previous", "next", "bridge"))
    last = len(situation.contents) - 1
    if 0 < situation.row < last and bridge > max(before, after):
        return (
            f"interrupts the text: {before:.2f} and {after:.2f} similar to its neighbours, "
            f"which are {bridge:.2f} similar to each other"
        )
    if situation.row == last and before < situation.typical("previous"):
        return f"does not follow from the paragraph before it (similarity {before:.2f})"
    return ""


def _words(situation: Situation) -> str:
    own, typical = situation.value("term_overlap"), situation.typical("term_overlap")
    if own >= typical:
        return ""
    return (
        f"{own:.0%} of its words (weighted by rarity) occur elsewhere in the article; usual here is {typical:.0%}"
    )


def _names(situation: Situation) -> str:
    terms = situation.features.terms
    own = terms[situation.row].names
    wording = terms[situation.row].words
    others = {word for t in terms if t.words != wording for word in t.words}
    strange = sorted(name for name in own if name not in others)
    if not strange:
        return ""
    listed = ", ".join(_as_written(name, situation.contents[situation.row]) for name in strange[:4])
    more = f" and {len(strange) - 4} more" if len(strange) > 4 else ""
    if len(strange) == len(own):
        return f"shares no names with the rest of the article ({listed}{more})"
    return f"names that occur nowhere else in the article: {listed}{more}"


def _as_written(name: str, content: str) -> str:
    start = content.casefold().find(name)
    return content[start : start + len(name)] if start >= 0 else name


def _shape(situation: Situation) -> str:
    words = len(situation.contents[situation.row].split())
    marks = []
    if situation.value("open_end"):
        marks.append("without closing punctuation")
    if situation.value("label_prefix"):
        marks.append("beginning with a label and a colon")
    if situation.value("capitalised") > 0.6 and words > 2:
        marks.append("capitalised like a headline")
    if situation.value("address"):
        marks.append("with a web address or handle")
    if situation.value("separators"):
        marks.append("with bars, bullets or dashes")
    if not marks and words > 15:
        return ""
    noun = "word" if words == 1 else "words"
    usual = round(float(np.expm1(situation.typical("log_words"))))
    return f"looks unlike prose: {words} {noun} {', '.join(marks)}".rstrip() + f"; usual here are {usual} words"


def _wording(situation: Situation) -> str:
    if situation.label == "boilerplate":
        return "worded like page furniture (advertising, sign-ups, sharing, navigation)"
    return "worded like pointers to other stories, captions or teasers rather than like this article"


def _repeats(situation: Situation) -> str:
    wordings = situation.features.wordings
    same = [i for i in np.flatnonzero(wordings == wordings[situation.row]) if i != situation.row]
    if same:
        return f"repeats paragraph {situation.shown[same[0]]} word for word"
    return "repeats the title" if situation.value("repeats_title") else ""


def _place(situation: Situation) -> str:
    if situation.row == len(situation.contents) - 1:
        return "stands at the very end, where pages add text of their own"
    return "stands at the very beginning, where pages add text of their own" if situation.row == 0 else ""


def _company(situation: Situation) -> str:
    share = situation.value("short_run")
    return f"{share:.0%} of the lines around it are short and unpunctuated" if share >= 0.4 else ""


_SENTENCES: dict[str, Callable[[Situation], str]] = {
    "rest": _rest,
    "title": _title,
    "flow": _flow,
    "words": _words,
    "names": _names,
    "shape": _shape,
    "wording": _wording,
    "repeats": _repeats,
    "place": _place,
    "company": _company,
}

_COLUMN = {name: i for i, name in enumerate(matrix.names(0))}
