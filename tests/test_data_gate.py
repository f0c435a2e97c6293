"""Checks on articles that are not part of the repository; skipped where they are absent.

``MISPLACED_DATA`` names the folder of the benchmarks, beside which the samples lie. With
``MISPLACED_REQUIRE_DATA=1`` missing data is a failure.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from misplaced import Document
from misplaced.reading import read
from misplaced.segmentation import is_title

if TYPE_CHECKING:
    from misplaced import Detector


@pytest.fixture(scope="session")
def benchmark_data() -> Path:
    """The folder of the benchmarks."""
    named = os.environ.get("MISPLACED_DATA")
    folder = Path(named) if named else None
    if folder is not None and folder.is_dir():
        return folder
    missing = f"no benchmarks: MISPLACED_DATA is {named or 'not set'}"
    if os.environ.get("MISPLACED_REQUIRE_DATA") == "1":
        pytest.fail(missing)
    pytest.skip(missing)


def test_foreign_block_of_a_real_article_is_found(benchmark_data: Path, bundled_detector: Detector) -> None:
    (article,) = read(str(benchmark_data.parent / "samples" / "kim-visit.txt"))
    assert isinstance(article, Document)
    flagged = [finding.text for finding in bundled_detector.detect(article).findings]
    foreign = [text for text in flagged if text.startswith("Networks Fact-Check Trump Speech")]
    assert len(foreign) == 1
    others = [text for text in flagged if text not in foreign]
    assert len(others) <= 2
    # The story's own prose is closed sentences; captions and furniture are open lines.
    assert all(is_title(text) for text in others)
