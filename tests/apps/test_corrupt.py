"""``misplaced corrupt``: options reach the generator, errors are one line."""

from __future__ import annotations

import gzip
import json

import pytest

from misplaced.apps import cli
from misplaced.labelled import read_labelled


@pytest.fixture
def corrupt(monkeypatch, capsys, article_file, tmp_path):
    """Run the command; returns its status, the lines of standard error and what it wrote."""

    def run(*options, source=article_file, name="out.jsonl"):
        arguments = ["misplaced", "corrupt", str(source), "-o", str(tmp_path / name), *map(str, options)]
        monkeypatch.setattr("sys.argv", arguments)
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        streams = capsys.readouterr()
        assert streams.out == ""
        made = list(read_labelled(tmp_path / name)) if stopped.value.code == 0 else None
        return stopped.value.code, streams.err.splitlines(), made

    return run


def test_a_corpus_is_written_and_summed_up(corrupt, tmp_path):
    status, err, made = corrupt("--rate", 1)
    assert (status, len(err), len(made)) == (0, 1, 40)
    assert err[0].startswith(f"{tmp_path / 'out.jsonl'}: 40 documents, 40 with insertions; ")


def test_gzip_by_name_holds_the_same(corrupt, tmp_path):
    corrupt("--seed", 4)
    corrupt("--seed", 4, name="out.jsonl.gz")
    plain = (tmp_path / "out.jsonl").read_bytes()
    packed = (tmp_path / "out.jsonl.gz").read_bytes()
    assert gzip.decompress(packed) == plain
    corrupt("--seed", 4, name="out.jsonl.gz")
    assert (tmp_path / "out.jsonl.gz").read_bytes() == packed
    assert packed[4:8] == bytes(4)  # no time stamp
    corrupt("--seed", 5)
    assert (tmp_path / "out.jsonl").read_bytes() != plain


def test_options_reach_the_generator(corrupt):
    _, _, made = corrupt("--rate", 1, "--form", "furniture", "--most", 1, "--limit", 10, "--every", 5)
    assert [m.id for m in made] == ["a0", "a5"]
    assert [m.labels.count("boilerplate") for m in made] == [1, 1]
    _, _, made = corrupt("--rate", 1, "--form", "teaser", "--form", "sentence", "--donor", "topic")
    assert {m.form for m in made} == {"teaser", "sentence"}
    assert {m.kind for m in made} == {"topic"}
    _, _, made = corrupt("--rate", 1, "--form", "wild", "--donor", "title", "--mixed")
    assert {"pointer", "headline", "lookalike"} <= {m.form for m in made}
    assert {m.kind for m in made} <= {"title", "random", "furniture", "lookalike"}
    _, _, made = corrupt("--rate", 1, "--form", "prose")
    assert {m.form for m in made} == {"paragraph", "run", "teaser", "sentence"}
    _, _, made = corrupt("--rate", 0)
    assert {m.kind for m in made} == {"clean"}


def test_mixed_draws_a_form_for_every_insertion(corrupt):
    options = ("--rate", 1, "--most", 5, "--form", "paragraph", "--form", "furniture")
    both = {"off_topic", "boilerplate"}
    assert not any(both <= set(m.labels) for m in corrupt(*options)[2])
    assert any(both <= set(m.labels) for m in corrupt(*options, "--mixed")[2])


def test_recurrences_and_trusted_lines(corrupt, tmp_path):
    prose = "The ferry sailed at dawn with forty passengers and two goats on board."
    records = [{"source": "s", "paragraphs": [f"{prose} {i}."] * 4 + ["Share"]} for i in range(3)]
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps(r) + "\n" for r in records))
    labels = [
        corrupt("--rate", 0, *options, source=source)[2][0].labels[-1]
        for options in ((), ("--trust-lines",), ("--recurrences", 3))
    ]
    assert labels == ["ignore", "coherent", "boilerplate"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--rate", 2], "rate 2.0 is out of range; give one between 0 and 1"),
        (["--most", 0], "room for at least one insertion"),
        (["--donor", "friend"], "unknown donor 'friend'; use one of random, topic, date, title"),
        (["--form", "poem"], "unknown form 'poem'; use one of paragraph, run, "),
        (["--every", 0], "every 0 is out of range"),
        (["--limit", 0], "limit 0 is out of range"),
        (["--donors-from", "no/such.jsonl"], "no/such.jsonl: no such file"),
    ],
)
def test_wrong_options_are_one_line(corrupt, tmp_path, options, says):
    status, err, _ = corrupt(*options)
    assert (status, len(err)) == (2, 1)
    assert err[0].startswith("error: ")
    assert says in err[0]
    assert list(tmp_path.iterdir()) == []


def test_a_broken_line_is_named_by_file_and_line(corrupt, article_file, tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text(article_file.read_text() + "{}\n")
    status, err, _ = corrupt(source=source)
    assert (status, len(err)) == (2, 1)
    assert err[0].startswith(f"error: {source}:41: 'paragraphs' is missing")
    assert not (tmp_path / "out.jsonl").exists()


def test_a_missing_output_folder_is_one_line(corrupt):
    status, err, _ = corrupt(name="no/out.jsonl")
    assert (status, len(err)) == (2, 1)
    assert "no/out.jsonl: no such file or directory" in err[0]


@pytest.mark.parametrize("as_donors", [False, True])
def test_the_output_never_replaces_what_is_read(corrupt, article_file, tmp_path, as_donors):
    source = tmp_path / "own.jsonl"
    source.write_bytes(article_file.read_bytes())
    (tmp_path / "link.jsonl").symlink_to(source)
    inputs = {"source": article_file} if as_donors else {"source": source}
    options = ["--donors-from", source] if as_donors else []
    status, err, _ = corrupt(*options, **inputs, name="link.jsonl")
    assert (status, err) == (2, [f"error: {source}: the output would replace an input; choose another file"])
    assert source.read_bytes() == article_file.read_bytes()
