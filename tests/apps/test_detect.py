from __future__ import annotations

import io
import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from misplaced.apps.detection import Options, run
from misplaced.apps.reporters import Format
from misplaced.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from misplaced.apps.detection import Scorer
    from misplaced.document import Document
    from misplaced.report import Report

CLEAN = "The bridge opened on Monday.\n\nIt spans the river.\n\nTolls begin in May.\n"
FOREIGN = CLEAN + "\nThe walrus of the city zoo has a new pool.\n"


@pytest.fixture
def detect(detector: Scorer) -> Callable[..., int]:
    def detect(*inputs: object, **options: object) -> int:
        return run(Options(tuple(str(name) for name in inputs), **options), lambda: detector)  # type: ignore[arg-type]

    return detect


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    return write(tmp_path / "clean.txt", CLEAN)


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    return write(tmp_path / "foreign.txt", FOREIGN)


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


def set_stdin(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_exit_status_says_whether_something_was_flagged(
    detect: Callable[..., int], clean: Path, foreign: Path
) -> None:
    assert detect(clean) == 0
    assert detect(foreign) == 1
    assert detect(clean, foreign) == 1
    assert detect(foreign, exit_zero=True) == 0


def test_an_unreadable_file_stops_no_other(
    detect: Callable[..., int], foreign: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    binary = tmp_path / "image.txt"
    binary.write_bytes(b"\x89PNG\r\n\x1a\n\x00")
    status = detect(tmp_path / "gone.txt", binary, foreign, output_format=Format.CONCISE, exit_zero=True)
    out, err = capsys.readouterr()
    assert status == 2
    assert [line.startswith("error: ") for line in err.splitlines()] == [True, True]
    assert "gone.txt" in err.splitlines()[0]
    assert "image.txt" in err.splitlines()[1]
    assert "walrus" in out
    assert len(out.splitlines()) == 1


def test_a_broken_record_is_named_by_its_line(
    detect: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = [json.dumps({"id": i, "paragraphs": ["a", "b", "c"]}) for i in range(3)]
    path = write(tmp_path / "a.jsonl", f"{records[0]}\n{records[1]}\n{{broken\n{records[2]}\n")
    assert detect(path, output_format=Format.JSONL) == 2
    out, err = capsys.readouterr()
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["0", "1", "2"]
    assert err.startswith(f"error: {path}:3: ")
    assert err.count("\n") == 1


def test_json_lists_the_errors(
    detect: Callable[..., int], clean: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert detect("gone.txt", clean, output_format=Format.JSON) == 2
    value = json.loads(capsys.readouterr().out)
    assert [document["path"] for document in value["documents"]] == [str(clean)]
    assert value["summary"]["errors"][0].startswith("gone.txt: ")


def test_warnings_go_to_standard_error_unless_quiet(
    detect: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "legacy.txt"
    path.write_bytes(CLEAN.replace("river", "Rhône").encode("cp1252"))
    assert detect(path, output_format=Format.CONCISE) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"warning: {path}: ")
    assert detect(path, quiet=True) == 0
    assert capsys.readouterr() == ("", "")


def test_the_threshold_option_sets_the_detectors(
    detect: Callable[..., int], detector: Scorer, foreign: Path
) -> None:
    assert detect(foreign, threshold=0.99) == 0
    assert detector.threshold == 0.99


@pytest.mark.parametrize(
    ("inputs", "options"),
    [
        ([], {}),
        (["a.txt"], {"threshold": 0.0}),
        (["a.txt"], {"threshold": 1.5}),
        (["a.txt"], {"fix": True, "diff": True}),
        (["-"], {"fix": True}),
        (["a.txt"], {"diff": True, "statistics": True}),
        (["a.txt"], {"diff": True, "output_format": Format.JSONL}),
        (["a.txt"], {"diff": True, "output_format": Format.CONCISE}),
        (["a.txt"], {"stdin_filename": "b.md"}),
    ],
)
def test_contradicting_options_are_refused_before_the_model_loads(
    inputs: list[str], options: dict[str, object]
) -> None:
    with pytest.raises(UsageError):
        run(Options(tuple(inputs), **options), lambda: pytest.fail("loaded"))  # type: ignore[arg-type]


def test_standard_input_is_read_when_asked_for_and_named_as_wished(
    detect: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_stdin(monkeypatch, "# Title\n\n- one\n- two\n- a walrus\n")
    assert detect("-", stdin_filename="x/page.md", output_format=Format.CONCISE) == 1
    assert capsys.readouterr().out.startswith('x/page.md:5:1: off_topic 0.07 "- a walrus"')


def test_results_are_written_before_the_next_document_is_read(
    foreign: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], detector: Scorer
) -> None:
    seen: list[str] = []

    class Watching:
        threshold = 0.62

        def detect_many(self, documents: Iterable[Document], *, level: str = "paragraph") -> Iterator[Report]:
            for report in detector.detect_many(documents):
                seen.append(capsys.readouterr().out)
                yield report

    second = write(tmp_path / "second.txt", FOREIGN)
    options = Options((str(foreign), str(second)), output_format=Format.CONCISE)
    assert run(options, Watching) == 1
    assert seen[0] == ""
    assert "foreign.txt" in seen[1]


def test_an_output_file_takes_the_results_and_standard_output_stays_empty(
    detect: Callable[..., int], foreign: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = write(tmp_path / "out.jsonl", "old")
    assert detect(foreign, output_file=target, output_format=Format.JSONL) == 1
    assert capsys.readouterr().out == ""
    assert json.loads(target.read_text(encoding="utf-8"))["path"] == str(foreign)
    assert {path.name for path in tmp_path.iterdir()} == {"foreign.txt", "out.jsonl"}


def test_a_crash_leaves_the_output_file_as_it_was(foreign: Path, tmp_path: Path) -> None:
    class Crashing:
        threshold = 0.5

        def detect_many(self, documents: Iterable[Document], *, level: str = "paragraph") -> Iterator[Report]:
            raise RuntimeError("no")

    target = write(tmp_path / "out.txt", "old")
    with pytest.raises(RuntimeError):
        run(Options((str(foreign),), output_file=target), Crashing)
    assert target.read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"foreign.txt", "out.txt"}


def test_the_output_never_replaces_an_input(detect: Callable[..., int], foreign: Path) -> None:
    with pytest.raises(UsageError, match="would replace an input"):
        detect(foreign, output_file=foreign)
    assert foreign.read_text() == FOREIGN


def test_fix_removes_and_tells_and_then_nothing_is_left(
    detect: Callable[..., int], foreign: Path, clean: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert detect(foreign, clean, fix=True) == 0
    out, err = capsys.readouterr()
    assert "The walrus of the city zoo" in out
    assert err == f"removed 1 paragraph from {foreign}\n"
    assert foreign.read_text() == CLEAN
    assert detect(foreign, fix=True) == 0
    assert capsys.readouterr().err == ""


def test_what_cannot_be_fixed_is_an_error_and_the_others_are_fixed(
    detect: Callable[..., int],
    foreign: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = write(tmp_path / "a.txt", FOREIGN)
    real = os.replace

    def replace(source: object, target: object, **options: int) -> None:
        if str(target).endswith("a.txt"):
            raise PermissionError(13, "Permission denied", str(target))
        real(source, target, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "replace", replace)
    assert detect(first, foreign, fix=True) == 2
    err = capsys.readouterr().err.splitlines()
    assert err == [f"error: {first}: permission denied", f"removed 1 paragraph from {foreign}"]
    assert first.read_text() == FOREIGN
    assert foreign.read_text() == CLEAN


def test_diff_shows_what_would_go_and_touches_nothing(
    detect: Callable[..., int], foreign: Path, clean: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert detect(clean, foreign, diff=True) == 1
    out = capsys.readouterr().out
    assert out.splitlines()[:2] == [f"--- {foreign}", f"+++ {foreign}"]
    assert "-The walrus of the city zoo has a new pool." in out.splitlines()
    assert foreign.read_text() == FOREIGN
    assert detect(clean, diff=True) == 0
    assert capsys.readouterr().out == ""


def test_diff_works_on_standard_input_but_not_on_its_records(
    detect: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_stdin(monkeypatch, FOREIGN)
    assert detect("-", diff=True) == 1
    assert "-The walrus of the city zoo has a new pool.\n" in capsys.readouterr().out
    set_stdin(monkeypatch, json.dumps({"text": FOREIGN}))
    assert detect("-", diff=True, stdin_filename="x.jsonl") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: x.jsonl: ")


def test_statistics_replace_the_findings(
    detect: Callable[..., int], foreign: Path, clean: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert detect(foreign, clean, statistics=True) == 1
    out = capsys.readouterr().out
    assert "walrus" not in out
    assert out.split()[:2] == ["documents", "2"]


def test_names_cannot_steer_the_terminal(
    detect: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert detect("gone\x1b[31m\nred.txt") == 2
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert err.count("\n") == 1
    assert r"gone\x1b[31m" in err


def test_each_file_is_judged_at_its_own_threshold(
    detect: Callable[..., int],
    detector: Scorer,
    foreign: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = write(tmp_path / "other.txt", FOREIGN)
    of_file = {str(foreign): (0.99, None), str(other): (None, None)}
    assert detect(foreign, other, thresholds=of_file.__getitem__, threshold=0.5) == 1
    out = capsys.readouterr().out
    assert f"{foreign}:7" not in out
    assert f"{other}:7" in out
    assert "in 1 of 2 documents (threshold 0.62 to 0.99)" in " ".join(out.split())
    assert detector.threshold == 0.5
    assert detect(foreign, thresholds=of_file.__getitem__) == 0


def test_sentences_have_their_own_threshold_or_that_of_paragraphs(
    detect: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from misplaced.apps.level import Level

    path = write(tmp_path / "a.txt", CLEAN + "\nBoats pass below. A walrus swims.\n")

    def flags(**options: object) -> bool:
        return detect(path, level=Level.SENTENCE, **options) == 1

    assert flags()
    assert not flags(threshold=0.99)
    assert flags(threshold=0.99, sentence_threshold=0.5)
    assert not flags(thresholds=lambda _: (None, 0.99))
    assert not flags(thresholds=lambda _: (0.99, None), sentence_threshold=0.5)
    capsys.readouterr()


def test_broken_settings_of_a_file_end_the_run_before_it_begins(foreign: Path) -> None:
    def broken(path: str | None) -> tuple[None, None]:
        raise SettingsError("no", where=path)

    with pytest.raises(SettingsError):
        run(Options((str(foreign),), thresholds=broken), lambda: pytest.fail("loaded"))


def test_nothing_left_to_judge_is_a_warning(
    detect: Callable[..., int],
    foreign: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from misplaced.apps.settings import Resolver
    from misplaced.apps.settings.selection import Selection

    resolver = Resolver({"exclude": [str(foreign.name)]}, environment={}, isolated=True)
    monkeypatch.chdir(tmp_path)
    assert detect(tmp_path, choice=Selection(resolver), quiet=True) == 0
    assert capsys.readouterr() == ("", "")
    assert detect(tmp_path, choice=Selection(resolver)) == 0
    assert capsys.readouterr().err.startswith("warning: no file is left to judge")
