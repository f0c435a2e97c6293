"""What an extractor leaves of the foreign text in web pages, and what the model removes of that.

::

    python benchmarks/pages.py -o eval/pages.json --page docs/explanation/web-pages.md

The pages are made by :mod:`pagebuilding` from the articles in ``docs/samples/``. Extractors that are not
installed are left out (extra ``bench``). The model is measured, never tuned, on these pages.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pagebuilding
import typer
from extractors import EXTRACTORS, truth
from provenance import provenance

from misplaced.apps.failure import reported
from misplaced.apps.loading import load_detector
from misplaced.artifact import bundled
from misplaced.document import Document, fold
from misplaced.manifest import read_manifest
from misplaced.replacing import replacing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from extractors import Element

    from misplaced.detector import Detector

SCHEMA = 1

_HERE = Path(__file__).parent
_ARTICLES = _HERE.parent / "docs" / "samples" / "articles.jsonl"
_FOREIGN = ("off_topic", "boilerplate")
_PACKAGES = ("trafilatura", "Resiliparse", "readability-lxml", "jusText", "lxml")


@reported()
def main(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where the figures go.")
    ] = _HERE.parent / "eval" / "pages.json",
    page: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A document whose tables are written again.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A model folder; the bundled one by default.")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the pages there, to look at.")
    ] = None,
) -> None:
    """Measure extractors, and the model behind them, on pages whose truth is known."""
    lines = _ARTICLES.read_text(encoding="utf-8").splitlines()
    articles = [json.loads(line) for line in lines]
    pages = [pagebuilding.build(articles, index) for index in range(len(articles))]
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        for article, html in zip(articles, pages, strict=True):
            (keep / f"{article['id']}.html").write_text(html, encoding="utf-8")
    folder = model or bundled()
    figures = {"schema": SCHEMA, **origin(folder), **measure(pages, load_detector(model))}
    with replacing(output) as stream:
        stream.write((json.dumps(figures, indent=1, ensure_ascii=False) + "\n").encode())
    typer.echo(f"{output} written", err=True)
    if page is not None:
        written = insert(page.read_text(encoding="utf-8"), tables(figures))
        with replacing(page) as stream:
            stream.write(written.encode())
        typer.echo(f"{page} written", err=True)


def origin(folder: Path) -> dict[str, Any]:
    """Say when, where and with what the figures are taken."""
    found = provenance(folder, read_manifest(folder), _PACKAGES)
    return {
        "date": found.date,
        "machine": found.machine,
        "versions": dict(found.versions),
        "model": found.model,
        "model_digest": found.model_digest,
        "threshold": found.threshold,
    }


def measure(pages: Sequence[str], detector: Detector) -> dict[str, Any]:
    """Count what is on the pages, what each extractor keeps, and what the model flags of that.

    Parameters
    ----------
    pages : sequence of str
    detector : Detector

    Returns
    -------
    dict
        ``on_pages`` and for each of ``extractors``: counts of elements or lines by ``label`` and ``kind``.
    """
    elements = [truth(page) for page in pages]
    every = [(e.label, e.kind) for page in elements for e in page]
    found: dict[str, Any] = {}
    for name, extract in EXTRACTORS.items():
        if extract.missing():
            continue
        kept: list[tuple[str, str]] = []
        flagged: list[tuple[str, str]] = []
        unclean = 0
        for page, known in zip(pages, elements, strict=True):
            title, lines = extract(page)
            told = [tell(line, known) for line in lines]
            report = detector.detect(Document.from_paragraphs(lines, title=title))
            kept += told
            flagged += [told[finding.index] for finding in report.findings]
            unclean += any(label in _FOREIGN for label, _ in told)
        found[name] = {"unclean_pages": unclean, "kept": _counts(kept), "flagged": _counts(flagged)}
    return {"pages": len(pages), "on_pages": _counts(every), "extractors": found}


def tell(line: str, known: Sequence[Element]) -> tuple[str, str]:
    """Tell the label and the kind of a line from the elements that it is made of.

    Parameters
    ----------
    line : str
        What an extractor returned.
    known : sequence of Element
        Those of the page.

    Returns
    -------
    (str, str)
        Those of the elements that hold most of its characters; ``mixed`` where both prose of the article and
        foreign text are in it, ``unknown`` where it is on no element.
    """
    folded = fold(line).removeprefix("- ")
    shares: Counter[tuple[str, str]] = Counter()
    for element in known:
        if folded == element.text:
            return element.label, element.kind
        if element.text in folded:
            shares[element.label, element.kind] += len(element.text)
        elif folded in element.text:
            shares[element.label, element.kind] += len(folded)
    if not shares:
        return "unknown", "unknown"
    labels = {label for label, _ in shares}
    if "coherent" in labels and labels & set(_FOREIGN):
        return "mixed", "mixed"
    return shares.most_common(1)[0][0]


def _counts(told: Iterable[tuple[str, str]]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for (label, kind), number in sorted(Counter(told).items()):
        counts.setdefault(label, {})[kind] = number
    return counts


def total(counts: dict[str, dict[str, int]], *labels: str) -> int:
    """Add up counts of some labels."""
    return sum(sum(counts.get(label, {}).values()) for label in labels)


def tables(figures: dict[str, Any]) -> str:
    """Write the figures as Markdown."""
    versions = ", ".join(f"{name} {version}" for name, version in figures["versions"].items())
    on_pages = figures["on_pages"]
    lines = [
        f"{figures['pages']} pages with {total(on_pages, 'coherent')} paragraphs of their articles and "
        f"{total(on_pages, *_FOREIGN)} foreign elements. Model {figures['model']}, threshold "
        f"{figures['threshold']:.2f}; {figures['date']}, {figures['machine']}; {versions}.",
        "",
        "| extractor | pages with foreign lines | foreign lines left | of these flagged | left after that |"
        " own paragraphs kept | of these flagged |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, counts in figures["extractors"].items():
        kept, flagged = counts["kept"], counts["flagged"]
        left, found = total(kept, *_FOREIGN), total(flagged, *_FOREIGN)
        lines.append(
            f"| {name} | {counts['unclean_pages']} of {figures['pages']} | {left} | {_of(found, left)} | "
            f"{left - found} | {total(kept, 'coherent')} | {total(flagged, 'coherent')} |"
        )
    name = next(iter(figures["extractors"]))
    counts = figures["extractors"][name]
    lines += [
        "",
        f"By what it is, behind {name}:",
        "",
        "| kind | label | on the pages | left by the extractor | of these flagged |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for label in _FOREIGN:
        for kind, number in on_pages.get(label, {}).items():
            left = counts["kept"].get(label, {}).get(kind, 0)
            flagged = counts["flagged"].get(label, {}).get(kind, 0)
            lines.append(f"| {kind} | {label} | {number} | {left} | {_of(flagged, left)} |")
    return "\n".join(lines)


def _of(part: int, whole: int) -> str:
    return f"{part} ({part / whole:.0%})" if whole else "-"


def insert(document: str, written: str) -> str:
    """Put the tables between their marks in a document."""
    return re.sub(
        r"(<!-- figures -->\n).*?(<!-- /figures -->)",
        lambda marks: f"{marks[1]}\n{written}\n\n{marks[2]}",
        document,
        flags=re.DOTALL,
    )


if __name__ == "__main__":
    typer.run(main)
