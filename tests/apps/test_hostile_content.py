"""Articles that try to break out of every format: two hundred of them, made with a fixed seed.

Whatever an article, its title, its name or a reason contains: the output parses, says of each finding
what it said before, and is no command to the terminal or the system that shows it.
"""

from __future__ import annotations

import io
import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from misplaced.apps.detection import Options, run
from misplaced.apps.level import Level
from misplaced.apps.reporters import Format
from misplaced.apps.reporters.failed_input import FailedInput
from misplaced.apps.reporters.full import FullReporter
from misplaced.apps.reporters.location import findings
from misplaced.document import Document
from misplaced.report import Report, Statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from misplaced.apps.detection import Scorer

    Write = Callable[..., str]
    Package = Callable[[str], Any]
    CommandsIn = Callable[[str], list[Any]]

DOCUMENTS = 200
SCHEMAS = Path(__file__).parent / "schemas"
REPORT_SCHEMA = Path(__file__).parent.parent.parent / "docs/schema/report.schema.json"

#: Each is meant for somebody: terminals, workflow commands, build servers, XML, JSON, Markdown, editors.
ATTACKS = (
    "\x1b[2J\x1b[H\x1b[8;31mgone",
    "\x1b]0;title\x07\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x9b31m\x9d0;title\x9c\x90q\x9c",
    "\x08\x08\x08\x7f\r overwritten",
    "%0A::error file=x.txt,line=1::owned",
    "%0a%0d%0D%0A::add-mask::a",
    "\n::error file=x.txt,line=1::owned",
    "\r::set-output name=a::b",
    "\u2028::stop-commands::token",
    "::warning::owned",
    " \u3000::add-path::bin",
    "##[error]owned",
    "##[add-mask]a##[set-env name=PATH]bin",
    "##vso[task.setvariable variable=PATH]bin",
    "##teamcity[buildStatus status='SUCCESS']",
    ",line=99,title=owned::",
    "]]>",
    "]]]]><![CDATA[>",
    "</failure></testcase><testcase name='owned'/>",
    "<!--", "-->", "<?xml?>", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]>&b;&lt;&#0;",
    '"', "'", '"},{"owned":true}', "\\", '\\"', "\\u0000\\", "`", "${{ secrets.TOKEN }}", "$(touch owned)",
    "\u202e\u2066txt.exe\u2069\u202c", "\u200e\u200f\u061c\u202a\u202b\u202d\u2067\u2068",
    "\x00", "\x0b\x0c", "\x85\u2029", "\ufeff", "\ufffe\uffff", "\ud83d", "\udcff", "\U0001f9ad\u0301\u0301",
    "[bold red]x[/bold red] [/] [link=https://evil.example]y[/link]",
    "[text](https://evil.example) ![x](https://evil.example/x.png) [0](0) {0} {{1}} {",
    "=cmd|'/c calc'!A1", "%s %d %n {} {0!r}", "\x1b[31m" * 30,
)  # fmt: skip

#: Of these no output may hold a raw one, line feeds apart.
FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def hostile_text(rng: random.Random) -> str:
    parts = rng.choices(ATTACKS, k=rng.randint(1, 6))
    parts.insert(rng.randrange(len(parts) + 1), rng.choice(("walrus", "READ MORE", "walrus. Then. Now")))
    if rng.random() < 0.5:
        parts.insert(0, rng.choice(ATTACKS))
    return rng.choice(("", " ", "\n")).join(parts)


def hostile_document(rng: random.Random, number: int) -> Document:
    paragraphs = ["It rained.", "It stopped. Then it rained again.", ""]
    paragraphs += [hostile_text(rng) for _ in range(rng.randint(1, 4))]
    if number % 50 == 0:
        huge = rng.choice(ATTACKS) + f" walrus {rng.choice(ATTACKS)}" * 100_000
        paragraphs.append(huge[: 1 << 20])
    rng.shuffle(paragraphs)
    title, name = hostile_text(rng), hostile_text(rng)
    match number % 4:
        case 0:
            return Document.from_paragraphs(
                paragraphs, title=title, id=name, path=name, record_line=number + 1
            )
        case 1:
            return Document.from_paragraphs(paragraphs, title=title, path=f"news/{number}.txt")
        case 2:
            return Document.from_text("\n\n".join(paragraphs), title=title, path=f"{name}.md")
        case _:
            return Document.from_paragraphs(paragraphs, id=name)


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    rng = random.Random(20310404)
    return [hostile_document(rng, number) for number in range(DOCUMENTS)]


@pytest.fixture(scope="module")
def reports(new_detector: Callable[[], Any], documents: list[Document]) -> list[Report]:
    """The verdicts, at both levels, with reasons and statements as hostile as the texts."""
    rng = random.Random(4)
    judged = []
    judge = new_detector().detect
    for number, document in enumerate(documents):
        report = judge(document, level="sentence" if number % 3 == 0 else "paragraph")
        paragraphs = tuple(
            replace(paragraph, reasons=(hostile_text(rng), *paragraph.reasons))
            if paragraph.flagged
            else paragraph
            for paragraph in report.paragraphs
        )
        foreign = Statement(0.01, title_mismatch=bool(document.title) and number % 2 == 0)
        judged.append(replace(report, paragraphs=paragraphs, statement=foreign))
    return judged


