"""A trained model as a folder: written by training, verified and loaded for detection.

::

    manifest.json     format version, digests of the files below, package versions, data, metrics
    classifier.skops  the fitted scikit-learn pipeline, loaded with audited types only
    terms.npy         word weights, float32
    encoder.onnx      the encoder, unless the manifest names a sentence-transformers model
    tokenizer.json    its tokenizer
    README.md         the model card

Loading has three phases: read the manifest, audit (format version, digests, types), construct.
Nothing is constructed from a file before its digest is verified.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misplaced.errors import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from misplaced.classifier import Classifier
    from misplaced.encoder import Encoder
    from misplaced.features.terms import TermWeights

#: Raised by one whenever an older program could not read the folder, or would read it wrongly.
FORMAT_VERSION = 1

MANIFEST = "manifest.json"
CLASSIFIER = "classifier.skops"
TRUSTED_CLASSIFIER = "classifier.joblib"
TERMS = "terms.npy"
GRAPH = "encoder.onnx"
TOKENIZER = "tokenizer.json"
CARD = "README.md"

#: The only types a classifier file may hold; skops knows them without being told to trust any.
_DRIFT_HINT = "train the model again, or install the version it was trained with"


@dataclass(frozen=True)
class Manifest:
    """What ``manifest.json`` says.

    Attributes
    ----------
    format_version : int
    name, version : str
        Of the model.
    created : str
        ISO 8601 date.
    threshold : float
    encoder : dict
        ``kind`` (``onnx`` or ``sentence-transformers``), ``name``, ``dimension``.
    files : dict of str to str
        sha256 of every file of the folder but the manifest.
    packages : dict of str to str
        Versions the model was made with.
    data : list of dict
        ``name``, ``digest``, ``documents`` and label counts of every training corpus.
    seed : int
    settings : dict
    metrics : dict
        Held-out figures.
    """

    format_version: int
    name: str
    version: str
    created: str
    threshold: float
    encoder: dict[str, Any]
    files: dict[str, str]
    packages: dict[str, str]
    data: list[dict[str, Any]] = field(default_factory=list)
    seed: int = 0
    settings: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Artifact:
    """A loaded model, ready to be put together by :class:`misplaced.detector.Detector`."""

    manifest: Manifest
    encoder: Encoder
    classifier: Classifier
    weights: TermWeights

    @property
    def threshold(self) -> float:
        """The shipped threshold."""
        return self.manifest.threshold

    @property
    def version(self) -> str:
        """Name and version of the model."""
        return f"{self.manifest.name} {self.manifest.version}"


def bundled() -> Path:
    """Return the folder of the bundled model."""
    from misplaced.artifacts import default

    return Path(next(iter(default.__path__)))


def load(
    path: str | Path | None = None, *, trusted: bool = False, encoder: Encoder | None = None
) -> Artifact:
    """Verify and load a model folder.

    Parameters
    ----------
    path : str or Path, optional
        The bundled model by default.
    trusted : bool
        Load a ``classifier.joblib``, which can run code, where there is no ``classifier.skops``.
    encoder : Encoder, optional
        Use this one instead of the folder's.

    Raises
    ------
    ArtifactError
        With what to do.
    EncoderError
        If the encoder cannot be built.
    """
    folder = bundled() if path is None else Path(path)
    manifest = read_manifest(folder)
    verify(folder, manifest)
    classifier = _load_classifier(folder, manifest, trusted=trusted)
    return Artifact(manifest, encoder or _load_encoder(folder, manifest), classifier, _load_terms(folder))


def read_manifest(folder: Path) -> Manifest:
    """Read ``manifest.json`` and check its format version.

    Raises
    ------
    ArtifactError
    """
    if not folder.is_dir():
        raise ArtifactError("no such model folder", where=str(folder), hint="give a folder made by training")
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except OSError as error:
        raise ArtifactError(
            f"no readable {MANIFEST} ({error.strerror or error})",
            where=str(folder),
            hint="give a folder written by 'misplaced train'",
        ) from error
    except ValueError as error:
        raise ArtifactError(f"{MANIFEST} is damaged ({error})", where=str(folder), hint=_REPAIR) from error
    version = found.get("format_version") if isinstance(found, dict) else None
    if version != FORMAT_VERSION:
        newer = isinstance(version, int) and version > FORMAT_VERSION
        raise ArtifactError(
            f"the model has format version {version}, this program reads {FORMAT_VERSION}",
            where=str(folder),
            hint="upgrade misplaced" if newer else "train the model again with this version",
        )
    try:
        return Manifest(**{k: v for k, v in found.items() if k in Manifest.__dataclass_fields__})
    except TypeError as error:
        raise ArtifactError(f"{MANIFEST} is incomplete ({error})", where=str(folder), hint=_REPAIR) from error


_REPAIR = "install the package again, or train the model again"


def verify(folder: Path, manifest: Manifest) -> None:
    """Compare every file with its digest.

    Raises
    ------
    ArtifactError
        Naming the first file that is missing or differs.
    """
    for name, expected in sorted(manifest.files.items()):
        if Path(name).name != name:
            raise ArtifactError(f"{MANIFEST} names a file outside the folder: {name!r}", where=str(folder))
        try:
            actual = file_digest(folder / name)
        except OSError as error:
            raise ArtifactError(
                f"{name} cannot be read ({error.strerror or error})", where=str(folder), hint=_REPAIR
            ) from error
        if actual != expected:
            raise ArtifactError(
                f"{name} is not the file that the manifest describes (sha256 {actual[:12]}…, expected {expected[:12]}…)",
                where=str(folder),
                hint=_REPAIR,
            )


def file_digest(path: Path) -> str:
    """Return the sha256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _require(folder: Path, manifest: Manifest, name: str) -> Path:
    """A file that is about to be loaded must be among the verified ones."""
    if name not in manifest.files:
        raise ArtifactError(f"{MANIFEST} does not list {name}", where=str(folder), hint=_REPAIR)
    return folder / name


