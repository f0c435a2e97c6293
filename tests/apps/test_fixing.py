from __future__ import annotations

import json
import os
import re
import stat
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from misplaced.apps.fixing import diff_file, fix_file
from misplaced.apps.removal import paragraph_cuts, without
from misplaced.document import Document
from misplaced.errors import InputError, UsageError
from misplaced.markdown import segment_markdown
from misplaced.reading import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from misplaced.report import Report

    Judge = Callable[[Document], Report]

TEASER = "The walrus of the city zoo has a new pool."
WORDS = st.text("abcdeäж漢 '>-#", min_size=1, max_size=20).map(str.strip).filter(bool)


def remove(source: str, *targets: str, markdown: bool = False) -> str:
    """Remove each target, found as it stands, by the rules for paragraphs."""
    spans = []
    for target in targets:
        start = source.index(target)
        spans.append((start, start + len(target)))
    return without(source, paragraph_cuts(source, spans, markdown=markdown))


@pytest.mark.parametrize(
    ("source", "targets", "expected"),
    [
        ("A\n\nX\n\nB\n", ["X"], "A\n\nB\n"),
        ("X\n\nA\n\nB\n", ["X"], "A\n\nB\n"),
        ("\n\nX\n\nA\n", ["X"], "\n\nA\n"),
        ("A\n\nX\n", ["X"], "A\n"),
        ("A\n\nX", ["X"], "A"),
        ("A\n\nX\n\n\n", ["X"], "A\n\n\n"),
        ("A\r\n\r\nX\r\n\r\nB\r\n", ["X"], "A\r\n\r\nB\r\n"),
        ("A\r\rX\r\rB", ["X"], "A\r\rB"),
        ("A\nX\nB\n", ["X"], "A\nB\n"),
        ("A\n\nX\n\n\n\nB", ["X"], "A\n\n\n\nB"),
        ("A\n\n\n\nX\n\nB", ["X"], "A\n\n\n\nB"),
        ("A\n\nX\n\nY\n\nB", ["X", "Y"], "A\n\nB"),
        ("X\n\nY\n", ["X", "Y"], "\n"),
        ("X\nA\nY\nB\n", ["X", "Y"], "A\nB\n"),
        ("A  \n\n  X  \n\n  B  \n", ["X"], "A  \n\n  B  \n"),
        ("A\n \u200b\nX\n\nB\n", ["X"], "A\n \u200b\nB\n"),
    ],
)
def test_one_break_goes_with_a_paragraph_and_the_neighbours_stay_apart(
    source: str, targets: list[str], expected: str
) -> None:
    assert remove(source, *targets) == expected


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("- a\n- X\n- b\n", "- X", "- a\n- b\n"),
        ("- a\n- X\n\nProse\n", "- X", "- a\n\nProse\n"),
        ("Prose\n\n- X\n- b\n", "- X", "Prose\n\n- b\n"),
        ("- a\n  - X\n  - b\n", "- X", "- a\n  - b\n"),
        ("> a\n>\n> X\n\nProse\n", "> X", "> a\n\nProse\n"),
        ("> X\n>\n> b\n", "> X", "> b\n"),
        ("> a\n>\n> X\n>\n> b\n", "> X", "> a\n>\n> b\n"),
        ("---\ntitle: T\n---\n\nX\n\nB\n", "X", "---\ntitle: T\n---\n\nB\n"),
    ],
)
def test_markdown_structure_around_a_removed_paragraph_holds(source: str, target: str, expected: str) -> None:
    assert remove(source, target, markdown=True) == expected


@given(
    paragraphs=st.lists(st.tuples(WORDS, st.booleans()), min_size=1, max_size=8),
    break_=st.sampled_from(["\n", "\r\n", "\n\n", "\r\n\r\n", "\n\n\n", "\n \t\n", "\r\r"]),
    lead=st.sampled_from(["", "\n", "  \r\n"]),
    tail=st.sampled_from(["", "\n", "\r\n", "\n\n"]),
)
@example(paragraphs=[(">", False), (">", True), ("> a", True)], break_="\n", lead="", tail="")
@example(paragraphs=[("a", True), ("a", False), ("a", True)], break_="\n", lead="", tail="")
def test_exactly_the_flagged_go_whatever_the_document(
    paragraphs: list[tuple[str, bool]], break_: str, lead: str, tail: str
) -> None:
    source = lead + break_.join(text for text, _ in paragraphs) + tail
    spans, position = [], len(lead)
    for text, flagged in paragraphs:
        if flagged:
            spans.append((position, position + len(text)))
        position += len(text) + len(break_)
    fixed = without(source, paragraph_cuts(source, spans))
    kept = [text for text, flagged in paragraphs if not flagged]
    assert [p.text for p in Document.from_text(fixed, title="given").paragraphs] == kept
    assert fixed.endswith(tail)
    assert is_subsequence(fixed, source)
    if kept:
        assert fixed == lead + break_.join(kept) + tail