@pytest.fixture
def errors() -> tuple[str, ...]:
    return tuple(
        FailedInput(f"{attack}.txt: cannot be read", attack, number % 3 or None)
        for number, attack in enumerate(ATTACKS)
    )


def count(reports: list[Report]) -> int:
    return sum(1 for report in reports for _ in findings(report))


def titles(reports: list[Report]) -> int:
    return sum(report.title_mismatch for report in reports)


def test_the_set_is_what_it_claims_to_be(reports: list[Report]) -> None:
    assert len(reports) == DOCUMENTS
    assert all(list(findings(report)) for report in reports)
    assert any(report.sentence_findings for report in reports)
    assert titles(reports) >= 40
    flagged = [sentence or paragraph for report in reports for paragraph, sentence in findings(report)]
    assert sum(len(finding.text) >= 1 << 20 for finding in flagged if finding.text) >= 3
    texts = "".join(finding.text for finding in flagged)
    assert all(attack in texts for attack in ATTACKS)


@pytest.mark.parametrize("output_format", list(Format))
def test_no_output_steers_a_terminal_or_a_log(
    reports: list[Report],
    errors: tuple[str, ...],
    write: Write,
    commands_in: CommandsIn,
    output_format: Format,
) -> None:
    text = write(reports, output_format, errors)
    text.encode()
    assert not FORBIDDEN.search(text)
    assert "##[" not in text
    assert not re.search(r"##(vso|teamcity)\[", text, re.IGNORECASE)
    commands = commands_in(text)
    if output_format is not Format.GITHUB:
        assert not commands
        return
    names = [command.name for command in commands]
    assert names.count("warning") == count(reports)
    # A line of each is the finding, one more each reason: none was broken by what it says.
    reasons = [
        len((sentence or paragraph).reasons) for report in reports for paragraph, sentence in findings(report)
    ]
    said = [command.message.count("\n") for command in commands if command.name == "warning"]
    assert said == reasons
    assert names.count("notice") == titles(reports) + 1
    assert names.count("error") == len(errors)
    assert len(names) == len(text.splitlines()) - 1  # and the closing line
    keys = {key for command in commands for key in command.properties}
    assert keys == {"file", "line", "endLine", "col", "endColumn", "title"}
    assert {c.properties["title"] for c in commands} == {
        "misplaced",
        "misplaced: off_topic",
        "misplaced: boilerplate",
        "misplaced: title_mismatch",
    }


def test_full_on_a_terminal(reports: list[Report], errors: tuple[str, ...]) -> None:
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=True, color_system="standard", legacy_windows=False,
                      highlight=False, markup=False, emoji=False, _environ={})  # fmt: skip
    reporter = FullReporter(out, threshold=0.62, console=console)
    for report in reports:
        reporter.report(report)
    reporter.end(errors)
    # What is left after the colours of our own is not steered by the articles.
    ours = {"1", "2", "3", "31", "32", "35", "36", "0", "1;31", "1;32", "1;35", "1;36"}
    colours = set(re.findall(r"\x1b\[([0-9;]*)m", out.getvalue()))
    assert colours <= ours
    assert out.getvalue().count("\x1b[0m") == out.getvalue().count("\x1b[") / 2
    assert not FORBIDDEN.search(re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue()))


def test_concise_has_a_line_for_each(reports: list[Report], errors: tuple[str, ...], write: Write) -> None:
    lines = write(reports, Format.CONCISE, errors).splitlines()
    assert len(lines) == count(reports) + titles(reports)
    shape = re.compile(r".*:\d+: (off_topic|boilerplate|title_mismatch) 0\.0\d \".*\" \(.*\)")
    assert all(shape.fullmatch(line) for line in lines)


def test_json_and_jsonl_bring_every_text_back(
    reports: list[Report], errors: tuple[str, ...], write: Write, require: Package
) -> None:
    schema = json.loads(REPORT_SCHEMA.read_text(encoding="utf-8"))
    validator = require("jsonschema").Draft202012Validator(schema)
    lines = write(reports, Format.JSONL, errors).split("\n")
    assert lines.pop() == ""
    objects = [json.loads(line) for line in lines]
    whole = json.loads(write(reports, Format.JSON, errors))
    assert whole["documents"] == objects
    assert whole["summary"]["errors"] == list(errors)
    validator.validate(whole)
    for report, value in zip(reports, objects, strict=True):
        validator.validate(value)
        assert (value["title"], value["id"], value["path"]) == (
            report.document.title,
            report.document.id,
            report.document.path,
        )
        assert [p["text"] for p in value["paragraphs"]] == [p.text for p in report.paragraphs]


