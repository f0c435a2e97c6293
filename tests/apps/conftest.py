"""A detector that needs no model: certain words decide."""

from __future__ import annotations

import io
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from misplaced.apps.reporters import Format, make_reporter
from misplaced.report import Label, Report, ScoredParagraph, ScoredSentence
from misplaced.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from misplaced.document import Document, Paragraph
    from misplaced.report import Level

ROOT = Path(__file__).parents[2]

REASONS = {
    "off_topic": ("shares no name or subject with the rest", "the paragraphs around it follow on without it"),
    "boilerplate": ("reads like a link to another page",),
}


def score(index: int, paragraph: Paragraph) -> ScoredParagraph:
    label: Label = "coherent"
    if "READ MORE" in paragraph.text:
        label = "boilerplate"
    elif "walrus" in paragraph.text:
        label = "off_topic"
    coherence = 0.95 if label == "coherent" else 0.0712345678
    rest = 1.0 - coherence
    off_topic = rest if label == "off_topic" else 0.0
    probabilities: dict[Label, float] = {
        "coherent": coherence,
        "off_topic": off_topic,
        "boilerplate": rest - off_topic,
    }
    p = paragraph
    reasons = REASONS.get(label, ())
    return ScoredParagraph(
        index, p.text, p.start, p.end, p.line, coherence, label, False, probabilities, reasons
    )


def score_sentences(document: Document, scored: tuple[ScoredParagraph, Paragraph]) -> ScoredParagraph:
    """Score the sentences of a paragraph; with sentences, the paragraph itself passes."""
    parts = sentences(scored[1])
    if len(parts) < 2:
        return scored[0]
    judged = []
    for part in parts:
        found = score(len(judged), part)
        column = part.start - document.source.rfind("\n", 0, part.start)
        judged.append(
            ScoredSentence(
                *(found.index, found.text, found.start, found.end, found.line, column),
                *(found.coherence, found.label, False, found.probabilities, found.reasons),
            )
        )
    return replace(scored[0], sentences=tuple(judged))


class WordDetector:
    """Flags paragraphs with "READ MORE" as boilerplate and those with "walrus" as off topic."""

    def __init__(self) -> None:
        self.threshold = 0.62
        self.sentence_threshold = 0.62

    def detect(self, document: Document, *, level: Level = "paragraph") -> Report:
        scored = [score(index, paragraph) for index, paragraph in enumerate(document.paragraphs)]
        of_sentences = None
        if level == "sentence":
            of_sentences = self.sentence_threshold
            scored = [score_sentences(document, one) for one in zip(scored, document.paragraphs, strict=True)]
        report = Report(document, tuple(scored), 1.0, document.too_short, sentence_threshold=of_sentences)
        return report.rethreshold(self.threshold, of_sentences)

    def detect_many(self, documents: Iterable[Document], *, level: Level = "paragraph") -> Iterator[Report]:
        return (self.detect(document, level=level) for document in documents)


@pytest.fixture
def detector() -> WordDetector:
    return WordDetector()


@pytest.fixture(scope="session")
def new_detector() -> type[WordDetector]:
    return WordDetector


@pytest.fixture
def judge(detector: WordDetector) -> Callable[[Document], Report]:
    return detector.detect


@pytest.fixture
def write() -> Callable[..., str]:
    """Write reports in a format, as a text."""

    def write(
        reports: Iterable[Report], output_format: Format, errors: Sequence[str] = (), **options: bool
    ) -> str:
        out = io.StringIO()
        reporter = make_reporter(output_format, out, threshold=0.62, **options)
        for report in reports:
            reporter.report(report)
        reporter.end(errors)
        return out.getvalue()

    return write


class Command(NamedTuple):
    """A workflow command as the runner of GitHub reads it."""

    name: str
    properties: dict[str, str]
    message: str


#: What the runner knows; it leaves others alone.
COMMANDS = {
    *("error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "add-path", "add-matcher"),
    *(
        "remove-matcher",
        "set-output",
        "set-env",
        "save-state",
        "echo",
        "stop-commands",
        "internal-set-repo-path",
    ),
}


@pytest.fixture(scope="session")
def commands_in() -> Callable[[str], list[Command]]:
    """Find the commands in a log by the rules of the runner, in both of its notations."""
    return commands


def commands(log: str) -> list[Command]:
    lines = log.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = [_second_notation(line) or _first_notation(line) for line in lines]
    return [command for command in found if command is not None]


def _second_notation(line: str) -> Command | None:
    line = line.lstrip()
    end = line.find("::", 2)
    if not line.startswith("::") or end < 0:
        return None
    return _command(line[2:end], ",", line[end + 2 :], {":": "%3A", ",": "%2C"}, {})


def _first_notation(line: str) -> Command | None:
    start = line.find("##[")
    end = line.find("]", start)
    if start < 0 or end < 0:
        return None
    more = {";": "%3B", "]": "%5D"}
    return _command(line[start + 3 : end], ";", line[end + 1 :], more, more)


def _command(
    info: str, separator: str, data: str, in_properties: dict[str, str], in_data: dict[str, str]
) -> Command | None:
    name, _, properties = info.partition(" ")
    if name not in COMMANDS:
        return None
    pairs = [pair.partition("=") for pair in properties.strip().split(separator) if "=" in pair]
    return Command(
        name,
        {key: _unescape(value, in_properties) for key, _, value in pairs},
        _unescape(data, in_data),
    )


def _unescape(text: str, more: dict[str, str]) -> str:
    for token, escaped in {"\r": "%0D", "\n": "%0A", **more, "%": "%25"}.items():
        text = text.replace(escaped, token)
    return text


@pytest.fixture(scope="session")
def complete() -> None:
    """Skip what takes minutes and a package index where nothing asks for completeness."""
    if os.environ.get("MISPLACED_REQUIRE_EXTRAS") != "1":
        pytest.skip("installs this project from a package index; set MISPLACED_REQUIRE_EXTRAS=1")


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's files as a checkout has them; nothing that is built there is built here."""
    made = (
        ".git",
        ".venv",
        "build",
        "dist",
        "*.egg-info",
        "__pycache__",
        ".cache",
        ".*_cache",
        ".hypothesis",
    )
    folder = tmp_path_factory.mktemp("project") / "misplaced"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*made))
    return folder


@pytest.fixture(scope="session")
def blocks() -> Callable[[str, str], list[str]]:
    """The fenced blocks of a page behind a marker."""

    def behind(page: str, marker: str) -> list[str]:
        text = (ROOT / page).read_text(encoding="utf-8")
        found = re.findall(rf"<!-- {re.escape(marker)} -->\n```\w*\n(.*?)```", text, re.DOTALL)
        assert found, f"{page} has nothing behind {marker!r}"
        return found

    return behind


@pytest.fixture
def articles_folder(tmp_path: Path) -> Path:
    """A folder ``articles``: one article with two foreign paragraphs, one without."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for name in ("news.txt", "longread.txt"):
        shutil.copy(ROOT / "examples" / name, folder)
    return folder
