"""A trained model as a folder: written by training, verified and loaded for detection.

::

    manifest.json     format version, digests of the files below, package versions, data, metrics
    classifier.skops  the fitted scikit-learn pipeline, read with audited types only
    terms.npy         word weights, float32
    encoder.onnx      the encoder, unless the manifest names a sentence-transformers model
    static.npz        in place of it: the vectors of a static encoder
    tokenizer.json    its tokenizer
    context.npz       optional: the network that reads all paragraphs together
    reader.onnx       optional: the reader of the second look, of the same tokenizer
    README.md         the model card

Loading has three phases: read the manifest, audit (format version, digests, types), construct.
Nothing is constructed from a file before its digest is verified. The networks, which take longest, are
audited and constructed beside the rest.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misplaced.errors import ArtifactError
from misplaced.manifest import MANIFEST, Manifest, read_manifest, require, verify
from misplaced.networks import CONTEXT, GRAPH, READER, STATIC, TOKENIZER, Networks

if TYPE_CHECKING:
    from misplaced.classifier import Classifier
    from misplaced.context import ContextNetwork
    from misplaced.encoder import Encoder
    from misplaced.features.terms import TermWeights
    from misplaced.second_look import SecondLook
    from misplaced.statements import StatementModel

__all__ = [
    "BUNDLED",
    "CONTEXT",
    "GRAPH",
    "READER",
    "STATIC",
    "TOKENIZER",
    "Artifact",
    "ModelVersionWarning",
    "bundled",
    "load",
    "located",
]

#: Models that ship: the accurate one, and one for first passes over large corpora.
BUNDLED = ("default", "fast")

CLASSIFIER = "classifier.skops"
TRUSTED_CLASSIFIER = "classifier.joblib"
TERMS = "terms.npy"
CARD = "README.md"

_DRIFT_HINT = "train the model again, or install the version it was trained with"


@dataclass(frozen=True)
class Artifact:
    """A loaded model, ready to be put together by :class:`misplaced.detector.Detector`."""

    manifest: Manifest
    encoder: Encoder
    classifier: Classifier
    weights: TermWeights
    statements: StatementModel
    second_look: SecondLook | None = None
    context: ContextNetwork | None = None

    @property
    def threshold(self) -> float:
        """The shipped threshold."""
        return self.manifest.threshold

    @property
    def sentence_threshold(self) -> float | None:
        """The shipped threshold of sentences; None: that of the paragraphs."""
        return self.manifest.sentence_threshold

    @property
    def version(self) -> str:
        """Name and version of the model."""
        return f"{self.manifest.name} {self.manifest.version}"


def bundled(name: str = "default") -> Path:
    """Return the folder of a bundled model."""
    package = import_module(f"misplaced.artifacts.{name}")
    return Path(next(iter(package.__path__)))


def located(path: str | Path | None) -> Path:
    """Return the folder meant: the bundled model by default, a bundled one by its name, or a path."""
    if path is None:
        return bundled()
    # Only a plain name can mean a bundled model; ./fast is a folder.
    return bundled(path) if isinstance(path, str) and path in BUNDLED else Path(path)


def load(
    path: str | Path | None = None,
    *,
    trusted: bool = False,
    encoder: Encoder | None = None,
    second_look: bool = True,
    threads: int = 0,
) -> Artifact:
    """Verify and load a model folder.

    Parameters
    ----------
    path : str or Path, optional
        A folder, or a name of :data:`BUNDLED`; the bundled model by default.
    trusted : bool
        Load a ``classifier.joblib``, which can run code, where there is no ``classifier.skops``.
    encoder : Encoder, optional
        Use this one instead of the folder's.
    second_look : bool
        Load the reader, where the folder has one.
    threads : int
        Batches that run at once; 0 for as many as this process may use cores.

    Raises
    ------
    ArtifactError
        With what to do.
    EncoderError
        If the encoder cannot be built.
    """
    folder = located(path)
    manifest = read_manifest(folder)
    with Networks(
        folder, manifest, own_encoder=encoder is None, second_look=second_look, threads=threads
    ) as networks:
        verify(folder, manifest, names=set(manifest.files) - networks.files)
        classifier = _load_classifier(folder, manifest, trusted=trusted)
        weights = _load_terms(folder, manifest)
        statements = _load_statements(folder, manifest)
        found = encoder or networks.encoder()
        context = _load_context(folder, manifest)
        return Artifact(manifest, found, classifier, weights, statements, networks.second_look(), context)


def _load_classifier(folder: Path, manifest: Manifest, *, trusted: bool) -> Classifier:
    from misplaced.classifier import Classifier

    if CLASSIFIER in manifest.files:
        pipeline = _load_audited(folder / CLASSIFIER, manifest)
    else:
        path = require(folder, manifest, TRUSTED_CLASSIFIER)
        if not trusted:
            raise ArtifactError(
                f"{TRUSTED_CLASSIFIER} can run code when it is loaded",
                where=str(folder),
                hint="pass --trust (trusted=True) if you know where it comes from",
            )
        pipeline = _load_trusted(path, manifest)
    classifier = Classifier.from_pipeline(pipeline)
    _check_drift(folder, manifest, classifier)
    return classifier


def _load_trusted(path: Path, manifest: Manifest) -> Any:
    import joblib

    try:
        return joblib.load(path)
    except Exception as error:  # unpickling raises whatever the file makes it raise
        raise _unreadable(path, manifest, error) from error


def _load_audited(path: Path, manifest: Manifest) -> Any:
    from misplaced.skopsfile import read_pipeline, unexpected_types

    try:
        unknown = unexpected_types(path)
        if unknown:
            raise ArtifactError(
                f"{path.name} holds types that are not needed here: {', '.join(unknown)}",
                where=str(path.parent),
                hint="do not use this model",
            )
        return read_pipeline(path)
    except ArtifactError:
        raise
    except Exception as error:  # damage shows in many classes of error
        raise _unreadable(path, manifest, error) from error


def _unreadable(path: Path, manifest: Manifest, error: Exception) -> ArtifactError:
    return ArtifactError(
        f"{path.name} cannot be loaded ({' '.join(str(error).split())[:120]}); "
        f"it was made with scikit-learn {manifest.packages.get('scikit-learn', 'of unknown version')}, "
        f"installed is {metadata.version('scikit-learn')}",
        where=str(path.parent),
        hint=_DRIFT_HINT,
    )


class ModelVersionWarning(UserWarning):
    """The model was made with another scikit-learn than the one installed."""


def _check_drift(folder: Path, manifest: Manifest, classifier: Classifier) -> None:
    """Name another scikit-learn than the model was made with; refuse where it reads another model."""
    import numpy as np

    made = manifest.packages.get("scikit-learn", "of unknown version")
    have = metadata.version("scikit-learn")
    versions = f"the model was made with scikit-learn {made}, installed is {have}"
    found = classifier.probe()
    expected = np.asarray(manifest.probe, dtype=np.float64)
    if expected.shape != found.shape or not np.allclose(found, expected, atol=1e-6):
        raise ArtifactError(
            f"the classifier does not compute what it computed when it was made; {versions}",
            where=str(folder),
            hint=_DRIFT_HINT,
        )
    if made.split(".")[:2] != have.split(".")[:2] and folder not in map(bundled, BUNDLED):
        # The bundled model's probe has passed, and nobody who runs it could do anything about it.
        warnings.warn(
            f"{folder}: {versions}; its probe gives the same result", ModelVersionWarning, stacklevel=4
        )


def _load_terms(folder: Path, manifest: Manifest) -> TermWeights:
    from misplaced.features.terms import TermWeights

    return TermWeights.load(require(folder, manifest, TERMS))


def _load_context(folder: Path, manifest: Manifest) -> ContextNetwork | None:
    if CONTEXT not in manifest.files:
        return None
    from misplaced.context import ContextNetwork

    return ContextNetwork.load(require(folder, manifest, CONTEXT))


def _load_statements(folder: Path, manifest: Manifest) -> StatementModel:
    from misplaced.statements import StatementModel

    try:
        return StatementModel.parse(manifest.statements)
    except ValueError as error:
        raise ArtifactError(
            f"'statements' in {MANIFEST}: {error}", where=str(folder), hint=_DRIFT_HINT
        ) from None
