"""What ``misplaced train`` does: read corpora, fit, save, and say how it went."""

from __future__ import annotations

import json
import math
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misplaced.apps.progress import track
from misplaced.apps.reporters.escaping import message
from misplaced.errors import CorpusError, UsageError

if TYPE_CHECKING:
    from misplaced.detector import Detector
    from misplaced.encoder import Encoder
    from misplaced.labelled import LabelledDocument
    from misplaced.manifest import Manifest
    from misplaced.reader import Reader
    from misplaced.training.fitting import Context, Fit, FitSettings
    from misplaced.training.saving import EncoderSource
    from misplaced.training.sentence_level import SentenceLevel


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
    fused: Path | None = None
    reader: Path | None = None
    held_out: float = 0.0
    seen_weight: float = 0.3
    doubt: float = 0.05
    second_weights: list[str] | tuple[str, ...] = ()
    context: str | None = None


def train_model(paths: list[Path], output: Path, options: Options) -> Manifest:
    """Fit a model on labelled corpora, write it to `output` and print the held-out figures.

    Raises
    ------
    MisplacedError
        For malformed corpora (the first error by file and line), unknown encoders, contradicting
        options and folders that must not be overwritten.
    """
    from misplaced.artifact import located
    from misplaced.labelled import corpus_name
    from misplaced.training.embedding import CachedEncoder
    from misplaced.training.fitting import FitSettings, fit
    from misplaced.training.saving import check_target, describe_corpus, save

    check_target(output)
    settings = FitSettings(
        options.regularisation,
        options.most_false_flags,
        corpus_weights(options.weights, [corpus_name(p) for p in paths]),
        options.seed,
        options.held_out,
        options.seen_weight,
        options.doubt,
        corpus_weights(
            options.second_weights, [corpus_name(p) for p in paths], option="--second-weight", zero=True
        ),
    )
    corpora, data = _read(paths, describe_corpus)
    encoder, source, identity = find_encoder(options.encoder)
    cached = CachedEncoder(encoder, identity, None if options.no_cache else options.cache or cache_folder())
    reader = None
    if options.reader is not None:
        reader, source = find_reader(options.reader, source)
    context = (
        find_context(located(options.context), encoder.dimension) if options.context is not None else None
    )
    fitted = fit(
        corpora, cached, settings, reader=reader, context=context, track=partial(track, transient=False)
    )
    sentences = None
    if options.fused is not None:
        sentences = _sentence_level(options.fused, fitted, encoder, reader, settings)
    manifest = save(
        output,
        fitted,
        source,
        settings,
        name=options.name or output.resolve().name,
        data=data,
        sentences=sentences,
    )
    _print_figures(manifest, output)
    return manifest


def _sentence_level(
    path: Path, fitted: Fit, encoder: Encoder, reader: Reader | None, settings: FitSettings
) -> SentenceLevel:
    """Choose the threshold for sentences on a file of mixed paragraphs."""
    from misplaced.labelled import corpus_name, read_labelled
    from misplaced.training.sentence_level import choose_sentence_threshold

    detector = detector_of(fitted, encoder, reader, settings)
    documents = list(read_labelled(path))
    shown = track(documents, len(documents), f"sentences of {corpus_name(path)}", transient=False)
    return choose_sentence_threshold(detector, shown, settings.most_false_flags, name=corpus_name(path))


def detector_of(fitted: Fit, encoder: Encoder, reader: Reader | None, settings: FitSettings) -> Detector:
    """Put a detector together from a fit, with a second look if it has one."""
    from misplaced.classifier import Classifier
    from misplaced.detector import Detector
    from misplaced.second_look import SecondLook

    detector = Detector(
        *(encoder, Classifier.from_pipeline(fitted.pipeline), fitted.weights, fitted.threshold),
        statements=fitted.statements,
        context=fitted.context.network if fitted.context is not None else None,
    )
    if reader is not None and fitted.second is not None:
        detector.second_look = SecondLook(reader, fitted.second, settings.doubt)
    return detector


def corpus_weights(
    given: list[str] | tuple[str, ...], names: list[str], *, option: str = "--weight", zero: bool = False
) -> dict[str, float]:
    """Read ``CORPUS=W`` options; a weight of 0 only where `zero` allows it.

    Raises
    ------
    UsageError
        If one is malformed, or names none of the corpora.
    """
    weights = {}
    for one in given:
        name, _, number = one.partition("=")
        if name not in names:
            raise UsageError(f"{option} names no corpus {name!r}", hint=f"the corpora are {', '.join(names)}")
        try:
            weights[name] = float(number)
        except ValueError:
            raise UsageError(f"{option} {one!r} is not CORPUS=NUMBER") from None
        if not (0 < weights[name] < math.inf or (zero and weights[name] == 0)):
            raise UsageError(f"{option} {one!r} is not a number {'from' if zero else 'above'} 0")
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


