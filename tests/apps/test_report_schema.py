"""What ``json`` and ``jsonl`` write, against the schema that is published for it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from misplaced.apps.detection import Options, run
from misplaced.apps.level import Level
from misplaced.apps.reporters import Format
from misplaced.document import Document
from misplaced.report import Statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from misplaced.apps.detection import Scorer
    from misplaced.report import Report

    Judge = Callable[..., Report]
    Write = Callable[..., str]
    Check = Callable[[Any, str], None]

ROOT = Path(__file__).parent.parent.parent
SCHEMA: dict[str, Any] = json.loads((ROOT / "docs/schema/report.schema.json").read_text(encoding="utf-8"))
TEXT = "A title\n\nIt rained. A walrus swam. It stopped.\n\nb.\n\nREAD MORE \U0001f600\n\n\ud800"


def closed(schema: Any) -> Any:
    """The same schema without room for keys that it does not name."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    return {**inner, "additionalProperties": False} if schema.get("type") == "object" else inner


@pytest.fixture
def check(require: Callable[[str], Any]) -> Check:
    """Validate strictly: what is written must also be described."""
    validator_class = require("jsonschema").Draft202012Validator
    validator_class.check_schema(SCHEMA)

    def check(value: Any, definition: str) -> None:
        validator_class(SCHEMA).validate(value)
        validator_class({"$ref": f"#/$defs/{definition}", "$defs": closed(SCHEMA["$defs"])}).validate(value)

    return check


@pytest.fixture
def documents() -> list[Document]:
    return [
        Document.from_text(TEXT, path="a.txt"),
        Document.from_paragraphs(["walrus", "", "b", "c"], id="r-1", path="feed.jsonl", record_line=3),
        Document.from_text("", path="empty.txt"),
        Document.from_text("Only this."),
    ]


@pytest.mark.parametrize("level", ["paragraph", "sentence"])
def test_documents_and_reports(
    check: Check, judge: Judge, write: Write, documents: list[Document], level: str
) -> None:
    reports = [judge(document, level=level) for document in documents]
    reports += [replace(reports[0], statement=Statement(0.25, title_mismatch=True))]
    reports += [replace(reports[1], statement=Statement(None, multi_topic=True))]
    lines = write(reports, Format.JSONL).splitlines()
    assert len(lines) == len(reports)
    for line in lines:
        check(json.loads(line), "document")
    has_sentences = '"sentences":' in lines[0]
    assert has_sentences == (level == "sentence")
    check(json.loads(write(reports, Format.JSON, ("gone.txt: no such file",))), "report")
    for output_format in (Format.JSON, Format.JSONL):
        check(json.loads(write(reports, output_format, ("gone.txt: x",), statistics=True)), "statistics")


def test_nothing(check: Check, write: Write) -> None:
    check(json.loads(write([], Format.JSON)), "report")
    check(json.loads(write([], Format.JSONL, statistics=True)), "statistics")
    assert write([], Format.JSONL) == ""


def test_what_the_command_writes(
    check: Check, detector: Scorer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.md").write_text("# Title\n\nIt rained. A walrus swam. It stopped.\n\n- b\n", encoding="utf-8")
    for output_format, definition in ((Format.JSON, "report"), (Format.JSONL, "document")):
        options = Options(
            ("gone.txt", "a.md"), output_format=output_format, output_file=Path("out"), level=Level.SENTENCE
        )
        assert run(options, lambda: detector) == 2
        check(json.loads(Path("out").read_text(encoding="utf-8")), definition)


def test_the_schema_is_worth_something(
    require: Callable[[str], Any], judge: Judge, write: Write, documents: list[Document]
) -> None:
    validator = require("jsonschema").Draft202012Validator(SCHEMA)
    good = json.loads(write([judge(documents[0])], Format.JSONL))
    assert validator.is_valid(good)
    for path, value in {
        ("schema",): 2,
        ("threshold",): 0,
        ("paragraphs", 0, "label"): "caption",
        ("paragraphs", 0, "coherence"): 1.5,
        ("paragraphs", 0, "line"): 0,
        ("paragraphs", 0, "probabilities", "off_topic"): "high",
        ("paragraphs", 0, "reasons"): "because",
    }.items():
        bad = json.loads(json.dumps(good))
        inner = bad
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = value
        assert not validator.is_valid(bad), path
    for key in good:
        assert not validator.is_valid({k: v for k, v in good.items() if k != key}), key
