"""Print the worst errors of a model on labelled articles, with the lines around them, to be read by hand.

::

    python benchmarks/errors.py ../shared/data/wild-dev.jsonl.gz --most 60

What is learned by reading goes into ``errors.md``, which the accuracy report takes over.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from remembering import RememberingEncoder, memory_path

from misplaced.apps.failure import reported
from misplaced.apps.loading import load_detector
from misplaced.apps.reporters.escaping import escape_keeping_layout
from misplaced.artifact import bundled
from misplaced.document import fold
from misplaced.eval.scored import FOREIGN, UNCOUNTED_KIND
from misplaced.labelled import read_labelled
from misplaced.manifest import read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from misplaced.labelled import LabelledDocument

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Error:
    """A paragraph judged wrongly at the threshold.

    Attributes
    ----------
    what : {"false flag", "miss"}
    article : LabelledDocument
    index : int
        Of the paragraph.
    scores : tuple of float
        Foreignness of all the article's paragraphs, 0 to 1.
    """

    what: Literal["false flag", "miss"]
    article: LabelledDocument
    index: int
    scores: tuple[float, ...]

    def distance(self, threshold: float) -> float:
        """How far on the wrong side of the threshold it lies."""
        return abs(self.scores[self.index] - threshold)


def errors(
    labelled: Iterable[LabelledDocument], foreignness: Iterable[Sequence[float]], threshold: float
) -> Iterator[Error]:
    """Yield every false flag and every miss among the paragraphs that count.

    Parameters
    ----------
    labelled : iterable of LabelledDocument
    foreignness : iterable of sequence of float
        For each article one score a paragraph.
    threshold : float
    """
    for article, scores in zip(labelled, foreignness, strict=True):
        if article.kind == UNCOUNTED_KIND:
            continue
        for index, (label, score) in enumerate(zip(article.labels, scores, strict=True)):
            if label == "coherent" and score >= threshold:
                yield Error("false flag", article, index, tuple(scores))
            elif label in FOREIGN and score < threshold:
                yield Error("miss", article, index, tuple(scores))


def worst(found: Iterable[Error], threshold: float, *, per_article: int) -> list[Error]:
    """Sort errors, the worst first, and keep the first few of each article: a gallery is one lesson."""
    kept = []
    taken: Counter[str] = Counter()
    for error in sorted(found, key=lambda error: -error.distance(threshold)):
        taken[error.article.id] += 1
        if taken[error.article.id] <= per_article:
            kept.append(error)
    return kept


def shown(error: Error, *, context: int, width: int) -> Iterator[str]:
    """Lay an error out as lines: where it is, then the paragraph between its neighbours."""
    article, score = error.article, error.scores[error.index]
    label = article.labels[error.index]
    yield f"{error.what} {score:.3f}: {article.id}, paragraph {error.index}, labelled {label}"
    about = [f"title: {article.title or '(none)'}"]
    about += [f"{key}: {value}" for key, value in (("kind", article.kind), ("form", article.form)) if value]
    yield "    " + cut(", ".join(about), width)
    first = max(0, error.index - context)
    last = min(len(article.paragraphs), error.index + context + 1)
    for index in range(first, last):
        mark = ">" if index == error.index else " "
        about_line = f"{error.scores[index]:.2f} {article.labels[index]:<11}"
        yield f"  {mark} {about_line} {cut(article.paragraphs[index], width)}"
    yield ""


def cut(text: str, width: int) -> str:
    """Fold white space and cut to `width` characters, saying so."""
    content = fold(text)
    return content if len(content) <= width else content[: width - 1] + "…"


@reported()
def main(
    benchmarks: Annotated[list[Path], typer.Argument(metavar="LABELLED.jsonl...", help="Labelled articles.")],
    most: Annotated[
        int, typer.Option(metavar="N", min=1, help="Errors of each sort and benchmark at most.")
    ] = 40,
    per_article: Annotated[int, typer.Option(metavar="N", min=1, help="Of one article at most.")] = 2,
    context: Annotated[int, typer.Option(metavar="N", min=0, help="Paragraphs around each.")] = 2,
    width: Annotated[int, typer.Option(metavar="N", min=20, help="Characters of a paragraph.")] = 160,
    threshold: Annotated[
        float | None, typer.Option(help="Instead of the model's own, above 0, at most 1.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A model folder; the bundled one by default.")
    ] = None,
    work: Annotated[Path, typer.Option(metavar="DIR", help="Where embeddings are kept.")] = (
        _HERE.parent / ".cache" / "accuracy"
    ),
) -> None:
    """Print the errors of a model on labelled articles, the worst first."""
    detector = load_detector(model)
    if threshold is not None:
        detector.threshold = threshold
    encoder = RememberingEncoder(detector.encoder, memory_path(work, read_manifest(model or bundled())))
    detector.encoder = encoder
    for path in benchmarks:
        labelled = list(read_labelled(path))
        documents = [article.unlabelled(str(path)) for article in labelled]
        scores = [_foreignness(rows) for rows in detector.probabilities(documents)]
        found = list(errors(labelled, scores, detector.threshold))
        for what in ("false flag", "miss"):
            chosen = [error for error in found if error.what == what]
            articles = len({error.article.id for error in chosen})
            typer.echo(f"== {path.name}: {len(chosen):,} of the sort '{what}', in {articles:,} articles\n")
            for error in worst(chosen, detector.threshold, per_article=per_article)[:most]:
                for line in shown(error, context=context, width=width):
                    typer.echo(escape_keeping_layout(line))
    encoder.save()


def _foreignness(rows: NDArray[Any]) -> list[float]:
    return [float(1.0 - coherent) for coherent in rows[:, 0]]


if __name__ == "__main__":
    typer.run(main)
