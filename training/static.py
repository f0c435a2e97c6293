"""A table of word-piece vectors, trained by the objectives of the encoder: no transformer in between.

Stands in for :class:`misplaced.training.transformer.TrainableEncoder` where ``finetune`` is told to.
It begins as what a transformer says of each piece alone, its first principal directions, rare pieces
weighing more (Tulkens and van Dongen, "Model2Vec", 2024; Arora et al., ICLR 2017).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from misplaced.encoder import encodable
from misplaced.training.transformer import TrainableEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import torch

#: Smoothing of the weight of a piece by its rank, of which its frequency is taken to be the inverse
#: (Zipf): pieces beyond this share weigh alike.
_SMOOTHING = 1e-3

#: Pieces embedded at once.
_TOGETHER = 2_048


class TrainableStatic:
    """Word-piece vectors to be changed; the same doors as the trainable transformer.

    Parameters
    ----------
    base : str or None
        The sentence-transformers model that the vectors begin from; the bundled base if None.
    dimension : int
        Length of an embedding, at most that of the base.
    max_tokens : int
        Word pieces a text is cut to.
    """

    #: Nothing here multiplies matrices.
    half = False
    device = "cpu"

    def __init__(self, base: str | None, dimension: int, *, max_tokens: int) -> None:
        import torch

        origin = TrainableEncoder(base, max_tokens=max_tokens, half=False)
        self.tokenizer = origin.tokenizer
        self.dimension = dimension
        table = _principal(_alone(origin), dimension)
        rank = torch.arange(len(table), dtype=torch.float32)
        frequency = 1 / ((rank + 2) * torch.log(rank + 2.718))
        table *= (_SMOOTHING / (_SMOOTHING + frequency))[:, None]
        self.network = torch.nn.EmbeddingBag.from_pretrained(table, freeze=False, mode="mean")

    def tokenize(self, texts: Sequence[str]) -> list[list[int]]:
        """Word pieces of each text, special ones left out."""
        encoded = self.tokenizer.encode_batch_fast([encodable(t) for t in texts], add_special_tokens=False)
        return [e.ids for e in encoded]

    def embed_groups(self, groups: Sequence[Sequence[str]]) -> list[torch.Tensor]:
        """Embed several groups of texts in one run; see :meth:`embed`."""
        import torch

        embedded = self.embed(self.tokenize([text for group in groups for text in group]))
        return list(torch.split(embedded, [len(group) for group in groups]))

    def embed(self, tokens: Sequence[Sequence[int]]) -> torch.Tensor:
        """Embed tokenised texts: unit vectors of shape (n, d), float32, with gradients."""
        import torch

        lengths = torch.tensor([len(ids) for ids in tokens])
        flat = torch.tensor([i for ids in tokens for i in ids], dtype=torch.long)
        means = self.network(flat, torch.cumsum(lengths, 0) - lengths)
        return torch.nn.functional.normalize(means, dim=1)

    def save(self, folder: Path) -> None:
        """Write it as a sentence-transformers model."""
        from sentence_transformers import SentenceTransformer

        self.tokenizer.no_truncation()
        modules: Any = _modules()
        weights = self.network.weight.detach().clone()
        static = modules.StaticEmbedding(self.tokenizer, embedding_weights=weights)
        model = SentenceTransformer(modules=[static, modules.Normalize()], device="cpu")
        model.save(str(folder), create_model_card=False)


def _modules() -> Any:
    """The library's modules, which have moved in version 6."""
    try:
        return import_module("sentence_transformers.sentence_transformer.modules")
    except ImportError:
        return import_module("sentence_transformers.models")


def _alone(origin: TrainableEncoder) -> torch.Tensor:
    """What the transformer says of each word piece alone, of shape (v, d)."""
    import torch

    start, end = origin.tokenizer.token_to_id("[CLS]"), origin.tokenizer.token_to_id("[SEP]")
    size = origin.tokenizer.get_vocab_size()
    found: list[Any] = []
    with torch.no_grad():
        for first in range(0, size, _TOGETHER):
            pieces = [[start, piece, end] for piece in range(first, min(first + _TOGETHER, size))]
            found.append(origin.embed(pieces).cpu())
    return torch.cat(found)


def _principal(vectors: torch.Tensor, dimension: int) -> torch.Tensor:
    """Project centred vectors on their first principal directions."""
    import torch

    centred = vectors - vectors.mean(dim=0)
    _, directions = torch.linalg.eigh(centred.T @ centred)
    projected: torch.Tensor = (centred @ directions.flip(1)[:, :dimension]).contiguous()
    return projected