def find_encoder(given: str | None) -> tuple[Encoder, EncoderSource, str]:
    """The encoder, where it comes from, and what identifies its embeddings."""
    from misplaced.artifact import GRAPH, STATIC, TOKENIZER, located
    from misplaced.encoder import OnnxEncoder
    from misplaced.manifest import MANIFEST, file_digest, read_manifest
    from misplaced.sentence_transformer import SentenceTransformerEncoder
    from misplaced.static import StaticEncoder
    from misplaced.training.saving import EncoderSource

    folder = located(given)
    for file, kind in ((GRAPH, OnnxEncoder), (STATIC, StaticEncoder)):
        if not (folder / file).is_file():
            continue
        name = folder.name
        if (folder / MANIFEST).is_file():
            name = str(read_manifest(folder).encoder.get("name", name))
        exported = kind(folder / file, folder / TOKENIZER, name=name)
        identity = file_digest(folder / file) + file_digest(folder / TOKENIZER)
        return exported, EncoderSource(name, folder, exported.dimension), identity
    if given is None:
        raise UsageError("no encoder is bundled", hint="give one with --encoder")
    model = SentenceTransformerEncoder(given)
    return model, EncoderSource(given, None, model.dimension), _identity(given)


def find_reader(folder: Path, source: EncoderSource) -> tuple[Reader, EncoderSource]:
    """The reader, and the encoder's source with it."""
    from misplaced.artifact import READER, TOKENIZER
    from misplaced.manifest import file_digest
    from misplaced.reader import Reader

    if not (folder / READER).is_file():
        raise UsageError(f"no {READER}", where=str(folder), hint="give what 'misplaced export' wrote")
    if source.folder is None or file_digest(source.folder / TOKENIZER) != file_digest(folder / TOKENIZER):
        raise UsageError(
            "the reader and the encoder have different tokenizers",
            where=str(folder),
            hint="tune both from the same base",
        )
    return Reader(folder / READER, folder / TOKENIZER), replace(source, reader=folder / READER)


def find_context(folder: Path, dimension: int) -> Context:
    """The context network that 'misplaced finetune --objective context' wrote, or that of a model."""
    from misplaced.artifact import CONTEXT, TERMS
    from misplaced.context import ContextNetwork
    from misplaced.features import matrix
    from misplaced.features.terms import TermWeights
    from misplaced.manifest import MANIFEST
    from misplaced.training.fitting import Context

    path = folder / CONTEXT
    if not path.is_file():
        raise UsageError(
            f"no {CONTEXT}", where=str(folder), hint="give what 'finetune --objective context' wrote"
        )
    network = ContextNetwork.load(path)
    if (network.width, network.dimension) != (len(matrix.COLUMN), dimension):
        raise UsageError(
            f"the network reads {network.width} features and embeddings of length {network.dimension}, "
            f"the encoder gives {len(matrix.COLUMN)} and {dimension}",
            where=str(path),
            hint="teach it with the same encoder",
        )
    # A model's own network was taught elsewhere: it knows none of the articles at hand.
    ours = not (folder / MANIFEST).is_file()
    return Context(network, TermWeights.load(folder / TERMS), path, ours, _how_it_was_taught(folder))


def _how_it_was_taught(folder: Path) -> dict[str, Any]:
    """What a model's manifest says of its networks, or 'misplaced finetune' wrote beside them; {} if nothing.

    Raises
    ------
    ArtifactError
        Where there is a manifest, and this program does not read it.
    """
    from misplaced.manifest import MANIFEST, read_manifest
    from misplaced.training.loop import RECORD

    found: object = None
    if (folder / MANIFEST).is_file():
        found = read_manifest(folder).settings.get("context")
    else:
        with suppress(OSError, ValueError):
            found = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}


def _identity(model: str) -> str:
    """Return what identifies the embeddings of a sentence-transformers model: its files or its id."""
    from misplaced.manifest import file_digest

    folder = Path(model)
    return ",".join(file_digest(p) for p in sorted(folder.rglob("*")) if p.is_file()) or model


def cache_folder() -> Path:
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
