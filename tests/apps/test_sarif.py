"""SARIF against its published schema, its own readers, and the texts that its regions point into."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misplaced.apps.reporters import Format, make_reporter
from misplaced.apps.reporters.failed_input import FailedInput
from misplaced.document import Document
from misplaced.fingerprint import fingerprint
from misplaced.report import Statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from misplaced.report import Report

    Judge = Callable[..., Report]
    Write = Callable[..., str]

SCHEMA = json.loads((Path(__file__).parent / "schemas/sarif-2.1.0.json").read_text(encoding="utf-8"))

ASTRAL = (
    "\U0001f309\U0001f309 The bridge\r\n\r\nIt opened \U0001f389 today.\r\rThe second stays.\n\n"
    "\U0001f9ad A walrus \U0001f40b of\r\nthe zoo\rhas a \U0001f3ca pool \U0001f9ad\n\n"
    "\U0001f600 It rained. \U0001f9ad A walrus swam \U0001f30a. It stopped.\n\nThe end."
)


@pytest.fixture
def log(write: Write, require: Callable[[str], Any]) -> Callable[..., dict[str, Any]]:
    """Write a log, and return it when the schema has nothing against it."""
    validator = require("jsonschema").Draft202012Validator(SCHEMA)

    def log(*reports: Report, errors: tuple[str, ...] = ()) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(write(reports, Format.SARIF, errors))
        validator.validate(value)
        return value

    return log


def results(log: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = log["runs"][0]["results"]
    return found


def physical(result: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = result["locations"][0]["physicalLocation"]
    return found


def in_utf16(source: str, offset: int, length: int) -> str:
    units = source.encode("utf-16-le", "surrogatepass")
    return units[2 * offset : 2 * (offset + length)].decode("utf-16-le", "surrogatepass")


def between(source: str, region: dict[str, int]) -> str:
    """Cut a region out by its lines and columns, in UTF-16 code units."""
    lines = [""]
    for part in re.split("(\r\n|\n|\r)", source):
        if part in ("\r\n", "\n", "\r"):
            lines[-1] += part
            lines.append("")
        else:
            lines[-1] += part
    before = sum(len(line.encode("utf-16-le")) // 2 for line in lines[: region["startLine"] - 1])
    start = before + region["startColumn"] - 1
    before = sum(len(line.encode("utf-16-le")) // 2 for line in lines[: region["endLine"] - 1])
    return in_utf16(source, start, before + region["endColumn"] - 1 - start)


def test_a_run_without_findings_is_valid_and_describes_its_rules(log: Callable[..., dict[str, Any]]) -> None:
    run = log()["runs"][0]
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True}]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["off_topic", "boilerplate", "title_mismatch"]
    assert [rule["defaultConfiguration"]["level"] for rule in rules] == ["warning", "warning", "note"]
    for rule in rules:
        texts = [rule["shortDescription"], rule["fullDescription"], rule["help"]]
        assert all(text["text"].endswith(".") for text in texts)
        assert rule["help"]["markdown"].startswith("# ")


@pytest.mark.parametrize("level", ["paragraph", "sentence"])
def test_regions_point_at_the_text(log: Callable[..., dict[str, Any]], judge: Judge, level: str) -> None:
    document = Document.from_text(ASTRAL, path="news/bridge.txt")
    report = judge(document, level=level)
    flagged = [*report.findings, *report.sentence_findings]
    assert len(flagged) == 2
    run = log(report)
    assert run["runs"][0]["columnKind"] == "utf16CodeUnits"
    assert run["runs"][0]["newlineSequences"] == ["\r\n", "\n", "\r"]
    for finding, result in zip(flagged, results(run), strict=True):
        region = physical(result)["region"]
        assert region["startLine"] == finding.line
        assert in_utf16(ASTRAL, region["charOffset"], region["charLength"]) == finding.text
        assert between(ASTRAL, region) == finding.text
        assert region["charOffset"] > finding.start  # characters before it are two units each


@given(
    st.lists(st.text(st.sampled_from("a \u00e9\u6f22\U0001f9ad\U0001f600."), min_size=1), min_size=1),
    st.sampled_from(["\n\n", "\r\n\r\n", "\r\r", "\n\n\n\n"]),
)
def test_regions_of_any_text(parts: list[str], gap: str) -> None:
    from misplaced.apps.reporters.region import Regions

    source = gap.join(parts)
    document = Document.from_text(source)
    regions = Regions(document)
    for paragraph in document.paragraphs:
        region = regions.of(paragraph)  # type: ignore[arg-type] - has what is read of a finding
        assert in_utf16(source, region.offset, region.length) == paragraph.text
        placed = {
            "startLine": region.line,
            "startColumn": region.column,
            "endLine": region.end_line,
            "endColumn": region.end_column,
        }
        assert between(source, placed) == paragraph.text


def test_a_record_is_its_line_and_a_page_is_its_file(
    log: Callable[..., dict[str, Any]], judge: Judge
) -> None:
    paragraphs = ["a", "b \U0001f600", "c", "a walrus"]
    record = Document.from_paragraphs(paragraphs, id="r-1", path="feed.jsonl", record_line=4)
    page = Document.from_paragraphs(paragraphs, path="page.html")
    of_record, of_page = results(log(judge(record), judge(page)))
    assert physical(of_record)["region"] == {"startLine": 4}
    assert of_record["properties"] == {"coherence": 0.071235, "paragraph": 3, "record": "r-1"}
    # The lines of the text that was extracted from a page are not those of the page.
    assert "region" not in physical(of_page)


def test_fingerprints_follow_the_wording_and_tell_repetitions_apart(
    log: Callable[..., dict[str, Any]], judge: Judge
) -> None:
    text = "A walrus\nswims."
    once = judge(Document.from_text(f"x\n\ny\n\n{text}", path="one.txt"))
    moved = judge(Document.from_text(f"{text.replace(chr(10), ' ')}\n\nx\n\ny", path="one.txt"))
    thrice = judge(Document.from_paragraphs(["x", "y", text, "z", text], path="three.jsonl", record_line=1))
    again = judge(Document.from_paragraphs(["x", "y", "z", text], path="three.jsonl", record_line=2))

    def prints(*reports: Report) -> list[str]:
        return [result["partialFingerprints"]["misplacedParagraph/v1"] for result in results(log(*reports))]

    assert prints(once) == [f"{fingerprint(text)}:1"] == prints(moved)
    assert prints(thrice, once, again) == [f"{fingerprint(text)}:{number}" for number in (1, 2, 1, 3)]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("./news/a b.txt", "news/a%20b.txt"),
        ("news/../caf\u00e9 #1?.txt", "caf%C3%A9%20%231%3F.txt"),
        ("50%.txt", "50%25.txt"),
        ("a:b.txt", "a%3Ab.txt"),
        ("//evil.example/a.txt", None),
        ("news/\udcff.txt", "news/%FF.txt"),
        ("\ud800.txt", "%ED%A0%80.txt"),
        ("\U0001f9ad.txt", "%F0%9F%A6%AD.txt"),
    ],
)
def test_paths_are_relative_uris(
    log: Callable[..., dict[str, Any]], judge: Judge, path: str, uri: str | None
) -> None:
    report = judge(Document.from_paragraphs(["a walrus", "b", "c"], path=path))
    artifact = physical(results(log(report))[0])["artifactLocation"]
    if uri is None:
        assert artifact["uri"].startswith("file:///")
    else:
        assert artifact == {"uri": uri, "uriBaseId": "%SRCROOT%"}


def test_a_path_elsewhere_is_absolute(
    log: Callable[..., dict[str, Any]], judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    paths = [str(tmp_path / "work/in side.txt"), str(tmp_path / "out side.txt"), "../out side.txt"]
    reports = [judge(Document.from_paragraphs(["a walrus", "b", "c"], path=path)) for path in paths]
    inside, *outside = [physical(result)["artifactLocation"] for result in results(log(*reports))]
    assert inside == {"uri": "in%20side.txt", "uriBaseId": "%SRCROOT%"}
    for artifact in outside:
        assert unquote(artifact["uri"]) == (tmp_path / "out side.txt").as_uri().replace("%20", " ")
        assert "uriBaseId" not in artifact


def test_unreadable_inputs_are_notifications(log: Callable[..., dict[str, Any]], judge: Judge) -> None:
    errors = (
        FailedInput("gone.txt: no such file", "gone.txt"),
        FailedInput("feed.jsonl:7: not {JSON}", "feed.jsonl", 7),
        "nothing is known of this one",
    )
    report = judge(Document.from_paragraphs(["a walrus", "b", "c"], path="a.txt"))
    value = log(report, errors=errors)
    assert len(results(value)) == 1
    invocation = value["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    gone, record, unknown = invocation["toolExecutionNotifications"]
    assert gone["message"]["text"] == "gone.txt: no such file."
    assert physical(gone) == {"artifactLocation": {"uri": "gone.txt", "uriBaseId": "%SRCROOT%"}}
    assert record["message"]["text"] == "feed.jsonl:7: not {{JSON}}."
    assert physical(record)["region"] == {"startLine": 7}
    assert "locations" not in unknown


def test_a_foreign_title_is_a_note(log: Callable[..., dict[str, Any]], judge: Judge) -> None:
    report = judge(Document.from_text("Other story\n\na.\n\nb.\n\nc.", path="a.txt"))
    (result,) = results(log(replace(report, statement=Statement(0.03, title_mismatch=True))))
    assert (result["ruleId"], result["level"]) == ("title_mismatch", "note")
    assert result["message"]["text"] == 'The title does not fit the body: "Other story" (fit 0.03).'


def test_a_message_is_only_text(log: Callable[..., dict[str, Any]], judge: Judge) -> None:
    text = "walrus [free](https://evil.example) {0} {{1}} [a](1)"
    report = judge(Document.from_paragraphs([text, "b", "c"], path="a.txt"))
    message = results(log(report))[0]["message"]["text"]
    assert "](" not in message
    assert "[free] (https://evil.example) {{0}} {{{{1}}}} [a] (1)" in message


def test_the_validator_of_the_format_and_its_reader_agree(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    multitool = os.environ.get("MISPLACED_SARIF_MULTITOOL")
    if not multitool:
        if os.environ.get("MISPLACED_REQUIRE_EXTRAS") == "1":
            pytest.fail("MISPLACED_SARIF_MULTITOOL does not name the program")
        pytest.skip("MISPLACED_SARIF_MULTITOOL does not name the program")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bridge.txt").write_bytes(ASTRAL.encode())
    report = judge(Document.from_text(ASTRAL, path="bridge.txt"), level="sentence")
    with (tmp_path / "report.sarif").open("w", encoding="utf-8") as out:
        reporter = make_reporter(Format.SARIF, out, threshold=0.62)
        reporter.report(report)
        reporter.end(["gone.txt: no such file"])

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
        command = [str(multitool), *arguments]
        return subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=True)

    told = run("validate", "report.sarif", "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning").stdout
    found = re.findall(r": (?:error|warning) (\w+):", told)
    assert "Analysis completed successfully" in told
    assert found == ["SARIF2005"], told  # no web page to tell of
    # Its own library cuts our regions out of the file.
    run("rewrite", "report.sarif", "-o", "read.sarif", "--insert", "RegionSnippets")
    read = json.loads((tmp_path / "read.sarif").read_text(encoding="utf-8-sig"))
    snippets = [physical(result)["region"]["snippet"]["text"] for result in results(read)]
    assert snippets == [finding.text for finding in (*report.findings, *report.sentence_findings)]
