"""An encoder that embeds every wording once, over all benchmarks, conditions and runs.

Between the model's own encoder and everything that the commands of this folder measure.
"""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from misplaced.replacing import replacing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from misplaced.encoder import Encoder
    from misplaced.manifest import Manifest

_KEY_BYTES = 16

#: New embeddings after which all are written down, so that a run that is broken off is not lost.
_SAVE_AFTER = 8_192


class RememberingEncoder:
    """Gives what an encoder gives, and keeps it; an embedding depends on its own text only.

    Parameters
    ----------
    encoder : Encoder
    path : Path, optional
        A file that :meth:`save` writes and that is read at the start, if it is there and whole.
    """

    def __init__(self, encoder: Encoder, path: Path | None = None) -> None:
        self.name = encoder.name
        self.dimension = encoder.dimension
        self._encoder = encoder
        self._path = path
        self._rows = _read(path, encoder.dimension) if path else {}
        self._unsaved = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts, length n; float32 of shape (n, d)."""
        keys = [_key(text) for text in texts]
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._rows}
        if fresh:
            self._rows.update(zip(fresh, self._encoder.encode(list(fresh.values())), strict=True))
            self._unsaved += len(fresh)
            if self._unsaved >= _SAVE_AFTER:
                self.save()
        rows = [self._rows[key] for key in keys]
        return np.stack(rows) if rows else np.zeros((0, self.dimension), dtype=np.float32)

    def prime(self, texts: Sequence[str], rows: NDArray[np.float32]) -> None:
        """Take over embeddings that are known already, shape (n, d)."""
        self._rows.update(zip(map(_key, texts), rows, strict=True))

    def save(self) -> None:
        """Write what is kept, for the next run."""
        if self._path is None or not self._unsaved:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(self._path) as stream:
            np.savez(
                stream,
                keys=np.frombuffer(b"".join(self._rows), dtype=np.uint8).reshape(-1, _KEY_BYTES),
                rows=np.stack(list(self._rows.values())),
            )
        self._unsaved = 0


def memory_path(folder: Path, manifest: Manifest) -> Path:
    """Return where the embeddings of a model's encoder are kept: another encoder, another file."""
    files = sorted((name, digest) for name, digest in manifest.files.items() if _decides(name))
    identity = repr((files, sorted(map(repr, manifest.encoder.items()))))
    return folder / f"embeddings-{blake2b(identity.encode(), digest_size=8).hexdigest()}.npz"


def _decides(name: str) -> bool:
    return Path(name).suffix == ".onnx" or name == "tokenizer.json"


def _read(path: Path, dimension: int) -> dict[bytes, NDArray[np.float32]]:
    try:
        with np.load(path) as kept:
            keys, rows = kept["keys"], kept["rows"]
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return {}  # not there yet, or not whole: embed again
    if rows.ndim != 2 or rows.shape[1] != dimension:
        return {}
    return dict(zip(map(bytes, keys), rows, strict=True))


def _key(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_KEY_BYTES).digest()
