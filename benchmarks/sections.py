"""The sections of the accuracy report as Markdown.

Last station of the report: figures in, lines of text out; nothing is computed here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markup import UNDEFINED, rate, share, table, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from measuring import Figures, MultiTopic, Part
    from provenance import Provenance

    from misplaced.eval.benchmark import BenchmarkResult
    from misplaced.eval.comparison import BaselineResult
    from misplaced.eval.metrics import Metrics, SliceMetrics

_LEGEND = """\
AP: average precision over all paragraphs that count; in brackets 95 % intervals, articles resampled.
P, R, F1: at the shipped threshold. FF: coherent paragraphs flagged of every 1,000. R@1%: share of the
foreign paragraphs that score above all but 1 % of the coherent ones, of untouched articles where the
benchmark has some. ECE: expected calibration error. Captions, bylines and notes, mixed lines and
articles that are legitimately on several topics count neither way."""


def head(provenance: Provenance, digests: Mapping[str, str]) -> Iterator[str]:
    """Say what was measured, when, and on what."""
    versions = ", ".join(f"{name} {version}" for name, version in provenance.versions)
    yield "# Accuracy"
    yield ""
    yield "Written by `make accuracy`; do not edit. How the figures are counted stands under the first table."
    yield ""
    yield from table(
        ("", ""),
        [
            ("date", provenance.date),
            ("machine", provenance.machine),
            ("versions", versions),
            ("model", f"{provenance.model}, encoder {provenance.encoder}"),
            ("model, sha256 of its manifest", f"`{provenance.model_digest}`"),
            ("threshold", f"{provenance.threshold:g}"),
            *((f"{name}, sha256", f"`{digest}`") for name, digest in digests.items()),
        ],
        numbers=False,
    )


def benchmarks(figures: Figures) -> Iterator[str]:
    """Tables of the bundled model on all benchmarks."""
    yield "## The bundled model"
    yield ""
    named = (
        ("wild-dev", figures.wild),
        ("inserted-dev", figures.inserted),
        ("blogs, held out", figures.blogs),
    )
    yield from table(
        ("benchmark", "articles", "AP", "P", "R", "F1", "FF", "FF, untouched", "ECE"),
        [_whole(name, result) for name, result in named],
    )
    yield ""
    yield _LEGEND
    yield ""
    yield from _wild(figures.wild)
    yield from _inserted(figures.inserted)
    yield from _blogs(figures.blogs)
    yield from _fused(figures.fused)


def _whole(name: str, result: BenchmarkResult) -> tuple[str, ...]:
    metrics = result.model.metrics
    return (
        name,
        f"{result.documents:,}",
        with_interval(metrics, "ap"),
        share(metrics.precision),
        share(metrics.recall),
        with_interval(metrics, "f1"),
        with_interval(metrics, "false_flags_per_1000", digits=1),
        rate(metrics.false_flags_per_1000_clean),
        share(metrics.ece),
    )


def _wild(result: BenchmarkResult) -> Iterator[str]:
    yield "### Real contamination: wild-dev, each foreign label alone against coherent"
    yield ""
    metrics = result.model.metrics
    yield from table(
        ("label", "paragraphs", "AP", "recall at the threshold"),
        [
            (label, f"{part.foreign:,}", with_interval(metrics, f"ap_{label}"), share(part.recall))
            for label, part in result.model.by_label.items()
        ],
    )
    yield ""


def _inserted(result: BenchmarkResult) -> Iterator[str]:
    yield "### Inserted text: inserted-dev, by donor and by form"
    yield ""
    rows = [(f"donor {name}", part) for name, part in result.model.by_kind.items()]
    rows += [(f"form {name}", part) for name, part in result.model.by_form.items()]
    yield from table(_SLICE, [_slice(name, part) for name, part in rows])
    yield ""


def _blogs(result: BenchmarkResult) -> Iterator[str]:
    yield "### Another register: blog posts held out, random donors, by form"
    yield ""
    rows = result.model.by_form.items()
    yield from table(_SLICE, [_slice(f"form {name}", part) for name, part in rows])
    yield ""


def _fused(result: BenchmarkResult) -> Iterator[str]:
    yield "### Foreign text inside paragraphs, `--level sentence`"
    yield ""
    yield "Untouched articles of inserted-dev with foreign text of random donors run together with some of"
    yield "their paragraphs; what counts are the sentences, at the shipped threshold for sentences."
    yield ""
    metrics = result.model.metrics
    yield from table(
        ("articles", "sentences", "AP", "R@1%", "P", "R", "F1", "FF", "FF, untouched"),
        [
            (
                f"{result.documents:,}",
                f"{result.counted:,}",
                with_interval(metrics, "ap"),
                share(metrics.recall_at_1pct_fp),
                share(metrics.precision),
                share(metrics.recall),
                with_interval(metrics, "f1"),
                with_interval(metrics, "false_flags_per_1000", digits=1),
                rate(metrics.false_flags_per_1000_clean),
            )
        ],
    )
    yield ""


_SLICE = ("", "articles", "foreign", "AP", "R@1%", "recall at the threshold", "FF")


def _slice(name: str, part: SliceMetrics) -> tuple[str, ...]:
    return (
        name,
        f"{part.documents:,}",
        f"{part.foreign:,}",
        share(part.ap),
        share(part.recall_at_1pct_fp),
        share(part.recall),
        rate(part.false_flags_per_1000),
    )


def conditions(figures: Figures) -> Iterator[str]:
    """Tables by length and under harder conditions."""
    for name, parts in figures.lengths.items():
        yield f"### By length: {name}"
        yield ""
        yield from _parts("articles of", parts)
    yield "### Harder conditions"
    yield ""
    yield from _parts("condition", figures.conditions)
    together = [(part.name, part.run_together) for part in figures.conditions if part.run_together]
    if together:
        counts = "; ".join(f"{count:,} in {name}" for name, count in together)
        yield "Foreign lines that ran together with other text and no longer count: " + counts + "."
        yield ""
    yield from _multi(figures.multi)


def _parts(first: str, parts: Iterable[Part]) -> Iterator[str]:
    yield from table(
        (first, "articles", "coherent", "foreign", "AP", "P", "R", "F1", "FF"),
        [
            (
                part.name,
                f"{part.documents:,}",
                f"{part.coherent:,}",
                f"{part.foreign:,}",
                share(part.metrics.ap),
                share(part.metrics.precision),
                share(part.metrics.recall),
                share(part.metrics.f1),
                rate(part.metrics.false_flags_per_1000),
            )
            for part in parts
        ],
    )
    yield ""


def _multi(multi: MultiTopic) -> Iterator[str]:
    yield "### Articles that are legitimately on several topics"
    yield ""
    if not multi.coherent:
        yield "The benchmark holds none."
    else:
        per_thousand = 1000 * multi.flagged / multi.coherent
        yield (
            f"In the {multi.documents} articles of wild-dev of this kind, {multi.flagged} of "
            f"{multi.coherent:,} coherent lines are flagged: {per_thousand:.1f} of every 1,000."
        )
    yield ""


def baselines(figures: Figures) -> Iterator[str]:
    """Tables of the baselines beside the model."""
    yield "## Baselines on the same embeddings"
    yield ""
    yield "Each method scores the paragraphs of one article at a time, with the model's own embeddings (the"
    yield 'C4 rules: with the texts). "Best F1" is the best that any threshold reaches on this very'
    yield "benchmark, which is generous; F1 and FF are given where a method has a rule of its own."
    yield ""
    for name, compared in figures.baselines.items():
        result = {"wild-dev": figures.wild, "inserted-dev": figures.inserted}[name]
        yield f"### {name}"
        yield ""
        yield from table(
            ("method", "AP", "AP off_topic", "AP boilerplate", "R@1%", "best F1", "F1", "FF"),
            [
                _method("**misplaced**", result.model.metrics, own_rule=True),
                *(_baseline(one) for one in compared),
            ],
        )
        yield ""


def _baseline(result: BaselineResult) -> tuple[str, ...]:
    return _method(result.baseline.name, result.metrics, own_rule=result.baseline.rule is not None)


def _method(name: str, metrics: Metrics, *, own_rule: bool) -> tuple[str, ...]:
    return (
        name,
        share(metrics.ap),
        share(metrics.ap_off_topic),
        share(metrics.ap_boilerplate),
        share(metrics.recall_at_1pct_fp),
        share(metrics.best_f1),
        share(metrics.f1) if own_rule else UNDEFINED,
        rate(metrics.false_flags_per_1000) if own_rule else UNDEFINED,
    )


def ablations(measured: Mapping[str, Any] | None) -> Iterator[str]:
    """Table of the model refitted without some of its features or corpora."""
    yield "## What each part is worth"
    yield ""
    if measured is None:
        yield "Not measured for this model."
        yield ""
        return
    yield "The classifier refitted, calibrated and given a threshold anew without a group of features and"
    yield "everything computed from it, or without a training corpus. Encoder and context network stay, and"
    yield "the classifier judges at first look where nothing else is said. Written by"
    yield f"`benchmarks/ablations.py` on {measured['date']}, encoder {measured['encoder']}."
    if measured["every"] > 1:
        yield ""
        yield f"Fitted on one article of {measured['every']}; compare with the first row, not with the model."
    yield ""
    for name in measured["benchmarks"]:
        yield f"### {name}"
        yield ""
        rows = [(row["without"], row["columns"], row["figures"][name]) for row in measured["rows"]]
        whole = rows[0][2]["ap"]
        yield from table(
            ("without", "columns", "AP", "lost", "AP off_topic", "AP boilerplate", "R@1%", "F1", "FF"),
            [
                (
                    without,
                    f"{columns:,}",
                    share(found["ap"]),
                    UNDEFINED if None in (found["ap"], whole) else f"{whole - found['ap']:+.3f}",
                    share(found["ap_off_topic"]),
                    share(found["ap_boilerplate"]),
                    share(found["recall_at_1pct_fp"]),
                    share(found["f1"]),
                    rate(found["false_flags_per_1000"]),
                )
                for without, columns, found in rows
            ],
        )
        yield ""