def test_sarif_is_valid_and_short(
    reports: list[Report], errors: tuple[str, ...], write: Write, require: Package
) -> None:
    text = write(reports, Format.SARIF, errors)
    log = json.loads(text)
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    require("jsonschema").Draft202012Validator(schema).validate(log)
    (run_,) = log["runs"]
    assert len(run_["results"]) == count(reports) + titles(reports)
    notifications = run_["invocations"][0]["toolExecutionNotifications"]
    assert len(notifications) == len(errors)
    for result in (*run_["results"], *notifications):
        message = result["message"]["text"]
        assert "](" not in message
        assert not re.search(r"[{}]", message.replace("{{", "").replace("}}", ""))
    uris = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run_["results"]
    }
    assert all(re.fullmatch(r"[\w.~/%:-]+", uri, re.ASCII) for uri in uris)
    identities = [
        (
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["partialFingerprints"]["misplacedParagraph/v1"],
        )
        for result in run_["results"]
    ]
    assert len(set(identities)) == len(identities)
    # A megabyte of text is quoted by its first words.
    assert len(text) < 3_000 * len(run_["results"]) + 100_000


def test_gitlab_has_an_entry_for_each(reports: list[Report], errors: tuple[str, ...], write: Write) -> None:
    issues = json.loads(write(reports, Format.GITLAB, errors))
    assert len(issues) == count(reports) + titles(reports)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    assert {key for issue in issues for key in issue} == {
        *("description", "check_name", "fingerprint", "severity", "location")
    }
    assert all(isinstance(issue["location"]["lines"]["begin"], int) for issue in issues)


def test_junit_has_a_test_for_each_document(
    reports: list[Report], errors: tuple[str, ...], write: Write, require: Package
) -> None:
    text = write(reports, Format.JUNIT, errors)
    root = ET.fromstring(text.encode())
    assert len(root.findall(".//testcase")) == len(reports) + len(errors)
    assert len(root.findall(".//failure")) == len(reports)
    assert not root.findall(".//testcase[@name='owned']")
    assert {element.tag for element in root.iter()} == {
        *("testsuites", "testsuite", "testcase", "failure", "error", "system-out")
    }
    assert "<![CDATA[" not in text
    etree = require("lxml.etree")
    etree.XMLSchema(etree.parse(SCHEMAS / "junit-10.xsd")).assertValid(etree.fromstring(text.encode()))
    read = require("junitparser").JUnitXml.fromstring(text.encode())
    assert (read.failures, read.errors) == (len(reports), len(errors))


@pytest.mark.parametrize("output_format", [Format.FULL, Format.CONCISE, Format.JSON, Format.JSONL])
def test_statistics_name_nothing(
    reports: list[Report], errors: tuple[str, ...], write: Write, output_format: Format
) -> None:
    text = write(reports, output_format, errors, statistics=True)
    assert not FORBIDDEN.search(text)
    if not output_format.is_for_people:
        assert json.loads(text)["statistics"]["documents"] == DOCUMENTS


def writable(text: str) -> bool:
    """Whether a file may hold it and still be read as text."""
    return not re.search("[\x00-\x07\x0e-\x1a\x1c-\x1f\ud800-\udfff]", text)


@pytest.mark.parametrize("output_format", list(Format))
@pytest.mark.parametrize("to_file", [True, False], ids=["file", "stdout"])
def test_files_of_hostile_names_through_the_command(
    detector: Scorer,
    documents: list[Document],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    commands_in: CommandsIn,
    output_format: Format,
    to_file: bool,
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    monkeypatch.chdir(folder)
    names = []
    for number, attack in enumerate(ATTACKS):
        name = f"{attack[:40].replace('/', '|')}{number}.txt"
        if "\0" in name:
            continue
        body = "\n\n".join(p.text for p in documents[number].paragraphs if writable(p.text))[:100_000]
        try:
            Path(name).write_bytes(f"It rained.\n\nIt stopped.\n\n{body}\n\nwalrus {number}\n".encode())
        except (OSError, UnicodeEncodeError):
            continue
        names.append(name)
    assert len(names) > 35
    out = tmp_path / "out" if to_file else None
    options = Options(
        (*names, "gone\x1b[2J\n::error::x.txt"),
        output_format=output_format,
        output_file=out,
        level=Level.SENTENCE,
    )
    assert run(options, lambda: detector) == 2
    captured = capsys.readouterr()
    written = out.read_bytes().decode() if out else captured.out
    for text in (written, captured.err):
        assert not FORBIDDEN.search(text)
        assert bool(commands_in(text)) == (output_format is Format.GITHUB and text is written)
    if output_format is Format.JSONL:
        assert len([json.loads(line) for line in written.splitlines()]) == len(names)
    elif output_format is Format.JUNIT:
        assert len(ET.fromstring(written.encode()).findall(".//testcase")) == len(names) + 1
    elif output_format in (Format.JSON, Format.SARIF, Format.GITLAB):
        json.loads(written)
