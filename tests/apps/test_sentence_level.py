"""``detect --level sentence``, from the option to the output and the file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from misplaced.apps.detection import Options, run
from misplaced.apps.level import Level
from misplaced.apps.reporters import Format

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OWN = "The river rose on Monday."
MORE = "The mayor closed the road."
WALRUS = "A walrus lives in the zoo."
POINTER = "READ MORE: Ten gardens"
TEXT = f"Flood\n\n{OWN} {WALRUS} {MORE}\n\n{MORE} {OWN}{POINTER}\n\n{OWN}\n"


@pytest.fixture
def detect(detector: Any) -> Callable[..., int]:
    def call(*paths: Path, **options: Any) -> int:
        given_options = Options(tuple(map(str, paths)), **{"level": Level.SENTENCE, **options})
        return run(given_options, lambda: detector)

    return call


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


def test_findings_stand_at_their_own_place(detect: Any, tmp_path: Path, capsys: Any) -> None:
    article = write(tmp_path / "a.txt", TEXT)
    assert detect(article, output_format=Format.CONCISE) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[0] for line in lines] == [f"{article}:3:27", f"{article}:5:53"]
    assert "off_topic 0.07" in lines[0]
    assert WALRUS in lines[0]
    assert POINTER in lines[1]


def test_people_are_told_paragraph_and_sentence(detect: Any, tmp_path: Path, capsys: Any) -> None:
    article = write(tmp_path / "a.txt", TEXT)
    assert detect(article) == 1
    out = capsys.readouterr().out
    assert f"{article}:3:27 paragraph 0 sentence 1  off_topic" in out
    assert f"{article}:5:53 paragraph 1 sentence 2  boilerplate" in out
    assert "0 of 3 paragraphs and 2 sentences of the others do not belong (threshold 0.62)" in out


def test_json_has_sentences_at_this_level_only(detect: Any, tmp_path: Path, capsys: Any) -> None:
    article = write(tmp_path / "a.txt", TEXT)
    detect(article, output_format=Format.JSONL)
    deep = json.loads(capsys.readouterr().out)
    detect(article, output_format=Format.JSONL, level=Level.PARAGRAPH)
    plain = json.loads(capsys.readouterr().out)
    assert deep["sentence_threshold"] == 0.62
    assert "sentence_threshold" not in plain
    assert not any("sentences" in paragraph for paragraph in plain["paragraphs"])
    assert [len(p.get("sentences", [])) for p in deep["paragraphs"]] == [3, 3, 0]
    found = deep["paragraphs"][0]["sentences"][1]
    assert list(found) == [
        *("index", "start", "end", "line", "column", "coherence", "label", "flagged"),
        *("probabilities", "reasons", "text"),
    ]
    assert (found["index"], found["line"], found["column"], found["flagged"]) == (1, 3, 27, True)
    assert TEXT[found["start"] : found["end"]] == found["text"] == WALRUS


def test_counts_tell_sentences_apart(detect: Any, tmp_path: Path, capsys: Any) -> None:
    article = write(tmp_path / "a.txt", TEXT)
    detect(article, output_format=Format.JSON)
    assert json.loads(capsys.readouterr().out)["summary"]["flagged_sentences"] == 2
    detect(article, output_format=Format.JSON, statistics=True)
    counts = json.loads(capsys.readouterr().out)["statistics"]
    assert (counts["flagged_sentences"], counts["flagged"], counts["flagged_documents"]) == (2, 0, 1)


def test_a_threshold_is_for_sentences_too(detect: Any, tmp_path: Path) -> None:
    article = write(tmp_path / "a.txt", TEXT)
    assert detect(article, threshold=0.99) == 0
    assert detect(article, threshold=0.5) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{OWN} {WALRUS} {MORE}", f"{OWN} {MORE}"),
        (f"{WALRUS} {OWN} {MORE}", f"{OWN} {MORE}"),
        (f"{OWN} {MORE} {WALRUS}", f"{OWN} {MORE}"),
        (f"{OWN}{POINTER}", OWN),
        (f"{OWN}{WALRUS} {MORE}", f"{OWN} {MORE}"),
        (f"{OWN} {WALRUS}{MORE}", f"{OWN} {MORE}"),
        (f"{OWN} {MORE}\n{POINTER}", f"{OWN} {MORE}"),
        (f"{OWN}\n{WALRUS} {MORE}", f"{OWN}\n{MORE}"),
        (f"{OWN} {WALRUS}\n{MORE}", f"{OWN}\n{MORE}"),
        (f"{OWN}  {WALRUS} {WALRUS} {MORE}", f"{OWN}  {MORE}"),
        (f"{WALRUS} {OWN} {WALRUS}", OWN),
    ],
)
def test_fix_takes_the_sentence_and_one_gap(detect: Any, tmp_path: Path, before: str, after: str) -> None:
    frame = "Flood\n\n{}\n\n" + f"{MORE} {OWN}\n"
    article = write(tmp_path / "a.txt", frame.format(before))
    assert detect(article, fix=True, quiet=True) == 0
    assert article.read_bytes().decode() == frame.format(after)


def test_a_paragraph_of_foreign_sentences_goes_whole(detect: Any, tmp_path: Path, capsys: Any) -> None:
    article = write(tmp_path / "a.txt", f"{OWN} {MORE}\n\n{WALRUS} {WALRUS}\n\n{MORE} {WALRUS}\n")
    assert detect(article, fix=True) == 0
    assert article.read_text() == f"{OWN} {MORE}\n\n{MORE}\n"
    assert "removed 1 paragraph and 1 sentence from" in capsys.readouterr().err


def test_diff_shows_the_sentence_and_changes_nothing(detect: Any, tmp_path: Path, capsys: Any) -> None:
    article = write(tmp_path / "a.txt", TEXT)
    assert detect(article, diff=True) == 1
    out = capsys.readouterr().out
    assert f"-{OWN} {WALRUS} {MORE}\n+{OWN} {MORE}\n" in out
    assert article.read_text() == TEXT


def test_records_lose_the_sentence_and_no_other_byte(detect: Any, tmp_path: Path) -> None:
    listed = json.dumps({"id": 1, "paragraphs": [f"Ünder {OWN} {WALRUS}", WALRUS, f"{POINTER}. {MORE}"]})
    whole = json.dumps({"text": f"{OWN} {MORE}\n\n{OWN} {WALRUS} {MORE}\n\n{MORE}", "n": 1.50})
    path = write(tmp_path / "a.jsonl", f"{listed}\n{whole}\n")
    assert detect(path, fix=True, quiet=True) == 0
    fixed = path.read_bytes().decode().splitlines()
    assert fixed[0] == json.dumps({"id": 1, "paragraphs": [f"Ünder {OWN}", MORE]})
    assert fixed[1] == whole.replace(f" {WALRUS}", "")


def test_markdown_keeps_its_markers(detect: Any, tmp_path: Path) -> None:
    article = write(
        tmp_path / "a.md", f"- {WALRUS} {OWN}\n- {OWN} {WALRUS}\n\n> {OWN}\n> {WALRUS}\n> {MORE}\n"
    )
    assert detect(article, fix=True, quiet=True) == 0
    assert article.read_text() == f"- {OWN}\n- {OWN}\n\n> {OWN}\n> {MORE}\n"


@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from([OWN, MORE, WALRUS]), st.sampled_from([" ", "  ", "\n"])), min_size=1
        ),
        min_size=1,
        max_size=5,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_fix_leaves_exactly_the_sentences_that_belong(
    detect: Any, tmp_path: Path, blocks: list[list[tuple[str, str]]]
) -> None:
    source = "\n\n".join("".join(map("".join, block)).strip() for block in blocks)
    article = write(tmp_path / "a.txt", f"{OWN}\n\n{source}\n\n{MORE}\n")
    assert detect(article, fix=True, quiet=True) == 0
    fixed = article.read_text()
    kept = [
        sentences
        for block in blocks
        if (sentences := [sentence for sentence, _ in block if sentence != WALRUS])
    ]
    found = [block.split() for block in fixed.rstrip("\n").split("\n\n")]
    assert found == [" ".join(sentences).split() for sentences in [[OWN], *kept, [MORE]]]
    assert detect(article) == 0
