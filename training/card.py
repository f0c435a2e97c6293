"""The model card: what a person should know of a model before using it.

Follows Mitchell et al., "Model cards for model reporting" (FAT* 2019), filled from the manifest
alone, so that it never says more than was measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from misplaced.manifest import Manifest

_TEMPLATE = """\
# {name} {version}

Scores every paragraph of an article for coherence with the rest: `coherent`, `off_topic` or
`boilerplate`. Made on {created} by `misplaced train`.

## How it works

- Encoder: {encoder} ({dimension} dimensions).
- Features: leave-one-out and neighbourhood similarities, similarity to title and lead, overlap of
  words and names, shape and place of the line, and the embedding itself.{context}
- Classifier: multinomial logistic regression, calibrated on held-out predictions.
- A paragraph is flagged when 1 - coherence reaches the threshold, **{threshold:g}**: the lowest at
  which at most {most_false_flags:g} of 1,000 coherent held-out paragraphs are flagged, over the
  corpora below as weighted in training.

## Training data

{data}

## Held-out figures

Every article was predicted by a logistic that was not fitted on it ({folds} folds); word weights,
calibration and threshold come from all articles, and the text inserted into one may stand in
another. Captions and notes count neither way.

{figures}

{statements}

## Intended use and limits

For finding text in articles that belongs to another story or to the page. It judges topic and
register, not truth or quality. It needs at least three paragraphs and was trained on English text.
It was fitted on paragraphs: a foreign sentence inside one (`--level sentence`) is found less surely.
Digests, live blogs and listicles are many topics by intention; read findings in them with care, also
where the report does not say that a document has several.
Nothing should be deleted unread on its word alone where a loss matters.
"""


def model_card(manifest: Manifest) -> str:
    """Write the card of a model as Markdown."""
    from misplaced.training.fitting import FOLDS

    return _TEMPLATE.format(
        name=manifest.name,
        version=manifest.version,
        created=manifest.created,
        encoder=manifest.encoder["name"],
        dimension=manifest.encoder["dimension"],
        threshold=manifest.threshold,
        most_false_flags=manifest.settings["most_false_flags"],
        context=_context(manifest.settings.get("context")),
        folds=FOLDS,
        data=_table(
            ("corpus", "documents", "labels", "sha256 of the content"),
            [
                (
                    d["name"],
                    d["documents"],
                    ", ".join(f"{v} {k}" for k, v in d["labels"].items()),
                    d["digest"][:16],
                )
                for d in manifest.data
            ],
        ),
        statements=_statements(manifest.statements),
        figures=_table(
            ("corpus", "coherent", "foreign", "AP", "precision", "recall", "false flags / 1,000"),
            [
                (
                    corpus,
                    f["coherent"],
                    f["foreign"],
                    _shown(f["average_precision"]),
                    _shown(f["precision"]),
                    _shown(f["recall"]),
                    _shown(f["false_flags"]),
                )
                for corpus, f in manifest.metrics.items()
            ],
        ),
    )


def _context(taught: dict[str, Any] | None) -> str:
    """A line on the networks that read the paragraphs together; nothing where there are none."""
    if taught is None:
        return ""
    line = "\n- Context: networks that read all paragraphs together, and whose verdicts are features too"
    if not taught:
        return f"{line}."
    shape, members, steps = taught["shape"], taught["members"], taught["settings"]["steps"]
    further = " in the last round" if taught.get("begin") else ""
    rounds = 1 + len(taught.get("mean_with", ()))
    return (
        f"{line}:\n  {members} of {shape['layers']} layers and {shape['width']} units, {steps:,} steps each"
        f"{further}, each without a part of the sources.\n"
        + (f"  Their weights are the mean of {rounds} rounds.\n" if rounds > 1 else "")
        + f"  The manifest names the {len(taught['corpora'])} corpora that they were taught{further}."
    )


#: Of each statement: what it says, and of which documents that would be wrong.
_SAID = {
    "title": ("The title belongs to another story", "documents under their own title"),
    "topics": ("The document has several topics", "documents about one thing"),
}

_FOUND = {
    "found_random": "random titles",
    "found_near": "titles of similar stories",
    "found_composed": "composed digests",
    "found_multi": "articles read as having several topics",
}


def _statements(statements: dict[str, Any]) -> str:
    if not statements:
        return "Nothing is said of documents as a whole."
    lines = ["Said of a document as a whole, held out likewise:", ""]
    for name, (said, others) in _SAID.items():
        figures = statements.get(name, {}).get("figures", {})
        if figures:
            found = [f"{figures[key]:.1%} of the {who}" for key, who in _FOUND.items() if key in figures]
            lines.append(
                f"- {said}: of {', '.join(found)}, and of {figures['false_statements']:.1%} of "
                f"{figures['documents']:,.0f} {others}."
            )
    return "\n".join(lines)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"


def _table(header: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
