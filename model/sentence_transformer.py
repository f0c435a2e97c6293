"""Any sentence-transformers model as an encoder; needs the extra ``train``.

For users who bring their own encoder and for checking the exported one. Never imported on the
path of the bundled model, because it pulls in torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misplaced.encoder import encodable
from misplaced.errors import EncoderError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class SentenceTransformerEncoder:
    """A sentence-transformers model by hub id or path.

    Parameters
    ----------
    model : str
        A folder, or an id on a model hub (then a network is needed the first time).
    device : str, optional
        ``cpu``, ``cuda``, ...; the library's choice by default.
    batch_size : int, optional

    Raises
    ------
    MissingExtraError
        If sentence-transformers is not installed.
    EncoderError
        If the model cannot be loaded.

    References
    ----------
    Reimers and Gurevych, "Sentence-BERT", EMNLP 2019.
    """

    def __init__(self, model: str, *, device: str | None = None, batch_size: int = 32) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise MissingExtraError("sentence-transformers", "train") from error
        try:
            self._model = SentenceTransformer(model, device=device)
        except Exception as error:  # hub, file and configuration errors come in many classes
            raise EncoderError(
                f"sentence-transformers cannot load {model!r} ({' '.join(str(error).split())[:120]})",
                hint="give the folder of a saved model, or an id that a network can reach",
            ) from error
        self._id = model
        self.batch_size = batch_size

    @property
    def name(self) -> str:
        """The id or path it was made from."""
        return self._id

    @property
    def dimension(self) -> int:
        """Length of an embedding."""
        # Older releases of the library know it by the longer name only.
        known = getattr(self._model, "get_embedding_dimension", None)
        return int((known or self._model.get_sentence_embedding_dimension)() or 0)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed paragraphs; see :meth:`misplaced.encoder.Encoder.encode`."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        embeddings = self._model.encode(
            [encodable(text) for text in texts],
            batch_size=self.batch_size,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(embeddings, dtype=np.float32)
