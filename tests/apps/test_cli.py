from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from misplaced import __version__
from misplaced.apps import cli
from misplaced.apps.failure import reported
from misplaced.errors import ArtifactError

if TYPE_CHECKING:
    from misplaced.apps.detection import Scorer

NEWS = Path(__file__).parents[2] / "examples" / "news.txt"
FOREIGN = "The bridge opened on Monday.\n\nIt spans the river.\n\nA walrus swims.\n\nTolls begin in May.\n"
HEAVY = ("numpy", "onnxruntime", "sklearn", "torch", "transformers", "tokenizers", "trafilatura")


@pytest.fixture
def bundled(monkeypatch: pytest.MonkeyPatch, detector: Scorer) -> list[tuple[object, bool, bool]]:
    """Put the word detector where the real one is loaded; return the calls."""
    from misplaced.detector import Detector

    calls: list[tuple[object, bool, bool]] = []

    def load(
        path: object = None, *, trusted: bool = False, second_look: bool = True, threads: int = 0
    ) -> Scorer:
        calls.append((path, trusted, second_look))
        return detector

    monkeypatch.setattr("misplaced.artifact.load", load)
    monkeypatch.setattr(Detector, "of", lambda loaded: loaded)
    return calls


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(FOREIGN)
    return path


def call(monkeypatch: pytest.MonkeyPatch, script: str, *arguments: str) -> int:
    """Run one of the two scripts in this process and return its exit status."""
    monkeypatch.setattr(sys, "argv", [script, *arguments])
    with pytest.raises(SystemExit) as exit_:
        (cli.main if script == "misplaced" else cli.detect_main)()
    assert isinstance(exit_.value.code, int)
    return exit_.value.code


@pytest.mark.parametrize("script", [["misplaced", "detect"], ["detect"]])
def test_both_scripts_detect(
    monkeypatch: pytest.MonkeyPatch,
    bundled: list[tuple[object, bool, bool]],
    article: Path,
    capsys: pytest.CaptureFixture[str],
    script: list[str],
) -> None:
    assert call(monkeypatch, *script, str(article), "-f", "concise") == 1
    assert capsys.readouterr().out.startswith(f"{article}:5:1: off_topic 0.07 ")
    assert bundled == [(None, False, True)]