def _load_classifier(folder: Path, manifest: Manifest, *, trusted: bool) -> Classifier:
    from misplaced.classifier import Classifier

    _check_drift(folder, manifest)
    if CLASSIFIER in manifest.files:
        return Classifier.from_pipeline(_load_audited(folder / CLASSIFIER))
    path = _require(folder, manifest, TRUSTED_CLASSIFIER)
    if not trusted:
        raise ArtifactError(
            f"{TRUSTED_CLASSIFIER} can run code when it is loaded",
            where=str(folder),
            hint="pass --trust (trusted=True) if you know where it comes from",
        )
    import joblib

    return Classifier.from_pipeline(joblib.load(path))


def _load_audited(path: Path) -> Any:
    from skops import io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        unknown = io.get_untrusted_types(file=path)
        if unknown:
            raise ArtifactError(
                f"{path.name} holds types that are not needed here: {', '.join(unknown)}",
                where=str(path.parent),
                hint="do not use this model",
            )
        return io.load(path, trusted=[])
    except (ArtifactError, UntrustedTypesFoundException):
        raise
    except Exception as error:  # a format error or a scikit-learn that cannot rebuild the object
        raise ArtifactError(
            f"{path.name} cannot be loaded ({' '.join(str(error).split())[:120]})",
            where=str(path.parent),
            hint=_DRIFT_HINT,
        ) from error


class ModelVersionWarning(UserWarning):
    """The model was made with another scikit-learn than the one installed."""


def _check_drift(folder: Path, manifest: Manifest) -> None:
    """Warn when scikit-learn differs; refuse when it is of another major version."""
    made = manifest.packages.get("scikit-learn", "")
    have = metadata.version("scikit-learn")
    if made == have or not made:
        return
    if made.split(".")[0] != have.split(".")[0]:
        raise ArtifactError(
            f"the model was made with scikit-learn {made}, installed is {have}",
            where=str(folder),
            hint=_DRIFT_HINT,
        )
    warnings.warn(
        f"{folder}: the model was made with scikit-learn {made}, installed is {have}; scores may differ",
        ModelVersionWarning,
        stacklevel=4,
    )


def _load_terms(folder: Path) -> TermWeights:
    import numpy as np

    from misplaced.features.terms import BUCKETS, TermWeights

    try:
        table = np.load(folder / TERMS, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{TERMS} cannot be read ({error})", where=str(folder), hint=_REPAIR) from error
    if table.shape != (BUCKETS,) or table.dtype != np.float32:
        raise ArtifactError(
            f"{TERMS} has shape {table.shape}, expected ({BUCKETS},)", where=str(folder), hint=_REPAIR
        )
    return TermWeights(table)


def _load_encoder(folder: Path, manifest: Manifest) -> Encoder:
    name = str(manifest.encoder.get("name", folder.name))
    if manifest.encoder.get("kind") == "sentence-transformers":
        from misplaced.sentence_transformer import SentenceTransformerEncoder

        return SentenceTransformerEncoder(name)
    from misplaced.encoder import OnnxEncoder

    return OnnxEncoder(
        _require(folder, manifest, GRAPH), _require(folder, manifest, TOKENIZER), name=name
    )


def files_of(folder: Path) -> Iterator[Path]:
    """Yield the files that a manifest lists: all but the manifest itself and Python's own."""
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name != MANIFEST and path.suffix not in {".py", ".pyc"}:
            yield path
