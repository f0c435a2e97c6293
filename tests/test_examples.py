"""The examples give what their golden file says, through the detector and through the command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from misplaced import Document
from misplaced.reading import SUFFIXES, read

if TYPE_CHECKING:
    from misplaced import Detector, Report

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
GOLDEN: dict[str, list[dict[str, Any]]] = json.loads(
    (ROOT / "tests/golden/examples.json").read_text(encoding="utf-8")
)


def documents(name: str) -> list[Document]:
    found = list(read(str(EXAMPLES / name)))
    assert all(isinstance(document, Document) for document in found)
    return [document for document in found if isinstance(document, Document)]


def verdict(report: Report) -> dict[str, Any]:
    return {
        "title": report.document.title,
        "paragraphs": len(report.paragraphs),
        "too_short": report.too_short,
        "findings": [[finding.index, finding.label] for finding in report.findings],
    }


def test_every_example_has_an_entry() -> None:
    articles = [path.name for path in EXAMPLES.iterdir() if path.suffix in SUFFIXES]
    assert sorted(articles) == sorted(GOLDEN)


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_detector_finds_what_the_golden_file_says(name: str, bundled_detector: Detector) -> None:
    assert [verdict(report) for report in bundled_detector.detect_many(documents(name))] == GOLDEN[name]


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_findings_point_into_the_source_and_say_why(name: str, bundled_detector: Detector) -> None:
    for report in bundled_detector.detect_many(documents(name)):
        for finding in report.findings:
            assert report.document.source[finding.start : finding.end] == finding.text
            assert 1 <= len(finding.reasons) <= 3
            assert all(reason.strip() for reason in finding.reasons)


def test_command_finds_the_same_in_one_run() -> None:
    code = "from misplaced.apps.cli import detect_main; detect_main()"
    run = subprocess.run(
        [sys.executable, "-P", "-c", code, "--output-format", "jsonl", "examples"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 1, run.stderr
    assert run.stderr == ""
    found: dict[str, list[dict[str, Any]]] = {}
    for line in run.stdout.splitlines():
        report = json.loads(line)
        flagged = [p for p in report["paragraphs"] if p["flagged"]]
        found.setdefault(Path(report["path"]).name, []).append(
            {
                "title": report["title"],
                "paragraphs": len(report["paragraphs"]),
                "too_short": report["too_short"],
                "findings": [[p["index"], p["label"]] for p in flagged],
            }
        )
    assert found == GOLDEN
