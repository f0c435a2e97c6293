"""A detector whose verdicts stand in the texts, and a way to write benchmarks."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from misplaced.document import Document


class SpokenDetector:
    """Reads its verdict from the text: "heron 0.9" is foreign with probability 0.9.

    The first word decides the embedding: herons point one way, everything else another.
    """

    version = "spoken-1"

    def __init__(self, threshold: float = 0.5) -> None:
        self.threshold = threshold
        self.embedded = 0

    def embed(self, documents: Iterable[Document]) -> Iterator[SimpleNamespace]:
        for document in documents:
            self.embedded += 1
            rows = [[1, 0] if p.text.startswith("heron") else [0, 1] for p in document.paragraphs]
            found = np.array(rows, dtype=np.float32).reshape(-1, 2)
            empty = [not p.content for p in document.paragraphs]
            found[empty] = 0
            yield SimpleNamespace(paragraphs=found, title=None)

    def probabilities(
        self, documents: Iterable[Document], *, embeddings: Iterable[SimpleNamespace] | None = None
    ) -> Iterator[np.ndarray]:
        for document, _ in zip(
            documents, self.embed(documents) if embeddings is None else embeddings, strict=True
        ):
            foreign = np.array([float(p.text.split()[-1]) if p.text else 0.0 for p in document.paragraphs])
            yield np.stack([1 - foreign, foreign, np.zeros_like(foreign)], axis=1)


@pytest.fixture
def detector() -> SpokenDetector:
    return SpokenDetector()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes articles, (labels, texts) and further keys, as a benchmark."""

    def writer(name: str, *articles: dict[str, Any]) -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(article) + "\n" for article in articles), encoding="utf-8")
        return path

    return writer


@pytest.fixture
def mixed(write: Callable[..., Path]) -> Path:
    """Two foreign paragraphs of which one is caught; one false flag among five coherent ones."""
    return write(
        "mixed.jsonl",
        {
            "id": "a",
            "kind": "topic",
            "form": "teaser",
            "paragraphs": ["heron 0.1", "heron 0.2", "invoice 0.9", "caption 0.99"],
            "labels": ["coherent", "coherent", "off_topic", "caption"],
        },
        {
            "id": "b",
            "kind": "clean",
            "form": None,
            "paragraphs": ["heron 0.05", "heron 0.6", "heron 0.3"],
            "labels": ["coherent", "coherent", "coherent"],
        },
        {
            "id": "c",
            "kind": "date",
            "form": "run",
            "paragraphs": ["invoice 0.4", "heron 0.97"],
            "labels": ["boilerplate", "meta"],
        },
        {
            "id": "d",
            "kind": "multi",
            "paragraphs": ["heron 1.0", "invoice 0.0"],
            "labels": ["coherent", "off_topic"],
        },
    )
