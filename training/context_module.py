"""The context network as a torch module: what :mod:`misplaced.context` computes, with gradients.

Taught by :mod:`misplaced.training.context`. The names of its parts are the names of the arrays that are
written, and read again without torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from misplaced.classifier import CLASSES
from misplaced.errors import UsageError
from misplaced.features import pairs

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class ContextShape:
    """How large the network is.

    Attributes
    ----------
    width : int
        Of the hidden vectors; a multiple of `heads`.
    layers, heads : int
    dropout : float
        Share of the inputs and of what the layers add that is left out in a step.
    """

    width: int = 128
    layers: int = 3
    heads: int = 8
    dropout: float = 0.1

    def __post_init__(self) -> None:
        if min(self.width, self.layers, self.heads) < 1 or self.width % self.heads:
            raise UsageError("the width is not a multiple of the heads", hint="try --width 128")
        if not 0 <= self.dropout < 1:
            raise UsageError(f"dropout {self.dropout} is out of range", hint="give 0 up to 1")


def build(columns: int, dimension: int, shape: ContextShape) -> Any:
    """Make the torch module whose arrays :class:`misplaced.context.ContextNetwork` reads.

    Parameters
    ----------
    columns : int
        Feature columns.
    dimension : int
        Length of the embeddings.
    shape : ContextShape

    Returns
    -------
    torch.nn.Module
        Of (rows, embeddings, channels, mask), each with a batch in front, to class scores of shape
        (b, n, 6). The title is position 0 of the embeddings, the channels and the mask.
    """
    import torch
    from torch import nn

    def perceptron(size: int, hidden: int, out: int) -> nn.Sequential:
        return nn.Sequential(nn.Linear(size, hidden), nn.ReLU(), nn.Linear(hidden, out))

    class Block(nn.Module):
        def __init__(self, channels: int) -> None:
            super().__init__()
            width = shape.width
            self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
            self.qkv = nn.Linear(width, 3 * width)
            self.bias = nn.Linear(channels, shape.heads)
            self.out = nn.Linear(width + shape.heads * channels, width)
            self.perceptron = perceptron(width, 2 * width, width)
            self.drop = nn.Dropout(shape.dropout)

        def forward(self, hidden: torch.Tensor, channels: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            batch, size, width = hidden.shape
            joint = self.qkv(self.first(hidden)).view(batch, size, 3, shape.heads, -1)
            query, key, value = joint.permute(2, 0, 3, 1, 4)
            scores = query @ key.transpose(-1, -2) / (width // shape.heads) ** 0.5
            scores = scores + self.bias(channels).permute(0, 3, 1, 2)
            attention = scores.masked_fill(~mask[:, None, None, :], -1e4).softmax(-1)
            gathered = (attention @ value).transpose(1, 2).reshape(batch, size, width)
            seen = (attention.transpose(1, 2) @ channels).reshape(batch, size, -1)
            hidden = hidden + self.drop(self.out(torch.cat([gathered, seen], -1)))
            added: torch.Tensor = hidden + self.drop(self.perceptron(self.second(hidden)))
            return added

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            width, hidden = shape.width, 16
            self.title, self.row = nn.Linear(dimension, width), nn.Linear(columns, width)
            self.embedding = nn.Linear(dimension, width)
            self.pair = perceptron(len(pairs.NAMES), hidden, hidden)
            self.blocks = nn.ModuleList(Block(len(pairs.NAMES) + hidden) for _ in range(shape.layers))
            self.norm, self.out = nn.LayerNorm(width), nn.Linear(width, len(CLASSES))
            self.drop = nn.Dropout(shape.dropout)

        def forward(
            self, rows: torch.Tensor, embeddings: torch.Tensor, channels: torch.Tensor, mask: torch.Tensor
        ) -> torch.Tensor:
            own = self.row(self.drop(rows)) + self.embedding(self.drop(embeddings[:, 1:]))
            hidden = torch.cat([self.title(embeddings[:, :1]), own], 1)
            channels = torch.cat([channels, self.pair(channels)], -1)
            for block in self.blocks:
                hidden = block(hidden, channels, mask)
            scores: torch.Tensor = self.out(self.norm(hidden))[:, 1:]
            return scores

    return Network()
