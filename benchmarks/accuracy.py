"""Measure the bundled model on everything there is and write ``docs/accuracy.md``.

::

    python benchmarks/accuracy.py --data ../shared/data -o docs/accuracy.md

Leads the data through :mod:`corpora`, :mod:`measuring` and :mod:`sections`. Needs the extra ``bench``.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import corpora
import sections
import typer
from measuring import figures
from provenance import provenance
from remembering import RememberingEncoder, memory_path

from misplaced.apps.failure import reported
from misplaced.apps.loading import load_detector
from misplaced.apps.progress import track
from misplaced.artifact import bundled
from misplaced.errors import UsageError
from misplaced.eval.comparison import BASELINES
from misplaced.labelled import digest
from misplaced.manifest import read_manifest
from misplaced.replacing import replacing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from measuring import Figures
    from provenance import Provenance

_HERE = Path(__file__).parent

#: Written by hand, after reading the errors that ``errors.py`` prints.
_FRAGMENTS = (_HERE / "errors.md", _HERE / "remaining.md")


@reported()
def main(
    data: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder of wild-dev, inserted-dev, blogs-train.")
    ] = Path("../shared/data"),
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where the report goes.")
    ] = _HERE.parent / "docs" / "accuracy.md",
    model: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A model folder; the bundled one by default.")
    ] = None,
    ablations: Annotated[
        Path, typer.Option(metavar="FILE", help="What ablations.py wrote; left out if missing.")
    ] = _HERE.parent / "eval" / "ablations.json",
    work: Annotated[
        Path, typer.Option(metavar="DIR", help="Where benchmarks are made and embeddings kept.")
    ] = _HERE.parent / ".cache" / "accuracy",
    bootstrap: Annotated[int, typer.Option(metavar="N", min=0, help="Resamples of the intervals.")] = 500,
    baselines: Annotated[bool, typer.Option(help="Measure the baselines too; some need a while.")] = True,
) -> None:
    """Write the accuracy report of a model."""
    folder = model or bundled()
    manifest = read_manifest(folder)
    detector = load_detector(model)
    encoder = RememberingEncoder(detector.encoder, memory_path(work, manifest))
    detector.encoder = encoder
    measured = figures(
        detector,
        data,
        work,
        baselines=BASELINES if baselines else (),
        resamples=bootstrap,
        track=partial(track, transient=True),
    )
    encoder.save()
    names = (corpora.WILD, corpora.INSERTED, corpora.BLOGS)
    digests = {name: digest(corpora.frozen(data, name)) for name in names}
    text = report(
        provenance(folder, manifest), digests, measured, read_ablations(ablations), read_fragments()
    )
    with replacing(output) as stream:
        stream.write(text.encode())
    typer.echo(f"{output} written", err=True)


def report(
    origin: Provenance,
    digests: Mapping[str, str],
    measured: Figures,
    ablated: Mapping[str, Any] | None,
    fragments: tuple[str, ...],
) -> str:
    """Put the sections together; a fragment is taken over as it stands."""

    def lines() -> Iterator[str]:
        yield from sections.head(origin, digests)
        yield ""
        yield from sections.benchmarks(measured)
        yield from sections.conditions(measured)
        yield from sections.baselines(measured)
        yield from sections.ablations(ablated)
        for fragment in fragments:
            yield fragment.strip()
            yield ""

    return "\n".join(lines()).rstrip() + "\n"


def read_ablations(path: Path) -> dict[str, Any] | None:
    """Read what ``ablations.py`` wrote; None where the file is missing.

    Raises
    ------
    UsageError
        If the file is something else.
    """
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        list(sections.ablations(found))
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise UsageError(
            f"not written by ablations.py ({type(error).__name__}: {error})",
            where=str(path),
            hint="write it again, or name another file with --ablations",
        ) from error
    return dict(found)


def read_fragments() -> tuple[str, ...]:
    """Read the parts written by hand."""
    return tuple(path.read_text(encoding="utf-8") for path in _FRAGMENTS)


if __name__ == "__main__":
    typer.run(main)
