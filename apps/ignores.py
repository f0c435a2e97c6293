"""What the directives in an article mean: which of its findings its author does not want to hear of.

After the detector, before the reporters; :mod:`misplaced.directives` has found them. An ignored
paragraph is scored like any other and still counts as the others' company; it is only not flagged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from misplaced.report import LABELS, Label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from misplaced.directives import Directive
    from misplaced.document import Document
    from misplaced.report import Report, ScoredParagraph, ScoredSentence

IGNORE, IGNORE_NEXT, OFF, ON = "ignore", "ignore-next", "off", "on"
NAMES = (IGNORE, IGNORE_NEXT, OFF, ON)

#: What can be ignored: a paragraph that belongs never needs to be.
FOREIGN: tuple[Label, ...] = LABELS[1:]

_FORM = re.compile(r"(?P<name>[\w-]+?)\s*(?:\[(?P<labels>[^\]]*)\])?\s*(?:(?:--|[:—–])\s*.*)?", re.DOTALL)
# A directive right below a paragraph still speaks of it: the end of its line, and no blank one.
_SAME_BLOCK = re.compile(r"[ \t>]*(?:\r\n|\n|\r)?[ \t>]*")


@dataclass(slots=True)
class Ignore:
    """One directive and the paragraphs it speaks of.

    Attributes
    ----------
    name : {"ignore", "ignore-next", "off"}
    where : str
        ``path:line`` of the directive.
    labels : frozenset of str
        The findings it silences.
    paragraphs : frozenset of int
        Indices.
    used : bool
        It has silenced something.
    """

    name: str
    where: str
    labels: frozenset[str]
    paragraphs: frozenset[int]
    used: bool = False

    def covers(self, index: int, label: str) -> bool:
        """Whether it silences a finding of this label in this paragraph."""
        return index in self.paragraphs and label in self.labels


@dataclass(slots=True)
class Ignores:
    """The directives of a document, understood.

    Attributes
    ----------
    found : list of Ignore
        In order.
    problems : list of str
        A line for each directive that cannot be meant as it is written.
    """

    found: list[Ignore] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, document: Document) -> Ignores:
        """Understand the directives of a document."""
        ignores = cls()
        open_: tuple[Directive, frozenset[str]] | None = None
        for directive in document.directives:
            where = _where(document, directive)
            try:
                name, labels = _parse(directive.body)
            except ValueError as error:
                ignores.problems.append(f"{where}: {error}")
                continue
            if name in (IGNORE, IGNORE_NEXT):
                ignores._add(document, directive, name, labels)
            elif name == OFF and open_ is None:
                open_ = directive, labels
            elif name == ON and open_ is not None:
                ignores._stretch(document, *open_, directive.start)
                open_ = None
            else:
                state = "off already" if name == OFF else "not off"
                ignores.problems.append(f"{where}: {name!r} changes nothing; findings are {state} here")
        if open_ is not None:
            ignores._stretch(document, *open_, None)
        return ignores

    def apply(self, report: Report) -> Report:
        """Return the report without the findings that are to be ignored; remember which had an effect."""
        if not self.found:
            return report
        return replace(report, paragraphs=tuple(map(self._applied, report.paragraphs)))

    def unused(self) -> Iterator[str]:
        """Yield a line for each directive that has silenced nothing."""
        for ignore in self.found:
            if not ignore.used:
                yield f"{ignore.where}: {ignore.name!r} silences nothing"

    def _applied(self, paragraph: ScoredParagraph) -> ScoredParagraph:
        if paragraph.flagged and self._silences(paragraph.index, paragraph.label):
            return paragraph.suppress("ignored")
        if not any(sentence.flagged for sentence in paragraph.sentences):
            return paragraph
        sentences = (self._sentence(paragraph.index, sentence) for sentence in paragraph.sentences)
        return replace(paragraph, sentences=tuple(sentences))

    def _sentence(self, index: int, sentence: ScoredSentence) -> ScoredSentence:
        silent = sentence.flagged and self._silences(index, sentence.label)
        return sentence.suppress("ignored") if silent else sentence

    def _silences(self, index: int, label: str) -> bool:
        covering = [ignore for ignore in self.found if ignore.covers(index, label)]
        for ignore in covering:
            ignore.used = True
        return bool(covering)

    def _add(self, document: Document, directive: Directive, name: str, labels: frozenset[str]) -> None:
        index = _own(document, directive) if name == IGNORE else _next(document, directive)
        where = _where(document, directive)
        if index is not None:
            self.found.append(Ignore(name, where, labels, frozenset({index})))
        elif name == IGNORE:
            self.problems.append(f"{where}: 'ignore' stands in no paragraph; put it at the end of one")
        else:
            self.problems.append(f"{where}: 'ignore-next' is followed by no paragraph")

    def _stretch(
        self, document: Document, directive: Directive, labels: frozenset[str], end: int | None
    ) -> None:
        inside = (
            index
            for index, p in enumerate(document.paragraphs)
            if p.start >= directive.end and (end is None or p.start < end)
        )
        self.found.append(Ignore(OFF, _where(document, directive), labels, frozenset(inside)))


def _parse(body: str) -> tuple[str, frozenset[str]]:
    """Return a directive's name and the labels it is for; ValueError says what cannot be understood."""
    match = _FORM.fullmatch(body)
    if match is None:
        word = body.split(maxsplit=1)[0] if body else ""
        if word.partition("[")[0] in NAMES:
            raise ValueError(f"the directive {body!r} is not understood; a reason stands behind '--'")
        raise ValueError(_unknown("directive", word, NAMES))
    name, listed = match["name"], match["labels"]
    if name not in NAMES:
        raise ValueError(_unknown("directive", name, NAMES))
    if listed is None:
        return name, frozenset(FOREIGN)
    labels = frozenset(label.strip() for label in listed.split(","))
    for label in sorted(labels):
        if label not in FOREIGN:
            raise ValueError(_unknown("label", label, FOREIGN))
    return name, labels


def _unknown(what: str, word: str, known: Iterable[str]) -> str:
    known = list(known)
    close = get_close_matches(word, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"
    return f"unknown {what} {word!r}; {hint}"


def _own(document: Document, directive: Directive) -> int | None:
    """Index of the paragraph that a directive stands in or right below."""
    for index in range(len(document.paragraphs) - 1, -1, -1):
        paragraph = document.paragraphs[index]
        if paragraph.start < directive.start:
            gap = document.source[paragraph.end : directive.start]
            beyond = directive.start > len(document.source)  # behind all of a page's text
            return index if not beyond and _SAME_BLOCK.fullmatch(gap) else None
    return None


def _next(document: Document, directive: Directive) -> int | None:
    """Index of the first paragraph that begins behind a directive."""
    for index, paragraph in enumerate(document.paragraphs):
        if paragraph.start >= directive.end:
            return index
    return None


def _where(document: Document, directive: Directive) -> str:
    return document.name if document.record_line is not None else f"{document.name}:{directive.line}"
