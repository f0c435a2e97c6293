"""``--fix`` and ``--diff`` on web pages: the text beside the page, never the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from misplaced.apps.detection import Options, run
from misplaced.apps.level import Level
from misplaced.apps.reporters import Format
from misplaced.errors import UsageError
from misplaced.inputs import cleaned_path
from misplaced.reading import expand

if TYPE_CHECKING:
    from collections.abc import Callable

    from misplaced.apps.detection import Scorer

TITLE = "The keeper of the light"
PROSE = [
    "The lamp of the lighthouse has burned on its rock since the winter of the great storm.",
    "Its keeper climbs two hundred steps at dusk and comes down again when the sun is up.",
    "In the log book she notes the wind, the ships and the birds that fly against the glass.",
]
TEASER = "The walrus of the city zoo has a new pool, and the whole town has come to look at it."


@pytest.fixture(autouse=True)
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, require: Callable[[str], None]) -> Path:
    """A folder with one page that holds a teaser and one that does not."""
    require("trafilatura")
    monkeypatch.chdir(tmp_path)
    write("light.html", [*PROSE[:2], TEASER, PROSE[2]])
    write("calm.htm", PROSE)
    return tmp_path


def write(name: str, paragraphs: list[str]) -> None:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    html = f"<html><head><title>{TITLE}</title></head><body><article>{body}</article></body></html>"
    Path(name).write_text(html, encoding="utf-8")


def text(*paragraphs: str) -> str:
    return "\n\n".join([TITLE, *paragraphs]) + "\n"


def test_fix_writes_the_cleaned_text_beside_the_page(
    detector: Scorer, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Path("light.html").read_bytes()
    assert run(Options(("light.html",), fix=True), lambda: detector) == 0
    assert Path("light.html").read_bytes() == before
    assert Path("light.cleaned.txt").read_text(encoding="utf-8") == text(*PROSE)
    assert "light.cleaned.txt holds the text of light.html without 1 paragraph\n" in capsys.readouterr().err


def test_fix_writes_the_text_of_a_page_without_findings_too(detector: Scorer) -> None:
    assert run(Options((".",), fix=True), lambda: detector) == 0
    assert Path("calm.cleaned.txt").read_text(encoding="utf-8") == text(*PROSE)
    assert Path("light.cleaned.txt").exists()


def test_fixing_again_changes_nothing_and_judges_no_text_twice(detector: Scorer) -> None:
    assert run(Options((".",), fix=True), lambda: detector) == 0
    written = {path.name: path.stat().st_mtime_ns for path in Path().iterdir()}
    assert list(expand(["."])) == ["./calm.htm", "./light.html"]
    assert run(Options((".",), fix=True), lambda: detector) == 0
    assert {path.name: path.stat().st_mtime_ns for path in Path().iterdir()} == written


def test_a_text_of_this_name_without_a_page_is_an_article(detector: Scorer) -> None:
    Path("harbour.cleaned.txt").write_text(text(*PROSE), encoding="utf-8")
    assert "./harbour.cleaned.txt" in list(expand(["."]))


def test_another_file_is_not_overwritten_unasked(
    detector: Scorer, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("light.cleaned.txt").write_text("notes of the keeper")
    assert run(Options(("light.html", "calm.htm"), fix=True), lambda: detector) == 2
    assert Path("light.cleaned.txt").read_text() == "notes of the keeper"
    assert Path("calm.cleaned.txt").exists()
    (error,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error")]
    assert "light.cleaned.txt exists" in error
    assert "--overwrite" in error
    assert run(Options(("light.html",), fix=True, overwrite=True), lambda: detector) == 0
    assert Path("light.cleaned.txt").read_text(encoding="utf-8") == text(*PROSE)


def test_two_pages_are_not_cleaned_into_one_text(detector: Scorer) -> None:
    write("light.htm", PROSE)
    assert run(Options(("light.html", "light.htm"), fix=True, overwrite=True), lambda: detector) == 2
    assert not Path("light.cleaned.txt").exists()


def test_a_page_without_an_article_has_no_text(detector: Scorer, capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty.html").write_text("<html><body><script>x()</script></body></html>")
    assert run(Options(("empty.html",), fix=True), lambda: detector) == 0
    assert not Path("empty.cleaned.txt").exists()
    assert "no article was found" in capsys.readouterr().err


def test_only_the_sentence_goes_at_that_level(detector: Scorer) -> None:
    write("light.html", [PROSE[0], f"{PROSE[1]} The walrus has a pool.", PROSE[2]])
    assert run(Options(("light.html",), fix=True, level=Level.SENTENCE), lambda: detector) == 0
    assert Path("light.cleaned.txt").read_text(encoding="utf-8") == text(*PROSE)


def test_diff_shows_the_extracted_text_and_writes_nothing(
    detector: Scorer, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(Path().iterdir())
    assert run(Options(("light.html",), diff=True), lambda: detector) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["--- light.html (extracted text)", "+++ light.cleaned.txt"]
    assert [line for line in lines[2:] if line[0] in "+-"] == [f"-{TEASER}", "-"]
    assert sorted(Path().iterdir()) == before


def test_reports_say_what_offsets_point_into(detector: Scorer, capsys: pytest.CaptureFixture[str]) -> None:
    Path("plain.txt").write_text(text(*PROSE), encoding="utf-8")
    run(Options(("light.html", "plain.txt"), output_format=Format.JSONL), lambda: detector)
    page, plain = map(json.loads, capsys.readouterr().out.splitlines())
    assert page["extracted"] is True
    assert "extracted" not in plain
    source = "\n\n".join([page["title"], *(p["text"] for p in page["paragraphs"])])
    assert all(source[p["start"] : p["end"]] == p["text"] for p in page["paragraphs"])
    run(Options(("light.html",)), lambda: detector)
    assert "lines are those of its extracted text" in capsys.readouterr().out


def test_overwrite_alone_is_a_mistake(detector: Scorer) -> None:
    with pytest.raises(UsageError, match="--fix"):
        run(Options(("light.html",), overwrite=True), lambda: detector)


def test_the_text_is_named_after_the_page() -> None:
    assert cleaned_path("pages/Story.one.HTML") == str(Path("pages/Story.one.cleaned.txt"))