def is_subsequence(part: str, whole: str) -> bool:
    characters = iter(whole)
    return all(character in characters for character in part)


def judged(path: Path, judge: Judge) -> list[Report]:
    reports = []
    for document in read(str(path)):
        assert isinstance(document, Document)
        reports.append(judge(document))
    return reports


def fix(path: Path, judge: Judge) -> int:
    return fix_file(str(path), judged(path, judge))


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("cp1252", b"")],
)
def test_every_other_byte_of_a_file_stays(tmp_path: Path, judge: Judge, encoding: str, mark: bytes) -> None:
    path = tmp_path / "a.txt"
    text = "Straßen überflutet – “alles” naß.\r\n\r\n{}Am Abend sank das Wasser.\r\n"
    path.write_bytes(mark + text.format(TEASER + "\r\n\r\n").encode(encoding))
    assert fix(path, judge) == 1
    assert path.read_bytes() == mark + text.format("").encode(encoding)
    assert fix(path, judge) == 0


def test_a_file_without_findings_is_not_written(tmp_path: Path, judge: Judge) -> None:
    path = tmp_path / "a.txt"
    path.write_text("One.\n\nTwo.\n")
    os.utime(path, ns=(1, 1))
    assert fix(path, judge) == 0
    assert path.stat().st_mtime_ns == 1


@pytest.mark.skipif(sys.platform == "win32", reason="permission bits and links of POSIX")
def test_mode_is_kept_and_a_link_written_through(tmp_path: Path, judge: Judge) -> None:
    target, link = tmp_path / "target.txt", tmp_path / "link.txt"
    target.write_text(f"One.\n\n{TEASER}\n")
    target.chmod(0o640)
    link.symlink_to(target)
    assert fix(link, judge) == 1
    assert link.is_symlink()
    assert target.read_text() == "One.\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.txt", "target.txt"]


def test_a_file_changed_in_the_meantime_is_left_alone(tmp_path: Path, judge: Judge) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"One.\n\n{TEASER}\n")
    reports = judged(path, judge)
    path.write_text("Rewritten by its author.\n")
    with pytest.raises(InputError, match=r"a\.txt: was changed"):
        fix_file(str(path), reports)
    assert path.read_text() == "Rewritten by its author.\n"


def test_a_failing_write_leaves_the_file_whole(
    tmp_path: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"One.\n\n{TEASER}\n")
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"a\.txt"):
        fix(path, judge)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_only_the_affected_records_change_and_only_where_they_must(tmp_path: Path, judge: Judge) -> None:
    path = tmp_path / "a.jsonl"
    untouched = r'{"text" : "One.\n\nTwo.",   "n": 1e5}' + "\n"
    broken = "{not json\n"
    listed = r'{ "z":1.50, "paragraphs" : ["caf\u00e9", "walrus", "", "READ MORE"] ,"id": 7 }' + "\r\n"
    single = r'{"paragraphs": ["walrus"], "text": null}' + "\n\n"
    prose = r'{"text":"Caf\u00e9 \/ \ud83d\ude00\ud83d\ude00.\n\nThe walrus \"W\" odd?\n\n\nÉnd.","k":"\/"}'
    path.write_text(untouched + broken + listed + single + prose, encoding="utf-8", newline="")
    reports = [judge(d) for d in read(str(path)) if isinstance(d, Document)]
    assert fix_file(str(path), reports) == 4
    assert path.read_bytes().decode() == (
        untouched
        + broken
        + r'{ "z":1.50, "paragraphs" : ["caf\u00e9", ""] ,"id": 7 }'
        + "\r\n"
        + r'{"paragraphs": [], "text": null}'
        + "\n\n"
        + r'{"text":"Caf\u00e9 \/ \ud83d\ude00\ud83d\ude00.\n\n\nÉnd.","k":"\/"}'
    )


# The judge has no state that one example could leave to the next.
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    paragraphs=st.lists(
        st.one_of(st.text(st.characters(exclude_categories=["Cs"])), st.just("walrus")), max_size=6
    ),
    ascii_=st.booleans(),
    indent=st.sampled_from([(", ", ": "), (",", ":"), (" ,  ", " :\t")]),
)
def test_any_record_keeps_exactly_the_paragraphs_that_belong(
    tmp_path_factory: pytest.TempPathFactory,
    judge: Judge,
    paragraphs: list[str],
    ascii_: bool,
    indent: tuple[str, str],
) -> None:
    path = tmp_path_factory.mktemp("records") / "a.jsonl"
    record = {"paragraphs": paragraphs, "title": "x", "other": [1, {"a": None}]}
    path.write_text(json.dumps(record, ensure_ascii=ascii_, separators=indent) + "\n", encoding="utf-8")
    fix(path, judge)
    record["paragraphs"] = [p for p in paragraphs if "walrus" not in p and "READ MORE" not in p]
    expected = json.dumps(record, ensure_ascii=ascii_, separators=indent) + "\n"
    assert path.read_text(encoding="utf-8") == expected


