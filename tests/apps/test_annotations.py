"""GitHub, GitLab and JUnit, read as those systems read them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misplaced.apps.detection import Options, run
from misplaced.apps.reporters import Format
from misplaced.apps.reporters.escaping import escape
from misplaced.apps.reporters.failed_input import FailedInput
from misplaced.apps.reporters.github import command
from misplaced.document import Document
from misplaced.errors import UsageError
from misplaced.report import Statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from misplaced.apps.detection import Scorer
    from misplaced.report import Report

    Judge = Callable[..., Report]
    Write = Callable[..., str]
    CommandsIn = Callable[[str], list[Any]]

#: What GitLab demands of an entry, and the values it knows.
CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^./]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


@pytest.fixture
def code_quality(write: Write, require: Callable[[str], Any]) -> Callable[..., list[dict[str, Any]]]:
    validator = require("jsonschema").Draft202012Validator(CODE_QUALITY)

    def code_quality(*reports: Report) -> list[dict[str, Any]]:
        value: list[dict[str, Any]] = json.loads(write(reports, Format.GITLAB))
        validator.validate(value)
        return value

    return code_quality


def flagged(judge: Judge, path: str, *, number: int = 1, line: int | None = None) -> Report:
    paragraphs = [*(f"walrus {i}" for i in range(number)), "b", "c"]
    return judge(Document.from_paragraphs(paragraphs, path=path, record_line=line))


def test_annotations_name_the_place(judge: Judge, write: Write, commands_in: CommandsIn) -> None:
    text = "One.\n\nTwo.\n\nA walrus swims: 5%, fast.\n\nREAD MORE\nabout it."
    report = judge(Document.from_text(text, path="./news/a,b:c.md"))
    fused = judge(Document.from_text("\U0001f600 A. A walrus. B.\n\nc.\n\nd.", path="b.md"), level="sentence")
    one, two, sentence, total = commands_in(write([report, fused], Format.GITHUB))
    assert one.name == "warning"
    assert one.properties == {
        "file": "news/a,b:c.md",
        "line": "5",
        "endLine": "5",
        "col": "1",
        "endColumn": "26",
        "title": "misplaced: off_topic",
    }
    assert one.message.splitlines() == [
        'Paragraph 2 does not belong: "A walrus swims: 5%, fast." (off_topic, coherence 0.07)',
        "- shares no name or subject with the rest",
        "- the paragraphs around it follow on without it",
    ]
    # GitHub refuses columns of what goes over several lines.
    assert two.properties == {
        "file": "news/a,b:c.md",
        "line": "7",
        "endLine": "8",
        "title": "misplaced: boilerplate",
    }
    assert (sentence.properties["col"], sentence.properties["endColumn"]) == ("7", "16")
    assert total.name == "notice"
    assert total.message == (
        "2 paragraphs and 1 sentence in 2 files do not belong "
        "(of 7 paragraphs in 2 documents; threshold 0.62)"
    )


def test_the_total_says_what_github_leaves_out(judge: Judge, write: Write, commands_in: CommandsIn) -> None:
    log = write([flagged(judge, "a.txt", number=11)], Format.GITHUB)
    *annotations, total = commands_in(log)
    assert len(annotations) == 11
    assert total.message.endswith("; GitHub shows 10 annotations of a step, the log has all")
    assert log.splitlines()[-1] == f"misplaced: {total.message}"
    quiet = write([flagged(judge, "a.txt")], Format.GITHUB, quiet=True)
    assert len(quiet.splitlines()) == len(commands_in(quiet)) == 1


def test_nothing_flagged_is_said_in_the_log_alone(judge: Judge, write: Write) -> None:
    report = judge(Document.from_paragraphs(["a", "b", "c"], path="a.txt"))
    assert write([report], Format.GITHUB) == (
        "misplaced: nothing flagged (3 paragraphs in 1 document; threshold 0.62)\n"
    )


def test_unreadable_inputs_are_annotated(write: Write, commands_in: CommandsIn) -> None:
    errors = (FailedInput("a.jsonl:3: not JSON", "a.jsonl", 3), "unknown\n::warning::x")
    record, unknown = commands_in(write([], Format.GITHUB, errors))
    assert record == ("error", {"file": "a.jsonl", "line": "3", "title": "misplaced"}, "a.jsonl:3: not JSON")
    assert (unknown.name, unknown.message) == ("error", r"unknown\x0a::warning::x")


ANY = st.text(st.characters()) | st.text(st.sampled_from("%0ADd253aCc:,=\r\n "))


@given(ANY, ANY)
def test_any_text_is_one_command_and_comes_back(commands_in: CommandsIn, message: str, file: str) -> None:
    written = command("warning", message, file=file, title=None)
    (read,) = commands_in(written.removesuffix("\n"))
    assert read.message == message
    assert read.properties.get("file", "") == escape(file).rstrip()  # the runner trims
    assert set(read.properties) <= {"file"}


@given(st.text(st.sampled_from(":# [v]soeratmciy\u3000\n%0A=,"), max_size=40))
def test_no_text_is_a_command(commands_in: CommandsIn, text: str) -> None:
    for line in (text, f"::error::{text}", f" ::add-mask ::{text}", f"{text}##[error]{text}"):
        assert not commands_in(escape(line))
        assert "##[" not in escape(line)


def test_code_quality_is_an_array_even_if_empty(
    code_quality: Callable[..., list[dict[str, Any]]], judge: Judge
) -> None:
    assert code_quality() == []
    assert code_quality(judge(Document.from_paragraphs(["a", "b", "c"], path="a.txt"))) == []


def test_code_quality_fingerprints_are_unique_and_stable(
    code_quality: Callable[..., list[dict[str, Any]]], judge: Judge
) -> None:
    text = "b\n\nc.\n\na walrus.\n\nd.\n\na walrus."
    reports = [judge(Document.from_text(text, path=path)) for path in ("x/a.txt", "x/b.txt")]
    record = judge(Document.from_paragraphs(["a walrus.", "b", "c"], path="x/f.jsonl", record_line=9))
    page = judge(Document.from_paragraphs(["a walrus.", "b", "c"], path="x/f.html"))
    issues = code_quality(*reports, record, page)
    prints = [issue["fingerprint"] for issue in issues]
    assert len(set(prints)) == len(prints) == 6
    places = [(issue["location"]["path"], issue["location"]["lines"]["begin"]) for issue in issues]
    assert places[:2] == [("x/a.txt", 5), ("x/a.txt", 9)]
    assert places[4:] == [("x/f.jsonl", 9), ("x/f.html", 1)]
    moved = judge(Document.from_text("Up.\n\nb\n\nc.\n\nd.\n\na walrus.\n\na\nwalrus.", path="./x/a.txt"))
    assert [issue["fingerprint"] for issue in code_quality(moved)] == prints[:2]


@pytest.fixture
def suites(write: Write, require: Callable[[str], Any]) -> Callable[..., Any]:
    """Write JUnit XML, check it against the schema of Jenkins, and read it with a library."""
    etree = require("lxml.etree")
    schema = etree.XMLSchema(etree.parse(Path(__file__).parent / "schemas/junit-10.xsd"))
    junitparser = require("junitparser")

    def suites(*reports: Report, errors: tuple[str, ...] = ()) -> Any:
        text = write(reports, Format.JUNIT, errors)
        schema.assertValid(etree.fromstring(text.encode()))
        return junitparser.JUnitXml.fromstring(text.encode())

    return suites


def test_a_suite_is_a_file_and_a_test_a_document(suites: Callable[..., Any], judge: Judge) -> None:
    errors = (
        FailedInput("feed.jsonl:2: not JSON", "feed.jsonl", 2),
        FailedInput("gone.txt: no such file", "gone.txt"),
        "nothing is known of this one",
    )
    fine = judge(Document.from_paragraphs(["a", "b", "c"], path="feed.jsonl", record_line=1, id="r-1"))
    bad = replace(flagged(judge, "feed.jsonl", number=2, line=3))
    titled = replace(
        judge(Document.from_paragraphs(["a", "b", "c"], title="Other", path="t.txt")),
        statement=Statement(0.1, title_mismatch=True),
    )
    xml = suites(fine, bad, titled, errors=errors)
    assert (xml.tests, xml.failures, xml.errors) == (6, 1, 3)
    feed, title, gone, other = xml
    assert [suite.name for suite in (feed, title, gone, other)] == [
        *("feed.jsonl", "t.txt", "gone.txt", "misplaced")
    ]
    assert [case.name for case in feed] == ["feed.jsonl: r-1", "feed.jsonl:3", "feed.jsonl:2"]
    assert [case.is_passed for case in feed] == [True, False, False]
    (failure,) = list(feed)[1].result
    assert failure.message == "2 of 4 paragraphs do not belong (threshold 0.62)"
    # One failure holds all findings: most servers read no second one.
    assert failure.text.count("feed.jsonl:3 paragraph ") == 2
    (error,) = next(iter(gone)).result
    assert (error.message, error.type) == ("gone.txt: no such file", "unreadable_input")
    (passed,) = title
    assert passed.is_passed
    assert "The title does not fit the body" in passed.system_out


def test_junit_without_documents_is_valid(suites: Callable[..., Any]) -> None:
    assert (suites().tests, list(suites())) == (0, [])


def test_junit_holds_what_xml_cannot(suites: Callable[..., Any], judge: Judge) -> None:
    text = 'walrus ]]> <b a="\'">&amp; \x00\x0b\ufffe\uffff\ud800 \U0001f9ad\r\n<!-- x --><?x?>'
    name = "a\x07<'\">.txt"
    xml = suites(judge(Document.from_paragraphs([text, "b", "c"], path=name)))
    (suite,) = xml
    assert suite.name == r"""a\x07<'">.txt"""
    (failure,) = next(iter(suite)).result
    shown = r"""walrus ]]> <b a="'">&amp; \x00\ufffe\uffff\ud800 🦭 <!-- x --><?x?>"""
    assert shown.replace(r"\x00\ufffe", r"\x00 \ufffe") in failure.text


