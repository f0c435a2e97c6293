"""Under which conditions the figures were taken: day, machine, versions, digests.

Goes to the head of the accuracy report.
"""

from __future__ import annotations

import os
import platform
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from misplaced.manifest import MANIFEST, Manifest, file_digest

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Packages whose versions decide the figures: the model's, and the baselines'.
_PACKAGES = ("numpy", "onnxruntime", "scikit-learn", "scipy", "tokenizers", "pyod", "cleanlab")

_CPU_FILE = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where figures come from.

    Attributes
    ----------
    date : str
        ISO 8601 day.
    machine : str
        Processor and number of cores.
    versions : tuple of (str, str)
        Names and versions of Python and the packages.
    model : str
        Name and version.
    model_digest : str
        sha256 of the model's manifest, which holds the digests of all its other files.
    encoder : str
    threshold : float
    """

    date: str
    machine: str
    versions: tuple[tuple[str, str], ...]
    model: str
    model_digest: str
    encoder: str
    threshold: float


def provenance(folder: Path, manifest: Manifest, packages: Sequence[str] = _PACKAGES) -> Provenance:
    """Collect what is to be said of a model folder, this machine, and the packages in use."""
    return Provenance(
        date=datetime.now(UTC).date().isoformat(),
        machine=f"{_processor()}, {os.cpu_count() or 1} cores",
        versions=(("Python", platform.python_version()), *_versions(("misplaced", *packages))),
        model=f"{manifest.name} {manifest.version}",
        model_digest=file_digest(folder / MANIFEST),
        encoder=str(manifest.encoder.get("name", "")),
        threshold=manifest.threshold,
    )


def _versions(packages: Sequence[str]) -> list[tuple[str, str]]:
    found = []
    for package in packages:
        try:
            found.append((package, metadata.version(package)))
        except metadata.PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    """Name the processor; the platform module knows only its make on Linux."""
    try:
        lines = _CPU_FILE.read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()


def conditions(
    packages: Sequence[str] = (*_PACKAGES[:5], "torch", "sentence-transformers"),
) -> dict[str, object]:
    """Day, machine and versions, for a results file."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{_processor()}, {os.cpu_count() or 1} cores",
        "versions": {"python": platform.python_version(), **dict(_installed(packages))},
    }


def _installed(packages: Sequence[str]) -> list[tuple[str, str]]:
    found = []
    for package in packages:
        with suppress(metadata.PackageNotFoundError):
            found.append((package, metadata.version(package)))
    return found
