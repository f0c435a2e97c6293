"""The context network: every paragraph of an article read together with all others.

Between the feature views and the classifier, whose last columns it gives. The views sum up how a
paragraph compares with the article; here a small transformer goes over the article's paragraphs, and
what two of them have in common steers how much one attends to the other.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from misplaced.classifier import CLASSES
from misplaced.errors import ArtifactError
from misplaced.features import pairs

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from misplaced.features.pairs import Pairs

#: Longest stretch that is read at once, and what is read of a longer article at a time: a core, with a
#: margin on either side whose verdicts come from the neighbouring stretches.
SPAN, CORE, MARGIN = 96, 48, 24

#: Embeddings are unit vectors, with entries of about 0.05; times this they are about 1.
EMBEDDING_SCALE = 8.0

#: Standardised features are read up to here.
MOST_DEVIATION = 8.0

#: Log-probabilities are told down to here.
LEAST = -10.0


@dataclass(frozen=True)
class ContextNetwork:
    """Several networks, each taught without a part of the sources; together they are the mean of them.

    So that every article that was learned from is new to one of them, and the classifier behind can be
    fitted on what the network says of articles it does not know (Wolpert, "Stacked generalization", 1992).

    Attributes
    ----------
    members : tuple of ContextMember
    """

    members: tuple[ContextMember, ...]

    @classmethod
    def load(cls, path: Path) -> ContextNetwork:
        """Read what training wrote.

        Raises
        ------
        ArtifactError
            If the file cannot be read or its arrays do not fit together.
        """
        try:
            with np.load(path, allow_pickle=False) as stored:
                found = {name: stored[name].astype(np.float32) for name in stored.files}
            count = 1 + max(int(name.split(".")[0]) for name in found)
            members = tuple(ContextMember.of(_under(f"{number}.", found)) for number in range(count))
        except (OSError, ValueError, KeyError, IndexError, EOFError, TypeError, BadZipFile) as error:
            raise ArtifactError(
                f"{path.name} cannot be read ({' '.join(str(error).split())[:120]})",
                where=str(path.parent),
                hint="install the package again, or train the model again",
            ) from error
        if len({(member.width, member.dimension) for member in members}) > 1:
            raise ArtifactError(f"{path.name} holds networks of different inputs", where=str(path.parent))
        return cls(members)

    @property
    def width(self) -> int:
        """Feature columns it reads."""
        return self.members[0].width

    @property
    def dimension(self) -> int:
        """Length of the embeddings it reads."""
        return self.members[0].dimension

    def new_to(self, key: str) -> ContextNetwork:
        """Return the one that was taught without the source of that key (or the article of that id)."""
        return ContextNetwork((self.members[left_out_of(key, len(self.members))],))

    def read(self, rows: NDArray[np.float32], compared: Pairs) -> NDArray[np.float32]:
        """Judge all paragraphs of an article.

        Parameters
        ----------
        rows : ndarray of shape (n, f), float32
            Feature columns, the embedding's left out.
        compared : Pairs
            Of the same paragraphs.

        Returns
        -------
        ndarray of shape (n, 6), float32
            Log-probabilities of :data:`misplaced.classifier.CLASSES`, at least -10.
        """
        found = np.zeros((len(rows), len(CLASSES)), dtype=np.float32)
        for first, end, low, high in stretches(len(rows)):
            embeddings = EMBEDDING_SCALE * compared.titled(low, high)
            window = rows[low:high], embeddings, compared.window(low, high)
            for member in self.members:
                found[first:end] += member.log_probabilities(*window)[first - low : end - low]
        mean = found / np.float32(len(self.members))
        return np.maximum(_normalised(mean), LEAST)


@dataclass(frozen=True)
class ContextMember:
    """A transformer over paragraphs with pair evidence, in numpy.

    Its input at each paragraph is the feature row, standardised, and the embedding; the title is one more
    position. Each of the layers is pre-norm attention, where the heads' scores are biased by the pair's
    channels (and by 16 hidden units over them), what is attended to is summed up together with the pairs'
    channels, and a two-layer perceptron.

    Attributes
    ----------
    weights : dict of str to ndarray, float32
        As the torch module of :mod:`misplaced.training.context` names them, and ``mean`` and ``scale`` of
        the feature columns.
    layers, heads : int

    References
    ----------
    Ying et al., "Do transformers really perform bad for graph representation?", NeurIPS 2021 (pair biases);
    Xiong et al., "On layer normalization in the transformer architecture", ICML 2020.
    """

    weights: dict[str, NDArray[np.float32]]
    layers: int
    heads: int

    @classmethod
    def of(cls, weights: dict[str, NDArray[np.float32]]) -> ContextMember:
        """Put a network together from its arrays.

        Raises
        ------
        ValueError, KeyError
            If they do not fit together.
        """
        layers = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("blocks."))
        made = cls(weights, layers, len(weights["blocks.0.bias.weight"]))
        # Run once on zeros: whatever does not fit shows.
        channels = np.zeros((2, 2, len(pairs.NAMES)), dtype=np.float32)
        embeddings = np.zeros((2, made.dimension), dtype=np.float32)
        shape = made.log_probabilities(
            np.zeros((1, made.width), dtype=np.float32), embeddings, channels
        ).shape
        if shape != (1, len(CLASSES)):
            raise ValueError(f"scores of shape {shape}")
        return made

    @property
    def width(self) -> int:
        """Feature columns it reads."""
        return len(self.weights["mean"])

    @property
    def dimension(self) -> int:
        """Length of the embeddings it reads."""
        return int(self.weights["embedding.weight"].shape[1])

    def log_probabilities(
        self, rows: NDArray[np.float32], embeddings: NDArray[np.float32], channels: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Judge one stretch of m paragraphs.

        Parameters
        ----------
        rows : ndarray of shape (m, f), float32
        embeddings : ndarray of shape (m + 1, d), float32
            Scaled, the title's in front.
        channels : ndarray of shape (m + 1, m + 1, c), float32
            :meth:`misplaced.features.pairs.Pairs.window`.

        Returns
        -------
        ndarray of shape (m, 6), float32
        """
        rows = standardised(rows, self.weights["mean"], self.weights["scale"])
        title = self._linear("title", embeddings[:1])
        own = self._linear("row", rows) + self._linear("embedding", embeddings[1:])
        hidden = np.concatenate([title, own])
        channels = np.concatenate([channels, self._perceptron("pair", channels)], axis=2)
        for layer in range(self.layers):
            name = f"blocks.{layer}"
            hidden = hidden + self._attended(name, self._normed(f"{name}.first", hidden), channels)
            hidden = hidden + self._perceptron(f"{name}.perceptron", self._normed(f"{name}.second", hidden))
        return _normalised(self._linear("out", self._normed("norm", hidden))[1:])

    def _attended(
        self, name: str, normed: NDArray[np.float32], channels: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        size, width = normed.shape
        depth = width // self.heads
        joint = self._linear(f"{name}.qkv", normed).reshape(size, 3, self.heads, depth)
        query, key, value = joint.transpose(1, 2, 0, 3)
        scores = query @ key.transpose(0, 2, 1) / np.float32(depth**0.5)
        scores += self._linear(f"{name}.bias", channels).transpose(2, 0, 1)
        scores -= scores.max(axis=2, keepdims=True)
        attention = np.exp(scores)
        attention /= attention.sum(axis=2, keepdims=True)
        gathered = (attention @ value).transpose(1, 0, 2).reshape(size, width)
        seen = (attention.transpose(1, 0, 2) @ channels).reshape(size, -1)
        return self._linear(f"{name}.out", np.concatenate([gathered, seen], axis=1))

    def _linear(self, name: str, values: NDArray[np.float32]) -> NDArray[np.float32]:
        product: NDArray[np.float32] = (
            values @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]
        )
        return product

    def _perceptron(self, name: str, values: NDArray[np.float32]) -> NDArray[np.float32]:
        return self._linear(f"{name}.2", np.maximum(self._linear(f"{name}.0", values), 0))

    def _normed(self, name: str, values: NDArray[np.float32]) -> NDArray[np.float32]:
        centred = values - values.mean(axis=1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
        normed: NDArray[np.float32] = (
            centred / spread * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]
        )
        return normed


def left_out_of(key: str, members: int) -> int:
    """Tell which of the networks is taught without a source; the same on every machine."""
    digest = hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8, person=b"member").digest()
    return int.from_bytes(digest, "big") % members


def _under(prefix: str, arrays: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _normalised(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn scores into log-probabilities, row by row."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    normalised: NDArray[np.float32] = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return normalised


def standardised(
    rows: NDArray[np.float32], mean: NDArray[np.float32], scale: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Bring feature columns to mean 0 and spread 1, within :data:`MOST_DEVIATION`; shape (n, f)."""
    scaled: NDArray[np.float32] = np.clip((rows - mean) / scale, -MOST_DEVIATION, MOST_DEVIATION)
    return scaled


def stretches(count: int) -> list[tuple[int, int, int, int]]:
    """Divide an article for reading: what is judged, first to end, and what is read for it, low to high."""
    if count <= SPAN:
        return [(0, count, 0, count)]
    return [
        (first, min(first + CORE, count), max(first - MARGIN, 0), min(first + CORE + MARGIN, count))
        for first in range(0, count, CORE)
    ]