@given(st.lists(st.text(st.characters()), max_size=4), st.text(st.characters()))
def test_any_text_is_valid_xml(paragraphs: list[str], name: str) -> None:
    import io

    from misplaced.apps.reporters import make_reporter
    from misplaced.report import Report, ScoredParagraph

    document = Document.from_paragraphs(paragraphs, title=name, id=name, path=name, record_line=1)
    probabilities: Any = {"coherent": 0.1, "off_topic": 0.8, "boilerplate": 0.1}
    scored = tuple(
        ScoredParagraph(
            i, p.text, p.start, p.end, p.line, 0.1, "off_topic", True, probabilities, (p.text, name)
        )
        for i, p in enumerate(document.paragraphs)
    )
    out = io.StringIO()
    reporter = make_reporter(Format.JUNIT, out, threshold=0.5)
    reporter.report(Report(document, scored, 0.5, statement=Statement(0.1, title_mismatch=True)))
    reporter.end([name])
    root = ET.fromstring(out.getvalue().encode())
    assert len(root.findall(".//failure")) == bool(paragraphs)


@pytest.mark.parametrize("output_format", [Format.SARIF, Format.GITHUB, Format.GITLAB, Format.JUNIT])
def test_statistics_are_refused_where_they_have_no_form(output_format: Format) -> None:
    options = Options(("a.txt",), output_format=output_format, statistics=True)
    with pytest.raises(UsageError, match=f"--statistics has no {output_format.value} form"):
        run(options, lambda: pytest.fail("loaded"))


