"""Directives in articles: what they silence, in every format, and what becomes of the rest."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from misplaced.apps.detection import Options, run
from misplaced.apps.reporters import Format

if TYPE_CHECKING:
    from collections.abc import Callable

    from misplaced.apps.detection import Scorer

HEAD = "The bridge opened on Monday.\n\nIt spans the river.\n\n"
TAIL = "\n\nTolls begin in May.\n\nA second walrus swims.\n"


@pytest.fixture
def flagged(
    detector: Scorer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[list[int], str]]:
    """Write a text to a file; return the lines on which something is flagged, and standard error."""

    def flagged(text: str, name: str = "a.md", **options: object) -> tuple[list[int], str]:
        path = tmp_path / name
        path.write_text(text)
        chosen = Options((str(path),), output_format=Format.CONCISE, quiet=False, **options)  # type: ignore[arg-type]
        run(chosen, lambda: detector)
        out, err = capsys.readouterr()
        return [int(line.split(":")[1]) for line in out.splitlines()], err.replace(str(path), name)

    return flagged


@pytest.mark.parametrize(
    ("middle", "lines"),
    [
        ("A walrus swims.", [5, 9]),
        ("A walrus swims. <!-- misplaced: ignore -->", [9]),
        ("A walrus <!-- misplaced: ignore: it is a joke --> swims.", [9]),
        ("A walrus swims.\n<!-- misplaced: ignore -->", [10]),
        ("A walrus swims.\n\n<!-- misplaced: ignore-next -->", [5, 11]),
        ("<!-- misplaced: ignore-next -- on purpose -->\nA walrus swims.", [10]),
        ("<!-- misplaced: ignore-next -->\n\nA walrus swims.", [11]),
        ("<!-- misplaced: off -->\n\nA walrus swims.", []),
        ("<!-- misplaced: off -->\n\nA walrus swims.\n\nREAD MORE\n\n<!-- misplaced: on -->", [15]),
        ("<!-- misplaced: ignore-next[off_topic] -->\nA walrus swims.", [10]),
        ("<!-- misplaced: ignore-next[boilerplate] -->\nA walrus swims.", [6, 10]),
        ("<!-- misplaced: ignore-next[boilerplate, off_topic] -->\nREAD MORE", [10]),
        ("- A walrus swims. <!-- misplaced: ignore -->\n- READ MORE", [6, 10]),
        ("> A walrus swims.\n> <!-- misplaced: ignore -->", [10]),
        ("    <!-- misplaced: off -->", [9]),
    ],
)
def test_markdown(flagged: Callable[..., tuple[list[int], str]], middle: str, lines: list[int]) -> None:
    found, err = flagged(HEAD + middle + TAIL)
    assert found == lines
    assert "warning" not in err


@pytest.mark.parametrize("form", ["# {}", "<!-- {} -->", "  #{}"])
@pytest.mark.parametrize(
    ("middle", "lines"),
    [
        ("A walrus swims.\n@misplaced: ignore", [10]),
        ("@misplaced: ignore-next -- on purpose\nA walrus swims.", [10]),
        ("@misplaced: off\nA walrus swims.\n@misplaced: on", [11]),
        ("@misplaced: off\n\nA walrus swims.", []),
    ],
)
def test_plain_text(
    flagged: Callable[..., tuple[list[int], str]], form: str, middle: str, lines: list[int]
) -> None:
    middle = "\n".join(form.format(line[1:]) if line[:1] == "@" else line for line in middle.split("\n"))
    found, err = flagged(HEAD + middle + TAIL, "a.txt")
    assert found == lines
    assert "warning" not in err


def test_records_that_are_text_heed_them_and_divided_ones_do_not(
    flagged: Callable[..., tuple[list[int], str]],
) -> None:
    text = f"{HEAD}# misplaced: off\nA walrus swims."
    records = [{"text": text}, {"paragraphs": [HEAD, "# misplaced: off", "A walrus swims."]}]
    assert flagged("".join(json.dumps(record) + "\n" for record in records), "a.jsonl")[0] == [2]


@pytest.mark.skipif(not find_spec("trafilatura"), reason="extra html")
def test_web_pages(flagged: Callable[..., tuple[list[int], str]]) -> None:
    long = "The bridge spans the river between the two towns, and its tolls begin in the month of May."
    page = (
        "<html><head><title>The bridge</title></head><body><article>"
        f"<p>{long}</p><p>A walrus lives in the zoo of the city, in a new pool.</p>"
        f"<!-- misplaced: ignore --><p>{long[4:]}</p><!-- misplaced: off -->"
        f"<p>Another walrus lives there, too, and so does a third.</p><!-- misplaced: on --><p>{long[8:]}</p>"
        "<p>The last walrus has left the zoo on Tuesday.</p></article></body></html>"
    )
    assert len(flagged(page, "a.html", ignores=False)[0]) == 3
    found, err = flagged(page, "a.html")
    assert len(found) == 1
    assert err == "2 ignored\n"


@pytest.mark.parametrize(
    ("directive", "warning"),
    [
        ("ignroe-next", "unknown directive 'ignroe-next'; did you mean 'ignore-next'?"),
        ("ignore_next", "unknown directive 'ignore_next'; did you mean 'ignore-next'?"),
        ("ignore-next[boilerplat]", "unknown label 'boilerplat'; did you mean 'boilerplate'?"),
        (
            "ignore-next boilerplate",
            "the directive 'ignore-next boilerplate' is not understood; a reason stands behind '--'",
        ),
        ("", "unknown directive ''; there are ignore, ignore-next, off, on"),
        ("on", "'on' changes nothing; findings are not off here"),
        ("ignore", "'ignore' stands in no paragraph; put it at the end of one"),
    ],
)
def test_what_cannot_be_meant_is_a_warning_and_silences_nothing(
    flagged: Callable[..., tuple[list[int], str]], directive: str, warning: str
) -> None:
    found, err = flagged(f"{HEAD}<!-- misplaced: {directive} -->\nA walrus swims.\n")
    assert found == [6]
    assert err == f"warning: a.md:5: {warning}\n"


def test_all_is_shown_on_request(flagged: Callable[..., tuple[list[int], str]]) -> None:
    text = HEAD + "<!-- misplaced: off -->\n\nA walrus swims.\n"
    assert flagged(text) == ([], "1 ignored\n")
    assert flagged(text, ignores=False) == ([7], "")


def test_ignored_paragraphs_are_scored_and_marked(
    detector: Scorer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(HEAD + "# misplaced: ignore-next\nA walrus swims.\n")
    assert run(Options((str(path),), output_format=Format.JSON), lambda: detector) == 0
    value = json.loads(capsys.readouterr().out)
    *others, last = value["documents"][0]["paragraphs"]
    assert (last["flagged"], last["label"], last["suppressed"]) == (False, "coherent", "ignored")
    assert last["coherence"] < 0.1
    assert not any("suppressed" in paragraph for paragraph in others)
    assert (value["summary"]["flagged"], value["summary"]["ignored"]) == (0, 1)


def test_sentences_of_an_ignored_paragraph_are_ignored(
    detector: Scorer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from misplaced.apps.level import Level

    path = tmp_path / "a.txt"
    path.write_text(HEAD + "# misplaced: ignore-next\nTolls begin in May. A walrus swims.\n" + TAIL)
    chosen = Options((str(path),), output_format=Format.CONCISE, level=Level.SENTENCE)
    assert run(chosen, lambda: detector) == 1
    out, err = capsys.readouterr()
    assert [line.split(":")[1] for line in out.splitlines()] == ["11"]
    assert err == "1 ignored\n"


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (
            "a.txt",
            f"{HEAD}# misplaced: ignore-next\nA walrus.{TAIL}\n# misplaced: off\n\nREAD MORE\r\n",
            f"{HEAD}# misplaced: ignore-next\nA walrus.\n\nTolls begin in May.\n\n"
            "# misplaced: off\n\nREAD MORE\r\n",
        ),
        (
            "a.md",
            f"{HEAD}A walrus. <!-- misplaced: ignore -->{TAIL}\n<!-- misplaced: off -->\nREAD MORE",
            f"{HEAD}A walrus. <!-- misplaced: ignore -->\n\nTolls begin in May.\n\n"
            "<!-- misplaced: off -->\nREAD MORE",
        ),
    ],
)
def test_fix_leaves_what_is_ignored_and_every_directive(
    detector: Scorer, tmp_path: Path, name: str, before: str, after: str
) -> None:
    path = tmp_path / name
    path.write_bytes(before.encode())
    assert run(Options((str(path),), fix=True, quiet=True), lambda: detector) == 0
    assert path.read_bytes().decode() == after


def test_unused_directives_are_reported_on_request_and_then_count(
    detector: Scorer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        f"{HEAD}<!-- misplaced: ignore-next -->\nA walrus.\n\n"
        "Tolls begin. <!-- misplaced: ignore -->\n\n<!-- misplaced: off[boilerplate] -->\n"
    )
    options = Options((str(path),), output_format=Format.CONCISE, quiet=True)
    assert run(options, lambda: detector) == 0
    assert capsys.readouterr() == ("", "")
    asked = Options((str(path),), output_format=Format.CONCISE, quiet=True, report_unused=True)
    assert run(asked, lambda: detector) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"unused: {path}:8: 'ignore' silences nothing",
        f"unused: {path}:10: 'off' silences nothing",
    ]


def test_the_guide_shows_directives_that_work(flagged: Callable[..., tuple[list[int], str]]) -> None:
    guide = (Path(__file__).parents[2] / "docs/how-to/living-with-findings.md").read_text(encoding="utf-8")
    (markdown,) = re.findall(r"```markdown\n(.*?)```", guide, re.DOTALL)
    foreign = markdown.replace("Everything", "A walrus").replace("Sign up", "READ MORE")
    assert flagged(foreign, ignores=False)[0] == [1, 4, 7]
    assert flagged(foreign) == ([], "3 ignored\n")
    (plain,) = re.findall(r"```text\n(.*?)```", guide, re.DOTALL)
    assert flagged(HEAD + plain.replace("Sign up", "READ MORE"), "a.txt") == ([], "1 ignored\n")
