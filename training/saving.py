"""Write a trained model as a folder that :mod:`misplaced.artifact` verifies and loads.

Every file is written aside and put in place at once, the manifest last: a folder whose manifest
loads is complete, and one that was left half-way names the file that differs.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from misplaced.artifact import CARD, CLASSIFIER, CONTEXT, GRAPH, READER, STATIC, TERMS, TOKENIZER
from misplaced.classifier import Classifier
from misplaced.errors import UsageError
from misplaced.manifest import FORMAT_VERSION, MANIFEST, Manifest, file_digest, files_of
from misplaced.skopsfile import read_pipeline
from misplaced.training.card import model_card

if TYPE_CHECKING:
    from collections.abc import Iterator

    from misplaced.labelled import LabelledDocument
    from misplaced.training.fitting import Fit, FitSettings
    from misplaced.training.holdout import Figures
    from misplaced.training.sentence_level import SentenceLevel

#: Beginning of the name of the folder where a model is written first.
_ASIDE = ".writing-"

#: Packages whose versions decide what a model computes.
_PACKAGES = ("misplaced", "numpy", "onnxruntime", "scikit-learn", "scipy", "skops", "tokenizers")


@dataclass(frozen=True)
class EncoderSource:
    """Where the encoder of a new model comes from.

    Attributes
    ----------
    name : str
        Its id, for the manifest.
    folder : Path or None
        Holds ``encoder.onnx`` or ``static.npz``, and ``tokenizer.json``, which are copied; None for a
        sentence-transformers model, which is loaded by its name.
    dimension : int
    reader : Path or None
        ``reader.onnx`` of the second look, of the same tokenizer.
    """

    name: str
    folder: Path | None
    dimension: int
    reader: Path | None = None

    @property
    def kind(self) -> str:
        """What the manifest calls it: ``onnx``, ``static`` or ``sentence-transformers``."""
        if self.folder is None:
            return "sentence-transformers"
        return "onnx" if (self.folder / GRAPH).is_file() else "static"


def check_target(folder: Path) -> None:
    """Refuse to write a model over something else.

    Raises
    ------
    UsageError
        If `folder` is a file, or holds files but no model.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError("is a file", where=str(folder), hint="give a folder for the model")
    if folder.is_dir() and _model_files(folder) is None and any(map(_is_foreign, folder.iterdir())):
        raise UsageError(
            "the folder holds other files", where=str(folder), hint="give a new folder or that of a model"
        )


def _model_files(folder: Path) -> set[str] | None:
    """Names of the files of the model in a folder, of whatever format; None where there is no model."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    # Other programs write a manifest.json too.
    if (
        not isinstance(found, dict)
        or "format_version" not in found
        or not isinstance(found.get("files"), dict)
    ):
        return None
    return {name for name in found["files"] if Path(name).name == name}


def _is_foreign(path: Path) -> bool:
    # A package of data files, as the bundled model is, and what a killed run left may stay.
    return path.name not in {"__init__.py", "__pycache__"} and not path.name.startswith(_ASIDE)


def describe_corpus(name: str, digest: str, documents: list[LabelledDocument]) -> dict[str, Any]:
    """Return what the manifest says of a training corpus."""
    labels = Counter(label for document in documents for label in document.labels)
    return {
        "name": name,
        "digest": digest,
        "documents": len(documents),
        "labels": dict(sorted(labels.items())),
    }


def save(
    folder: Path,
    fit: Fit,
    encoder: EncoderSource,
    settings: FitSettings,
    *,
    name: str,
    data: list[dict[str, Any]],
    sentences: SentenceLevel | None = None,
) -> Manifest:
    """Write a model folder.

    Parameters
    ----------
    folder : Path
        Created if missing; a model that is there is replaced, and nothing else that lies there.
    fit : Fit
    encoder : EncoderSource
    settings : FitSettings
    name : str
        Name of the model.
    data : list of dict
        Made by :func:`describe_corpus`.
    sentences : SentenceLevel, optional
        The threshold for sentences; that of the paragraphs by default.

    Returns
    -------
    Manifest
        What was written down.
    """
    check_target(folder)
    before = _model_files(folder) or set()
    # Beside a new folder, so that a failure does not leave an empty one.
    home = folder if folder.is_dir() else folder.absolute().parent
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix=_ASIDE) as made:
        aside = Path(made)
        _write_parts(aside, fit, encoder)
        manifest = Manifest(
            format_version=FORMAT_VERSION,
            name=name,
            version=metadata.version("misplaced"),
            created=datetime.now(UTC).date().isoformat(),
            threshold=fit.threshold,
            encoder={
                "kind": encoder.kind,
                "name": encoder.name,
                "dimension": encoder.dimension,
            },
            files={},
            packages={package: metadata.version(package) for package in _PACKAGES},
            data=data,
            seed=settings.seed,
            settings=_settings(fit, settings),
            metrics={corpus: figures.rounded() for corpus, figures in _figures(fit, sentences)},
            probe=_probe(aside / CLASSIFIER),
            statements=fit.statements.record(),
            doubt=settings.doubt if fit.second is not None else 1.0,
            second_look=fit.second.record() if fit.second is not None else {},
            sentence_threshold=None if sentences is None else sentences.threshold,
        )
        (aside / CARD).write_text(model_card(manifest), encoding="utf-8")
        manifest.files.update({path.name: file_digest(path) for path in files_of(aside)})
        (aside / MANIFEST).write_text(
            json.dumps(asdict(manifest), indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        folder.mkdir(exist_ok=True)
        for path in files_of(aside):
            path.replace(folder / path.name)
        (aside / MANIFEST).replace(folder / MANIFEST)
    for name in before - set(manifest.files):
        (folder / name).unlink(missing_ok=True)  # left by the model that was here before
    return manifest


def _settings(fit: Fit, settings: FitSettings) -> dict[str, Any]:
    chosen = {name: value for name, value in asdict(settings).items() if name != "seed"}
    return chosen if fit.context is None else {**chosen, "context": fit.context.record}


def _figures(fit: Fit, sentences: SentenceLevel | None) -> Iterator[tuple[str, Figures]]:
    yield from fit.figures.items()
    if sentences is not None:
        yield f"{sentences.name} (sentences)", sentences.figures


def _probe(classifier: Path) -> list[float]:
    """Probe the classifier as it was written, so that a file nobody could load is never put in place."""
    return [float(p) for p in Classifier.from_pipeline(read_pipeline(classifier)).probe()]


def _write_parts(aside: Path, fit: Fit, encoder: EncoderSource) -> None:
    from skops import io

    io.dump(fit.pipeline, aside / CLASSIFIER)
    np.save(aside / TERMS, fit.weights.table, allow_pickle=False)
    if encoder.folder is not None:
        name = STATIC if encoder.kind == "static" else GRAPH
        shutil.copyfile(encoder.folder / name, aside / name)
        shutil.copyfile(encoder.folder / TOKENIZER, aside / TOKENIZER)
    if fit.second is not None and encoder.reader is not None:
        shutil.copyfile(encoder.reader, aside / READER)
    if fit.context is not None:
        shutil.copyfile(fit.context.path, aside / CONTEXT)
