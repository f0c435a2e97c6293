"""What ``misplaced train`` does: read corpora, fit, save, and say how it went."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misplaced.apps.progress import track
from misplaced.apps.reporters.escaping import message
from misplaced.errors import CorpusError, UsageError

if TYPE_CHECKING:
    from misplaced.encoder import Encoder
    from misplaced.labelled import LabelledDocument
    from misplaced.manifest import Manifest
    from misplaced.training.saving import EncoderSource


@dataclass(frozen=True)
class Options:
    """The options of the command, as given."""

    encoder: str | None = None
    name: str | None = None
    weights: list[str] | tuple[str, ...] = ()
    regularisation: float = 0.01
    most_false_flags: float = 2.75
    cache: Path | None = None
    no_cache: bool = False
    seed: int = 0


def train_model(paths: list[Path], output: Path, options: Options) -> Manifest:
    """Fit a model on labelled corpora, write it to `output` and print the held-out figures.

    Raises
    ------
    MisplacedError
        For malformed corpora (the first error by file and line), unknown encoders, contradicting
        options and folders that must not be overwritten.
    """
    from misplaced.labelled import corpus_name
    from misplaced.training.embedding import CachedEncoder
    from misplaced.training.fitting import FitSettings, fit
    from misplaced.training.saving import check_target, describe_corpus, save

    check_target(output)
    settings = FitSettings(
        options.regularisation,
        options.most_false_flags,
        _parse_weights(options.weights, [corpus_name(p) for p in paths]),
        options.seed,
    )
    corpora, data = _read(paths, describe_corpus)
    encoder, source, identity = _find_encoder(options.encoder)
    cached = CachedEncoder(encoder, identity, None if options.no_cache else options.cache or _cache_folder())
    fitted = fit(corpora, cached, settings, track=partial(track, transient=False))
    manifest = save(output, fitted, source, settings, name=options.name or output.resolve().name, data=data)
    _print_figures(manifest, output)
    return manifest


def _parse_weights(given: list[str] | tuple[str, ...], names: list[str]) -> dict[str, float]:
    weights = {}
    for one in given:
        name, _, number = one.partition("=")
        if name not in names:
            raise UsageError(f"--weight names no corpus {name!r}", hint=f"the corpora are {', '.join(names)}")
        try:
            weights[name] = float(number)
        except ValueError:
            raise UsageError(f"--weight {one!r} is not CORPUS=NUMBER") from None
        if not 0 < weights[name] < math.inf:
            raise UsageError(f"--weight {one!r} is not a number above 0")
    return weights


def _read(paths: list[Path], describe: Any) -> tuple[dict[str, list[LabelledDocument]], list[dict[str, Any]]]:
    from misplaced.labelled import corpus_name, digest, read_labelled

    corpora: dict[str, list[LabelledDocument]] = {}
    data = []
    for path in paths:
        name = corpus_name(path)
        if name in corpora:
            raise CorpusError(f"a second corpus of the name {name!r}", where=str(path), hint="rename one")
        corpora[name] = list(read_labelled(path))
        data.append(describe(name, digest(path), corpora[name]))
    return corpora, data


def _find_encoder(given: str | None) -> tuple[Encoder, EncoderSource, str]:
    """The encoder, where it comes from, and what identifies its embeddings."""
    from misplaced.artifact import GRAPH, TOKENIZER, bundled
    from misplaced.encoder import OnnxEncoder
    from misplaced.manifest import MANIFEST, file_digest, read_manifest
    from misplaced.sentence_transformer import SentenceTransformerEncoder
    from misplaced.training.saving import EncoderSource

    folder = bundled() if given is None else Path(given)
    if (folder / GRAPH).is_file():
        name = folder.name
        if (folder / MANIFEST).is_file():
            name = str(read_manifest(folder).encoder.get("name", name))
        exported = OnnxEncoder(folder / GRAPH, folder / TOKENIZER, name=name)
        identity = file_digest(folder / GRAPH) + file_digest(folder / TOKENIZER)
        return exported, EncoderSource(name, folder, exported.dimension), identity
    if given is None:
        raise UsageError("no encoder is bundled", hint="give one with --encoder")
    model = SentenceTransformerEncoder(given)
    return model, EncoderSource(given, None, model.dimension), _identity(given)


def _identity(model: str) -> str:
    """Return what identifies the embeddings of a sentence-transformers model: its files or its id."""
    from misplaced.manifest import file_digest

    folder = Path(model)
    return ",".join(file_digest(p) for p in sorted(folder.rglob("*")) if p.is_file()) or model


def _cache_folder() -> Path:
    """Return the user's cache folder for embeddings."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "misplaced"


def _print_figures(manifest: Manifest, output: Path) -> None:
    for corpus, figures in manifest.metrics.items():
        shown = ", ".join(
            f"{key.replace('_', ' ')} {value}" for key, value in figures.items() if value is not None
        )
        message(f"{corpus}: {shown}")
    message(f"model written to {output}; threshold {manifest.threshold:g}")
