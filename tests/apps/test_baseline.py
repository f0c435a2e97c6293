"""Baselines: what is known stays quiet, what is new does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from misplaced.apps import baselining
from misplaced.apps.detection import Options, run
from misplaced.apps.known import Baseline
from misplaced.apps.level import Level
from misplaced.apps.reporters import Format
from misplaced.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from misplaced.apps.detection import Scorer

CLEAN = ["The bridge opened on Monday.", "It spans the river.", "Tolls begin in May."]
WALRUS = "The walrus of the zoo has a new pool."
SEAL = "Another walrus swims."

KNOWN = Path("known.json")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: str, *paragraphs: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text("\n\n".join(paragraphs) + "\n")


@pytest.fixture
def update(detector: Scorer) -> Callable[..., int]:
    def update(*inputs: str, **options: Any) -> int:
        return baselining.update(baselining.Options(inputs or (".",), KNOWN, **options), lambda: detector)

    return update


@pytest.fixture
def detect(detector: Scorer, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, list[str], str]]:
    """Judge with the baseline; return the status, the places of the findings and standard error."""

    def detect(*inputs: str, **options: Any) -> tuple[int, list[str], str]:
        capsys.readouterr()
        options = {"baseline": KNOWN, "output_format": Format.CONCISE, **options}
        chosen = Options(inputs or (".",), **options)
        status = run(chosen, lambda: detector)
        out, err = capsys.readouterr()
        return status, [":".join(line.split(":")[:2]) for line in out.splitlines()], err

    return detect


def findings() -> list[dict[str, Any]]:
    value: list[dict[str, Any]] = json.loads(KNOWN.read_text())["findings"]
    return value


def test_known_findings_are_quiet_and_counted(
    update: Callable[..., int], detect: Callable[..., tuple[int, list[str], str]]
) -> None:
    write("a.txt", *CLEAN, WALRUS)
    assert update() == 0
    assert detect() == (0, [], "1 known\n")
    assert detect(quiet=True) == (0, [], "")
    assert detect(baseline=None)[:2] == (1, ["./a.txt:7"])


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ([WALRUS, *CLEAN], []),
        ([CLEAN[0], WALRUS.replace(" has", "\n   has"), *CLEAN[1:]], []),
        ([*CLEAN, WALRUS, WALRUS], ["a.txt:9"]),
        ([*CLEAN, WALRUS.replace("new", "newer")], ["a.txt:7"]),
        ([*CLEAN, WALRUS, SEAL], ["a.txt:9"]),
        (CLEAN, []),
    ],
    ids=["moved", "moved and wrapped anew", "copied", "changed", "another", "removed"],
)
def test_moved_it_stays_known_and_copied_or_changed_it_is_new(
    update: Callable[..., int],
    detect: Callable[..., tuple[int, list[str], str]],
    after: list[str],
    found: list[str],
) -> None:
    write("a.txt", *CLEAN, WALRUS)
    update()
    write("a.txt", *after)
    status, places, _ = detect("a.txt")
    assert (status, places) == (int(bool(found)), found)


def test_known_in_one_file_is_new_in_another(
    update: Callable[..., int], detect: Callable[..., tuple[int, list[str], str]]
) -> None:
    write("a.txt", *CLEAN, WALRUS)
    update()
    write("b.txt", *CLEAN, WALRUS)
    assert detect()[1] == ["./b.txt:7"]


def test_a_file_is_the_same_however_it_is_named(
    update: Callable[..., int],
    detect: Callable[..., tuple[int, list[str], str]],
    here: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("x/a.txt", *CLEAN, WALRUS)
    update("x")
    assert [each["path"] for each in findings()] == ["x/a.txt"]
    for name in ("x/a.txt", "./x/../x/a.txt", str(here / "x/a.txt")):
        assert detect(name)[:2] == (0, [])
    monkeypatch.chdir("x")
    assert detect("a.txt", baseline=Path("../known.json"))[:2] == (0, [])


def test_the_file_is_sorted_and_a_finding_takes_a_line(update: Callable[..., int]) -> None:
    write("b.txt", *CLEAN, WALRUS, WALRUS, "READ MORE: \u202e ten things\n" + "and more " * 20)
    write("a.txt", *CLEAN, SEAL)
    update()
    text = KNOWN.read_text()
    assert {(each["path"], each["count"], each["label"]) for each in findings()} == {
        ("a.txt", 1, "off_topic"),
        ("b.txt", 2, "off_topic"),
        ("b.txt", 1, "boilerplate"),
    }
    order = [(each["path"], each["fingerprint"]) for each in findings()]
    assert order == sorted(order)
    assert text.count("\n") == len(findings()) + 5
    assert "\u202e" not in text
    assert max(len(each["excerpt"]) for each in findings()) <= 61
    update()
    assert KNOWN.read_text() == text


def test_an_update_touches_only_what_it_judged(
    update: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        write(name, *CLEAN, WALRUS)
    update()
    assert capsys.readouterr().err == "known.json: 3 findings in 3 files (3 new, 0 gone)\n"
    write("a.txt", *CLEAN, SEAL)
    write("b.txt", *CLEAN)
    Path("c.txt").unlink()
    update("a.txt")
    assert [each["path"] for each in findings()] == ["a.txt", "b.txt"]
    assert capsys.readouterr().err == "known.json: 2 findings in 2 files (1 new, 2 gone)\n"


def test_an_update_loses_nothing_when_an_input_fails(update: Callable[..., int]) -> None:
    write("a.txt", *CLEAN, WALRUS)
    write("b.txt", *CLEAN, WALRUS)
    update()
    Path("a.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00")
    write("b.txt", *CLEAN, SEAL)
    assert update() == 2
    assert [each["path"] for each in findings()] == ["a.txt", "b.txt", "b.txt"]


def test_what_is_ignored_in_the_article_is_not_in_the_baseline(update: Callable[..., int]) -> None:
    write("a.txt", *CLEAN, "# misplaced: ignore-next", WALRUS)
    update()
    assert findings() == []


def test_stale_entries_are_reported_on_request_and_then_count(
    update: Callable[..., int], detect: Callable[..., tuple[int, list[str], str]]
) -> None:
    write("a.txt", *CLEAN, WALRUS, WALRUS, WALRUS)
    write("b.txt", *CLEAN, WALRUS)
    write("c.txt", *CLEAN, WALRUS)
    update()
    write("a.txt", *CLEAN, WALRUS)
    write("b.txt", *CLEAN)
    Path("c.txt").unlink()
    write("d.txt", *CLEAN)
    assert detect("a.txt", "d.txt")[0] == 0
    status, places, err = detect("a.txt", "d.txt", report_unused=True, quiet=True)
    assert (status, places) == (1, [])
    assert err.splitlines() == [
        f'unused: known.json: a.txt: off_topic "{WALRUS}" (2 times): it is found no more',
        f'unused: known.json: c.txt: off_topic "{WALRUS}": the file is gone',
    ]
    assert detect("a.txt", report_unused=True, exit_zero=True)[0] == 0
    update()
    assert detect(report_unused=True, quiet=True) == (0, [], "")


def test_sentences_can_be_known(
    update: Callable[..., int], detect: Callable[..., tuple[int, list[str], str]]
) -> None:
    write("a.txt", *CLEAN, f"Boats pass below. {WALRUS}")
    update(level=Level.SENTENCE)
    assert detect("a.txt", level=Level.SENTENCE)[:2] == (0, [])
    write("a.txt", *CLEAN, f"{WALRUS} Boats pass below. {SEAL}")
    assert detect("a.txt", level=Level.SENTENCE)[:2] == (1, ["a.txt:7"])


def test_records_of_one_file_are_known_together(
    update: Callable[..., int], detect: Callable[..., tuple[int, list[str], str]]
) -> None:
    record = json.dumps({"paragraphs": [*CLEAN, WALRUS]})
    Path("a.jsonl").write_text(f"{record}\n{record}\n")
    update("a.jsonl")
    assert findings()[0]["count"] == 2
    assert detect("a.jsonl")[:2] == (0, [])
    Path("a.jsonl").write_text(f"{record}\n{record}\n{record}\n")
    assert detect("a.jsonl")[:2] == (1, ["a.jsonl:3"])


def test_fix_and_diff_leave_known_findings(
    update: Callable[..., int], detector: Scorer, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.txt", *CLEAN, WALRUS)
    update()
    write("a.txt", SEAL, *CLEAN, WALRUS)
    assert run(Options(("a.txt",), baseline=KNOWN, diff=True), lambda: detector) == 1
    gone = [line for line in capsys.readouterr().out.splitlines()[2:] if line[:1] == "-"]
    assert gone == [f"-{SEAL}", "-"]
    assert run(Options(("a.txt",), baseline=KNOWN, fix=True, quiet=True), lambda: detector) == 0
    assert Path("a.txt").read_text() == "\n\n".join([*CLEAN, WALRUS]) + "\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "no such baseline; make it with 'misplaced baseline update --baseline known.json'"),
        ('{\n<<<<<<< ours\n"version": 1', "known.json:2: is not a baseline: "),
        ("[]", 'known.json: is not a baseline: "version" is missing; '),
        ('{"version": 2, "findings": []}', "known.json: the baseline has version 2, not 1; "),
        ('{"version": 1}', '"findings" must be a list'),
        ('{"version": 1, "findings": [1]}', "a finding must be an object"),
        ('{"version": 1, "findings": [{"path": "a"}]}', '"path", "fingerprint" and "label" must be strings'),
        ('{"version": 1, "findings": [{"path": "a", "fingerprint": "b", "count": 0}]}', '"count" must be'),
        ("[" * 100_000, "is not a baseline"),
    ],
)
def test_a_broken_baseline_is_one_line_before_the_model_loads(text: str | None, message: str) -> None:
    if text is not None:
        KNOWN.write_text(text)
    write("a.txt", *CLEAN)
    with pytest.raises(SettingsError) as error:
        run(Options(("a.txt",), baseline=KNOWN), lambda: pytest.fail("loaded"))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_entries_doubled_by_a_merge_count_together() -> None:
    entry = '{"path": "a.txt", "fingerprint": "f", "count": 2, "label": "off_topic", "excerpt": ""}'
    KNOWN.write_text(f'{{"version": 1, "findings": [{entry}, {entry}]}}')
    assert Baseline.read(KNOWN).findings["a.txt", "f"].count == 4


def test_a_baseline_is_for_files(update: Callable[..., int]) -> None:
    with pytest.raises(UsageError, match="standard input"):
        update("-")
    assert not KNOWN.exists()


def test_totals_say_how_many_are_known(
    update: Callable[..., int], detector: Scorer, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.txt", *CLEAN, WALRUS)
    update()
    write("a.txt", *CLEAN, WALRUS, SEAL, "# misplaced: ignore-next", SEAL)
    capsys.readouterr()
    run(Options(("a.txt",), baseline=KNOWN), lambda: detector)
    assert "1 of 6 paragraphs does not belong (threshold 0.62); 1 known, 1 ignored" in capsys.readouterr().out
    run(Options(("a.txt",), baseline=KNOWN, statistics=True), lambda: detector)
    rows = dict(line.rsplit(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert (rows["known"], rows["ignored"]) == ("1", "1")
    run(Options(("a.txt",), baseline=KNOWN, output_format=Format.JSON), lambda: detector)
    value = json.loads(capsys.readouterr().out)
    assert {key: value["summary"][key] for key in ("flagged", "known", "ignored")} == {
        "flagged": 1,
        "known": 1,
        "ignored": 1,
    }
    marks = [paragraph.get("suppressed") for paragraph in value["documents"][0]["paragraphs"]]
    assert marks == [None, None, None, "known", None, "ignored"]
