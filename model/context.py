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
    """Several transformers over paragraphs with pair evidence, in numpy; together they are the mean of them.

    Each is taught without a part of the sources, so that every article that was learned from is new to
    one of them, and the classifier behind can be fitted on what the network says of articles it does not
    know (Wolpert, "Stacked generalization", 1992).

    The input at each paragraph is the feature row, standardised, and the embedding; the title is one more
    position. Each of the layers is pre-norm attention, where the heads' scores are biased by the pair's
    channels (and by 16 hidden units over them), what is attended to is summed up together with the pairs'
    channels, and a two-layer perceptron.

    Attributes
    ----------
    weights : dict of str to ndarray of shape (members, ...), float32
        As the torch module of :mod:`misplaced.training.context` names them, and ``mean`` and ``scale`` of
        the feature columns; of all members at once, for an article is so small that it takes longer to
        call numpy than to multiply. Matrices are turned to (members, inputs, outputs).
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
    def load(cls, path: Path) -> ContextNetwork:
        """Read what training wrote.

        Raises
        ------
        ArtifactError
            If the file cannot be read or its arrays do not fit together.
        """
        try:
            return cls.of(stored_arrays(path))
        except (OSError, ValueError, KeyError, IndexError, EOFError, TypeError, BadZipFile) as error:
            raise ArtifactError(
                f"{path.name} cannot be read ({' '.join(str(error).split())[:120]})",
                where=str(path.parent),
                hint="install the package again, or train the model again",
            ) from error

    @classmethod
    def of(cls, arrays: dict[str, NDArray[np.float32]]) -> ContextNetwork:
        """Put the networks together from their arrays, named ``0.mean`` and so on.

        Raises
        ------
        ValueError, KeyError
            If they do not fit together.
        """
        members = member_count(arrays)
        names = [name.removeprefix("0.") for name in arrays if name.startswith("0.")]
        weights = {name: np.stack([arrays[f"{i}.{name}"] for i in range(members)]) for name in names}
        for name, array in weights.items():
            if array.ndim == 3:
                weights[name] = np.ascontiguousarray(array.transpose(0, 2, 1))
        layers = 1 + max(int(name.split(".")[1]) for name in names if name.startswith("blocks."))
        made = cls(weights, layers, weights["blocks.0.bias.weight"].shape[2])
        # Run once on zeros: whatever does not fit shows.
        channels = np.zeros((2, 2, len(pairs.NAMES)), dtype=np.float32)
        embeddings = np.zeros((2, made.dimension), dtype=np.float32)
        rows = np.zeros((1, made.width), dtype=np.float32)
        shape = made.log_probabilities(rows, embeddings, channels).shape
        if shape != (members, 1, len(CLASSES)):
            raise ValueError(f"scores of shape {shape}")
        return made

    @property
    def members(self) -> int:
        """How many networks."""
        return len(self.weights["mean"])

    @property
    def width(self) -> int:
        """Feature columns it reads."""
        return int(self.weights["mean"].shape[1])

    @property
    def dimension(self) -> int:
        """Length of the embeddings it reads."""
        return int(self.weights["embedding.weight"].shape[1])

    def new_to(self, key: str) -> ContextNetwork:
        """Return the one that was taught without the source of that key (or the article of that id)."""
        member = left_out_of(key, self.members)
        own = {name: array[member : member + 1] for name, array in self.weights.items()}
        return ContextNetwork(own, self.layers, self.heads)

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
            judged = self.log_probabilities(rows[low:high], embeddings, compared.window(low, high))
            found[first:end] = judged.mean(axis=0)[first - low : end - low]
        return np.maximum(_normalised(found), LEAST)

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
        ndarray of shape (members, m, 6), float32
        """
        size = len(embeddings)
        mean, scale = self.weights["mean"][:, None, :], self.weights["scale"][:, None, :]
        own = self._linear("row", standardised(rows, mean, scale)) + self._linear("embedding", embeddings[1:])
        hidden = np.concatenate([self._linear("title", embeddings[:1]), own], axis=1)
        flat = channels.reshape(size * size, -1)
        given = np.broadcast_to(flat, (self.members, *flat.shape))
        evidence = np.concatenate([given, self._perceptron("pair", given)], axis=2)
        for layer in range(self.layers):
            name = f"blocks.{layer}"
            hidden = hidden + self._attended(name, self._normed(f"{name}.first", hidden), evidence)
            hidden = hidden + self._perceptron(f"{name}.perceptron", self._normed(f"{name}.second", hidden))
        return _normalised(self._linear("out", self._normed("norm", hidden))[:, 1:])

    def _attended(
        self, name: str, normed: NDArray[np.float32], evidence: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        members, size, width = normed.shape
        depth = width // self.heads
        joint = self._linear(f"{name}.qkv", normed).reshape(members, size, 3, self.heads, depth)
        query, key, value = joint.transpose(2, 0, 3, 1, 4)
        scores = query @ key.transpose(0, 1, 3, 2)
        scores /= np.float32(depth**0.5)
        bias = self._linear(f"{name}.bias", evidence).reshape(members, size, size, self.heads)
        scores += bias.transpose(0, 3, 1, 2)
        scores -= scores.max(axis=3, keepdims=True)
        attention = np.exp(scores, out=scores)
        attention /= attention.sum(axis=3, keepdims=True)
        gathered = (attention @ value).transpose(0, 2, 1, 3).reshape(members, size, width)
        seen = attention.transpose(0, 2, 1, 3) @ evidence.reshape(members, size, size, -1)
        joined = np.concatenate([gathered, seen.reshape(members, size, -1)], axis=2)
        return self._linear(f"{name}.out", joined)

    def _linear(self, name: str, values: NDArray[np.float32]) -> NDArray[np.float32]:
        product: NDArray[np.float32] = values @ self.weights[f"{name}.weight"]
        product += self.weights[f"{name}.bias"][:, None, :]
        return product

    def _perceptron(self, name: str, values: NDArray[np.float32]) -> NDArray[np.float32]:
        inner = self._linear(f"{name}.0", values)
        return self._linear(f"{name}.2", np.maximum(inner, 0, out=inner))

    def _normed(self, name: str, values: NDArray[np.float32]) -> NDArray[np.float32]:
        normed: NDArray[np.float32] = values - values.mean(axis=2, keepdims=True)
        normed /= np.sqrt((normed**2).mean(axis=2, keepdims=True) + 1e-5)
        normed *= self.weights[f"{name}.weight"][:, None, :]
        normed += self.weights[f"{name}.bias"][:, None, :]
        return normed


def stored_arrays(path: Path) -> dict[str, NDArray[np.float32]]:
    """Read the arrays of a file of networks, named ``0.mean`` and so on, as torch calls them."""
    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}


def member_count(arrays: dict[str, NDArray[np.float32]]) -> int:
    """Tell how many networks the arrays of a file are."""
    return 1 + max(int(name.split(".")[0]) for name in arrays)


def left_out_of(key: str, members: int) -> int:
    """Tell which of the networks is taught without a source; the same on every machine."""
    digest = hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8, person=b"member").digest()
    return int.from_bytes(digest, "big") % members


def _normalised(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn scores into log-probabilities, over the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    normalised: NDArray[np.float32] = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
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
