"""SARIF 2.1.0, the format of code scanners, written at the end so that what is written is always valid.

The `specification <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>`_ is meant where
a section is named. Columns and offsets count UTF-16 code units, which is what its readers count in
whatever ``columnKind`` says.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_from_bytes

from misplaced import __version__
from misplaced.apps.reporters.escaping import escape
from misplaced.apps.reporters.issue import Issue, Issues, place_of
from misplaced.apps.reporters.jsonl import DIGITS, encode
from misplaced.apps.reporters.rules import RULES, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from misplaced.apps.reporters.region import Region
    from misplaced.report import Report

SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

#: What relative paths are relative to. Code scanners know this name for the root of the checkout.
ROOT = "%SRCROOT%"
#: The digest of the wording, and which finding of that wording in the file it is.
FINGERPRINT = "misplacedParagraph/v1"

_INDEX = {rule: number for number, rule in enumerate(RULES)}
_UNREADABLE = "unreadable_input"


class SarifReporter:
    """Gathers results (as text, the smallest form) and writes one log with one run."""

    def __init__(self, out: TextIO, *, threshold: float) -> None:
        self._out = out
        self._threshold = threshold
        self._issues = Issues()
        self._results: list[str] = []

    def report(self, report: Report) -> None:
        """Keep the results of one document."""
        self._results.extend(encode(_result(issue)) for issue in self._issues.of(report))

    def end(self, errors: Sequence[str]) -> None:
        """Write the log."""
        run = {
            "tool": {"driver": _driver()},
            "columnKind": "utf16CodeUnits",
            "newlineSequences": ["\r\n", "\n", "\r"],
            "originalUriBaseIds": {ROOT: {"description": {"text": "The folder that misplaced ran in."}}},
            "invocations": [_invocation(errors)],
            "properties": {"threshold": round(self._threshold, DIGITS)},
        }
        head = encode({"$schema": SCHEMA_URI, "version": "2.1.0"})[:-1]
        self._out.write(f'{head},"runs":[\n{encode(run)[:-1]},"results":[')
        for number, result in enumerate(self._results):
            self._out.write(("," if number else "") + "\n" + result)
        self._out.write("\n]}]}\n")
        self._out.flush()


def _driver() -> dict[str, Any]:
    return {
        "name": "misplaced",
        "fullName": f"misplaced {__version__}",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in RULES.values()],
        "notifications": [
            {
                "id": _UNREADABLE,
                "name": "UnreadableInput",
                "shortDescription": {"text": "An input could not be read."},
                "fullDescription": {"text": "An input could not be read, so nothing is known of it."},
                "help": {"text": "The message says what is wrong and what to do; then run misplaced again."},
                "defaultConfiguration": {"level": "error"},
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.short},
        "fullDescription": {"text": rule.full},
        "help": {"text": rule.help, "markdown": rule.markdown},
        "defaultConfiguration": {"level": rule.level},
        "properties": {"tags": ["content", "coherence"], "precision": "high"},
    }


def _result(issue: Issue) -> dict[str, Any]:
    properties = {
        "coherence": round(issue.coherence, DIGITS),
        "paragraph": issue.paragraph,
        "sentence": issue.sentence,
        "record": issue.record,
    }
    return {
        "ruleId": issue.rule.id,
        "ruleIndex": _INDEX[issue.rule.id],
        "level": issue.rule.level,
        "message": _message(issue.message),
        "locations": [_location(issue.path, _region(issue))],
        "partialFingerprints": {FINGERPRINT: f"{issue.fingerprint}:{issue.occurrence}"},
        "rank": round(100.0 * (1.0 - issue.coherence), 2),
        "properties": {name: value for name, value in properties.items() if value is not None},
    }


def _message(text: str) -> dict[str, str]:
    """Make a message that is only text: no placeholder (3.11.5), no link (3.11.6)."""
    return {"text": text.replace("{", "{{").replace("}", "}}").replace("](", "] (")}


def _location(path: str, region: dict[str, int]) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(path)}
    if region:
        physical["region"] = region
    return {"physicalLocation": physical}


def _region(issue: Issue) -> dict[str, int]:
    if issue.region is not None:
        return _exact(issue.region)
    return {} if issue.line is None else {"startLine": issue.line}


def _exact(region: Region) -> dict[str, int]:
    return {
        "startLine": region.line,
        "startColumn": region.column,
        "endLine": region.end_line,
        "endColumn": region.end_column,
        "charOffset": region.offset,
        "charLength": region.length,
    }


def _artifact(path: str) -> dict[str, str]:
    if PurePath(path).is_absolute():
        return {"uri": f"file://{'' if path.startswith('/') else '/'}{_percent_encoded(path)}"}
    return {"uri": _percent_encoded(path), "uriBaseId": ROOT}


def _percent_encoded(path: str) -> str:
    try:
        # What is not UTF-8 in a file's name is carried as lone surrogates.
        return quote_from_bytes(path.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return quote_from_bytes(path.encode("utf-8", "surrogatepass"))


def _invocation(errors: Sequence[str]) -> dict[str, Any]:
    invocation: dict[str, Any] = {"executionSuccessful": not errors}
    if errors:
        invocation["toolExecutionNotifications"] = [_notification(error) for error in errors]
    return invocation


def _notification(error: str) -> dict[str, Any]:
    path, line = place_of(error)
    notification: dict[str, Any] = {
        "descriptor": {"id": _UNREADABLE, "index": 0},
        "level": "error",
        "message": _message(f"{escape(error)}."),
    }
    if path is not None:
        notification["locations"] = [_location(path, {} if line is None else {"startLine": line})]
    return notification