def test_records_in_utf_16_are_fixed_too(tmp_path: Path, judge: Judge) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"paragraphs": ["a", "walrus"]}\n{"text": "b"}\n', encoding="utf-16")
    assert fix(path, judge) == 1
    assert path.read_text(encoding="utf-16") == '{"paragraphs": ["a"]}\n{"text": "b"}\n'


def test_html_is_never_edited(tmp_path: Path, judge: Judge) -> None:
    page = tmp_path / "a.html"
    page.write_text(f"One.\n\n{TEASER}")
    document = Document.from_text(page.read_text(), path=str(page))
    with pytest.raises(UsageError, match=r"a\.html: a web page is not edited"):
        fix_file(str(page), [judge(document)])
    assert TEASER in page.read_text()


def test_the_diff_is_what_fixing_does(tmp_path: Path, judge: Judge) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"One.\n\n{TEASER}\n\nTwo.")
    before = path.read_text()
    reports = judged(path, judge)
    lines = list(diff_file(str(path), reports))
    assert path.read_text() == before
    assert [line for line in lines if line.startswith("-") and line[:3] != "---"] == [f"-{TEASER}\n", "-\n"]
    assert not [line for line in lines if line.startswith("+") and line[:3] != "+++"]
    assert "".join(lines).endswith(" Two.\n\\ No newline at end of file\n")


def test_the_diff_of_records_shows_only_changed_lines(tmp_path: Path, judge: Judge) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a"}\n{"paragraphs": ["a", "walrus"]}\n')
    assert list(diff_file(str(path), judged(path, judge)))[3:] == [
        ' {"text": "a"}\n',
        '-{"paragraphs": ["a", "walrus"]}\n',
        '+{"paragraphs": ["a"]}\n',
    ]
    assert list(diff_file(str(path), [])) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_the_diff_of_records_is_in_the_encoding_of_the_file(
    tmp_path: Path, judge: Judge, encoding: str
) -> None:
    path = tmp_path / "a.jsonl"
    # What is left of the last record is, in windows-1252, by chance UTF-8.
    untouched = '{"text": "Straße"}\n'
    flagged = '{"paragraphs": ["Rhône", "walrus"]}\n{"paragraphs": ["Ã©", "É walrus"]}\n'
    path.write_bytes((untouched + flagged).encode(encoding))
    mark = "\ufeff" if encoding in ("utf-8-sig", "utf-16") else ""
    assert list(diff_file(str(path), judged(path, judge)))[3:] == [
        f' {mark}{{"text": "Straße"}}\n',
        '-{"paragraphs": ["Rhône", "walrus"]}\n',
        '-{"paragraphs": ["Ã©", "É walrus"]}\n',
        '+{"paragraphs": ["Rhône"]}\n',
        '+{"paragraphs": ["Ã©"]}\n',
    ]


def test_a_line_that_is_no_text_does_not_keep_the_diff_from_the_others(tmp_path: Path, judge: Judge) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"paragraphs": ["a", "walrus"]}\n\x00\xff\n')
    reports = [judge(d) for d in read(str(path)) if isinstance(d, Document)]
    assert '+{"paragraphs": ["a"]}\n' in list(diff_file(str(path), reports))


BLOCKS = ["Prose {}.", "Two lines\nof prose {}.", "## Heading {}", "- item {}", "  - nested {}", "> quote {}"]
CODE = "```\ncode\n```"


@given(
    blocks=st.lists(
        st.tuples(st.sampled_from(BLOCKS), st.sampled_from(["\n\n", "\n\n\n", "\n"]), st.booleans()),
        min_size=1,
        max_size=7,
    ),
    with_code=st.booleans(),
)
def test_what_is_left_of_markdown_reads_as_before(
    blocks: list[tuple[str, str, bool]], with_code: bool
) -> None:
    source = "# Title\n\n" + (f"{CODE}\n\n" if with_code else "")
    for number, (block, gap, _) in enumerate(blocks):
        # Only list items may follow each other without a blank line and stay apart.
        tight = gap == "\n" and "- " in block and number + 1 < len(blocks) and "- " in blocks[number + 1][0]
        source += block.format(f"n{number}") + (gap if tight or gap != "\n" else "\n\n")
    _, paragraphs = segment_markdown(source)
    flagged = {f"n{number}" for number, (_, _, wanted) in enumerate(blocks) if wanted}
    gone = [p for p in paragraphs if flagged & set(re.findall(r"n\d+", p.content))]
    left = [p.content for p in paragraphs if p not in gone]
    fixed = without(source, paragraph_cuts(source, [(p.start, p.end) for p in gone], markdown=True))
    title, remaining = segment_markdown(fixed)
    assert title == "Title"
    assert [p.content for p in remaining] == left
    assert (CODE in fixed) == with_code
