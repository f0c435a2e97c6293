"""The spaCy component ``misplaced``: verdicts on the paragraphs of a ``Doc``, as data and as spans.

spaCy imports this module whenever a pipeline is made, through its entry point, and with it the
attributes that a stored ``Doc`` needs; the model is loaded when the first text is judged.
"""

from __future__ import annotations

from itertools import tee
from typing import TYPE_CHECKING, Any

from spacy.language import Language
from spacy.tokens import Doc, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from misplaced.report import Level, Report

#: Name of the component, of the attribute of a ``Doc`` and of its group of spans.
NAME = "misplaced"


@Language.factory(
    NAME,
    assigns=[f"doc._.{NAME}", "doc.spans"],
    default_config={"threshold": None, "level": "paragraph", "model": None, "second_look": True},
)
def make_component(
    nlp: Language,
    name: str,
    threshold: float | None,
    level: str,
    model: str | None,
    second_look: bool,
) -> MisplacedComponent:
    """Make the component from its configuration; see :class:`MisplacedComponent`."""
    return MisplacedComponent(threshold=threshold, level=level, model=model, second_look=second_look)


class MisplacedComponent:
    """Judges every paragraph of a ``Doc``; its text is divided as a ``.txt`` file is.

    Sets on the ``Doc``

    - ``doc._.misplaced``: the object that ``detect -f jsonl`` writes (:file:`docs/formats.md`), its
      ``start`` and ``end`` offsets into ``doc.text``. Plain data, kept by ``doc.to_bytes()``; None on a
      ``Doc`` that was not judged.
    - ``doc.spans["misplaced"]``: what is flagged, paragraphs and sentences, labelled; tokens that it
      covers in part belong to it.

    and on every span of it, whatever made the span

    - ``span._.coherence``: of the paragraph it lies in, 0 to 1; the lowest if there are several, None
      if there is none (a title, say).
    - ``span._.misplaced_label``: the label of that paragraph.

    Parameters
    ----------
    threshold : float or None
        Above 0, at most 1; None for the model's own.
    level : {"paragraph", "sentence"}
    model : str or None
        A model folder; None for the bundled one.
    second_look : bool
        Read doubtful paragraphs again between their neighbours.

    Raises
    ------
    UsageError
        If the threshold or the level is out of range.
    """

    def __init__(
        self,
        *,
        threshold: float | None = None,
        level: str = "paragraph",
        model: str | None = None,
        second_look: bool = True,
    ) -> None:
        from misplaced.errors import UsageError
        from misplaced.report import check_threshold

        if threshold is not None:
            check_threshold(threshold)
        if level not in ("paragraph", "sentence"):
            raise UsageError(f"level {level!r} is neither 'paragraph' nor 'sentence'")
        self.threshold = threshold
        self.level: Level = "sentence" if level == "sentence" else "paragraph"
        self.model = model
        self.second_look = second_look

    def __call__(self, doc: Doc) -> Doc:
        """Judge one ``Doc``."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], **_: Any) -> Iterator[Doc]:
        """Judge many, batched across documents, as they come and in order."""
        docs, judged = tee(stream)
        for doc, report in zip(docs, self._reports(doc.text for doc in judged), strict=True):
            yield _annotated(doc, report)

    def _reports(self, texts: Iterable[str]) -> Iterator[Report]:
        # Nothing that is loaded is kept here: a pipeline is pickled, copied and forked.
        from misplaced.apps.sharing import judged, shared_detector

        detector = shared_detector(self.model, second_look=self.second_look)
        return judged(texts, detector, threshold=self.threshold, level=self.level)


def _annotated(doc: Doc, report: Report) -> Doc:
    from misplaced.apps.reporters.jsonl import as_object
    from misplaced.apps.reporters.location import findings

    doc._.misplaced = as_object(report)
    spans = []
    for paragraph, sentence in findings(report):
        found = sentence or paragraph
        span = doc.char_span(found.start, found.end, label=found.label, alignment_mode="expand")
        if span is not None:
            spans.append(span)
    doc.spans[NAME] = spans
    return doc


def _coherence(span: Span) -> float | None:
    """Coherence of the paragraph that a span lies in."""
    unit = _unit(span)
    return None if unit is None else unit["coherence"]


def _label(span: Span) -> str | None:
    """Label of the paragraph that a span lies in."""
    unit = _unit(span)
    return None if unit is None else unit["label"]


def _unit(span: Span) -> dict[str, Any] | None:
    """The paragraph that a span lies in, or a flagged sentence; the least coherent of several."""
    report = span.doc._.misplaced
    if report is None:
        return None
    touched = []
    for paragraph in report["paragraphs"]:
        if _overlaps(span, paragraph):
            sentences = [s for s in paragraph.get("sentences", ()) if s["flagged"] and _overlaps(span, s)]
            touched += sentences or [paragraph]
    return min(touched, key=lambda unit: unit["coherence"], default=None)


def _overlaps(span: Span, unit: dict[str, Any]) -> bool:
    return bool(unit["start"] < span.end_char and span.start_char < unit["end"])


def _add_attributes() -> None:
    """Register the attributes, unless another program has taken their names."""
    if not Doc.has_extension(NAME):
        Doc.set_extension(NAME, default=None)
    if not Span.has_extension("coherence"):
        Span.set_extension("coherence", getter=_coherence)
    if not Span.has_extension("misplaced_label"):
        Span.set_extension("misplaced_label", getter=_label)


_add_attributes()