def test_options_reach_the_detector_and_flags_win_over_the_environment(
    bundled: list[tuple[object, bool, bool]], article: Path
) -> None:
    environment = {
        "MISPLACED_THRESHOLD": "0.99",
        "MISPLACED_MODEL": "/models/other",
        "MISPLACED_OUTPUT_FORMAT": "concise",
    }
    runner = CliRunner()
    result = runner.invoke(cli.app, ["detect", str(article), "--trust"], env=environment)
    assert (result.exit_code, result.stdout) == (0, "")
    runner.invoke(cli.app, ["detect", str(article), "--no-second-look"], env=environment)
    assert bundled == [("/models/other", True, True), ("/models/other", False, False)]
    result = runner.invoke(cli.app, ["detect", str(article), "--threshold", "0.5"], env=environment)
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["detect"],
        ["detect", "--nonsense"],
        ["detect", "a.txt", "-f", "xml"],
        ["detect", "a.txt", "--threshold", "high"],
        ["detect", "a.txt", "--threshold", "7"],
        ["detect", "a.txt", "--fix", "--diff"],
        ["detect", "--fix", "-"],
        ["nonsense"],
    ],
)
def test_usage_errors_are_one_line_and_status_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert call(monkeypatch, "misplaced", *arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1


def test_a_broken_model_is_one_line_and_status_2(
    monkeypatch: pytest.MonkeyPatch, article: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "detect", str(article), "--model", str(article.parent / "nowhere")) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert "nowhere" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(("debug", "traced"), [("0", False), ("1", True)])
def test_an_unexpected_error_shows_its_traceback_only_on_request(
    monkeypatch: pytest.MonkeyPatch,
    article: Path,
    capsys: pytest.CaptureFixture[str],
    debug: str,
    traced: bool,
) -> None:
    from misplaced.detector import Detector

    def load(*_: object, **__: object) -> None:
        raise ZeroDivisionError("inner\nworkings")

    monkeypatch.setattr("misplaced.artifact.load", load)
    monkeypatch.setattr(Detector, "of", lambda loaded: loaded)
    monkeypatch.setenv("MISPLACED_DEBUG", debug)
    assert call(monkeypatch, "detect", str(article)) == 2
    err = capsys.readouterr().err
    assert err.splitlines()[-1].startswith(
        "error: unexpected ZeroDivisionError: inner workings; set MISPLACED"
    )
    assert ("Traceback" in err) == traced


@pytest.mark.parametrize(
    ("error", "line", "status"),
    [
        (ArtifactError("is damaged", where="m/x.bin"), "error: m/x.bin: is damaged", 2),
        (OSError(28, "No space left on device", "o.txt"), "error: o.txt: no space left on device", 2),
        (KeyboardInterrupt(), "error: interrupted", 130),
        (BrokenPipeError(32, "Broken pipe"), "", 141),
        (typer.Exit(1), "", 1),
    ],
)
def test_commands_fail_in_one_line(
    capfd: pytest.CaptureFixture[str], error: BaseException, line: str, status: int
) -> None:
    with pytest.raises(typer.Exit) as exit_, reported():
        raise error
    assert exit_.value.exit_code == status
    assert capfd.readouterr().err.strip() == line


def test_an_output_folder_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch,
    bundled: list[tuple[object, bool, bool]],
    article: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    target = article.parent / "no" / "out.txt"
    assert call(monkeypatch, "detect", str(article), "-o", str(target)) == 2
    assert capsys.readouterr().err == f"error: {target}: no such file or directory\n"


@pytest.mark.parametrize("arguments", [["misplaced", "--version"], ["detect", "--version"]])
def test_version(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert call(monkeypatch, *arguments) == 0
    assert capsys.readouterr().out == f"misplaced {__version__}\n"


def test_help_says_what_a_user_needs_within_80_columns() -> None:
    text = plain(run_python("from misplaced.apps.cli import detect_main; detect_main()", "--help").stdout)
    for needed in ("detect article.txt", "Exit status: 0", "MISPLACED_THRESHOLD", "--fix", "standard input"):
        assert needed in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_every_command_is_listed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(monkeypatch, "misplaced", "--help") == 0
    listed = capsys.readouterr().out
    for name in cli.COMMANDS:
        if find_spec(f"misplaced.apps.{name}"):
            assert re.search(rf"^\W*{name} +[A-Z]", plain(listed), re.MULTILINE), name


@pytest.mark.parametrize("arguments", [["--help"], ["detect", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    code = f"""
import sys
from misplaced.apps.cli import main
try:
    main()
finally:
    print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
"""
    result = run_python(code, *arguments)
    assert (result.returncode, result.stderr.strip()) == (0, "[]")


def test_a_closed_pipe_ends_the_run_quietly(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text(('{"title": "' + "long " * 200 + '", "paragraphs": ["a"]}\n') * 2000)
    code = """
import misplaced.artifact
from misplaced.apps import cli
from misplaced.detector import Detector
from misplaced.report import Report

class Nothing:
    threshold = 0.5
    def detect_many(self, documents, *, level="paragraph"):
        return (Report(document, (), 0.5) for document in documents)

misplaced.artifact.load = lambda *_, **__: Nothing()
Detector.of = lambda loaded: loaded
cli.detect_main()
"""
    command = [sys.executable, "-c", code, str(path), "-f", "jsonl"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == 141


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        check=False,
    )


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.mark.parametrize(("arguments", "lists"), [([], "corrupt"), (["baseline"], "update")])
def test_without_a_command_there_is_the_help_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], lists: str
) -> None:
    assert call(monkeypatch, "misplaced", *arguments) == 2
    out, err = capsys.readouterr()
    assert "Usage: misplaced" in plain(out)
    assert lists in out
    assert err == ""


DETECT = "from misplaced.apps.cli import detect_main; detect_main()"


@pytest.mark.skipif(sys.platform == "win32", reason="descriptors closed by a POSIX shell")
@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        ("gone.txt 2>&-", 2, ""),
        ("gone.txt >&-", 2, "error: gone.txt: no such file or folder; check the path\n"),
        ("--version >&-", 0, ""),
        ("- <&-", 2, "error: -: standard input is closed; name a file\n"),
        ("- --stdin-filename a.jsonl <&-", 2, "error: a.jsonl: standard input is closed; name a file\n"),
        ("gone.txt <&- >&- 2>&-", 2, ""),
    ],
)
def test_closed_standard_streams(tmp_path: Path, arguments: str, status: int, says: str) -> None:
    command = ["sh", "-c", f'"$0" -c "$1" {arguments}', sys.executable, DETECT]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (run.returncode, run.stdout if "--version" in arguments else "", run.stderr) == (status, "", says)