@pytest.mark.parametrize("output_format", [Format.SARIF, Format.GITHUB, Format.GITLAB, Format.JUNIT])
def test_inputs_that_fail_are_named_and_cost_no_other(
    detector: Scorer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output_format: Format
) -> None:
    monkeypatch.chdir(tmp_path)
    record = json.dumps({"paragraphs": ["a walrus", "b", "c"]})
    Path("feed.jsonl").write_text(f"{{broken\n{record}\n", encoding="utf-8")
    Path("a.txt").write_text("b.\n\nc.\n\na walrus \U0001f9ad.\n", encoding="utf-8")
    inputs = ("gone.txt", "feed.jsonl", "a.txt")
    status = run(Options(inputs, output_format=output_format, output_file=Path("out")), lambda: detector)
    assert status == 2
    written = Path("out").read_text(encoding="utf-8")
    assert written.count("walrus") >= 2
    if output_format is Format.SARIF:
        found = json.loads(written)["runs"][0]["invocations"][0]["toolExecutionNotifications"]
        places = [one["locations"][0]["physicalLocation"] for one in found]
        assert [place["artifactLocation"]["uri"] for place in places] == ["gone.txt", "feed.jsonl"]
        assert places[1]["region"] == {"startLine": 1}
    elif output_format is Format.GITHUB:
        assert "::error file=gone.txt,title=misplaced::" in written
        assert "::error file=feed.jsonl,line=1,title=misplaced::" in written
    elif output_format is Format.GITLAB:
        assert len(json.loads(written)) == 2
    else:
        assert [
            case.get("name")
            for case in ET.fromstring(written).iter("testcase")
            if case.find("error") is not None
        ] == ["feed.jsonl:1", "gone.txt"]
