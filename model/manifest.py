"""What a model folder says of itself, and the check that its files are the ones it speaks of.

First phase of loading, before :mod:`misplaced.artifact` constructs anything; written by training.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misplaced.errors import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

#: Raised by one whenever an older program could not read the folder, or would read it wrongly.
FORMAT_VERSION = 1

MANIFEST = "manifest.json"

#: What to do about a damaged folder.
REPAIR = "install the package again, or train the model again"


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
    probe : list of float
        :meth:`misplaced.classifier.Classifier.probe` when the model was made: shows whether the
        classifier file is read as it was written.
    sentence_threshold : float or None
        That of sentences within paragraphs; None: that of the paragraphs.
    statements : dict
        :meth:`misplaced.statements.StatementModel.record`; empty: nothing is said of documents as a whole.
    doubt : float
        The second look reads paragraphs whose foreignness lies between this and 1 less this.
    second_look : dict
        :meth:`misplaced.logistic.Logistic.record` over :data:`misplaced.second_look.NAMES`; empty
        without a reader.
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
    probe: list[float] = field(default_factory=list)
    sentence_threshold: float | None = None
    statements: dict[str, Any] = field(default_factory=dict)
    doubt: float = 1.0
    second_look: dict[str, Any] = field(default_factory=dict)


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
    except (ValueError, RecursionError) as error:
        raise ArtifactError(f"{MANIFEST} is damaged ({error})", where=str(folder), hint=REPAIR) from error
    version = found.get("format_version") if isinstance(found, dict) else None
    if version != FORMAT_VERSION:
        newer = isinstance(version, int) and version > FORMAT_VERSION
        raise ArtifactError(
            f"the model has format version {version}, this program reads {FORMAT_VERSION}",
            where=str(folder),
            hint="upgrade misplaced" if newer else "train the model again with this version",
        )
    return _parse(found, folder)


#: Field -> what it must be. Digests do not cover the manifest itself: nothing in it is believed.
_FIELDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "name": ("a string", lambda v: isinstance(v, str)),
    "version": ("a string", lambda v: isinstance(v, str)),
    "created": ("a string", lambda v: isinstance(v, str)),
    "threshold": ("a number above 0 and at most 1", lambda v: _is_number(v) and 0 < v <= 1),
    "encoder": ("an object", lambda v: isinstance(v, dict)),
    "files": ("an object of strings", lambda v: _is_texts(v)),
    "packages": ("an object of strings", lambda v: _is_texts(v)),
    "data": ("a list of objects", lambda v: isinstance(v, list) and all(isinstance(d, dict) for d in v)),
    "seed": ("a whole number", lambda v: isinstance(v, int)),
    "settings": ("an object", lambda v: isinstance(v, dict)),
    "metrics": ("an object", lambda v: isinstance(v, dict)),
    "probe": ("a list of numbers", lambda v: isinstance(v, list) and all(_is_number(p) for p in v)),
    "sentence_threshold": (
        "a number above 0 and at most 1",
        lambda v: v is None or (_is_number(v) and 0 < v <= 1),
    ),
    "statements": ("an object", lambda v: isinstance(v, dict)),
    "doubt": ("a number from 0 to 1", lambda v: _is_number(v) and 0 <= v <= 1),
    "second_look": ("an object", lambda v: isinstance(v, dict)),
}


def _parse(found: dict[str, Any], folder: Path) -> Manifest:
    for name, (expected, fits) in _FIELDS.items():
        if name not in found and name in _REQUIRED:
            raise ArtifactError(f"{MANIFEST} lacks {name!r}", where=str(folder), hint=REPAIR)
        if name in found and not fits(found[name]):
            raise ArtifactError(f"{name!r} in {MANIFEST} is not {expected}", where=str(folder), hint=REPAIR)
    return Manifest(FORMAT_VERSION, **{name: found[name] for name in _FIELDS if name in found})


_REQUIRED = ("name", "version", "created", "threshold", "encoder", "files", "packages")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())


def verify(folder: Path, manifest: Manifest, *, names: Collection[str] | None = None) -> None:
    """Compare files with their digests.

    Parameters
    ----------
    folder : Path
    manifest : Manifest
    names : collection of str, optional
        Only these; all by default.

    Raises
    ------
    ArtifactError
        Naming the first file that is missing or differs.
    """
    for name, expected in sorted(manifest.files.items()):
        if names is not None and name not in names:
            continue
        if not name or Path(name).name != name or name == ".." or "\0" in name:
            raise ArtifactError(
                f"{MANIFEST} names a file outside the folder: {name!r}",
                where=str(folder),
                hint="do not use this model",
            )
        try:
            actual = file_digest(folder / name)
        except OSError as error:
            raise ArtifactError(
                f"{name} cannot be read ({error.strerror or error})", where=str(folder), hint=REPAIR
            ) from error
        if actual != expected:
            raise ArtifactError(
                f"{name} is not the file that the manifest describes "
                f"(sha256 {actual[:12]}, expected {expected[:12]})",
                where=str(folder),
                hint=REPAIR,
            )


def require(folder: Path, manifest: Manifest, name: str) -> Path:
    """Return the path of a file that is about to be loaded, which must be among the verified ones.

    Raises
    ------
    ArtifactError
    """
    if name not in manifest.files:
        raise ArtifactError(f"{MANIFEST} does not list {name}", where=str(folder), hint=REPAIR)
    return folder / name


def file_digest(path: Path) -> str:
    """Return the sha256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def files_of(folder: Path) -> Iterator[Path]:
    """Yield the files that a manifest lists: all but the manifest itself and Python's own."""
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name != MANIFEST and path.suffix not in {".py", ".pyc"}:
            yield path
