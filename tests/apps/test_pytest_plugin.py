"""The pytest plugin in runs of the real pytest, each in a process of its own."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

EXAMPLES = Path(__file__).parents[2] / "examples"
PAGE = "docs/how-to/pytest.md"


@pytest.fixture
def suite(pytester, monkeypatch):
    """A project with two articles beside its tests; the processes start without options of this one."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "")
    folder = pytester.mkdir("articles")
    for name in ("news.txt", "longread.txt"):
        shutil.copy(EXAMPLES / name, folder)
    pytester.mkdir("tests")
    pytester.path.joinpath("tests/test_nothing.py").write_text("def test_nothing(): pass\n", encoding="utf-8")
    pytester.makepyprojecttoml(
        """
        [tool.pytest.ini_options]
        testpaths = ["tests"]
        misplaced_files = ["articles/*.txt"]
        """
    )
    return pytester


def run(suite, *arguments):
    return suite.runpytest_subprocess("-p", "no:cacheprovider", *arguments)


def test_plugin_costs_nothing_where_it_is_not_used(suite):
    suite.path.joinpath("tests/test_nothing.py").write_text(
        "import sys\n"
        "def test_nothing():\n"
        "    heavy = {'numpy', 'onnxruntime', 'sklearn', 'tokenizers', 'typer', 'rich', 'markdown_it'}\n"
        "    assert not heavy & set(sys.modules)\n"
        "    assert 'misplaced.apps.pytest_plugin' in sys.modules\n"
        "    assert not [name for name in sys.modules if name.startswith('misplaced.features')]\n",
        encoding="utf-8",
    )
    run(suite).assert_outcomes(passed=1)


def test_assertion_tells_place_words_and_reasons(suite):
    suite.makepyfile(
        """
        from pathlib import Path

        def test_path(assert_coherent):
            assert_coherent(Path("articles/news.txt"))

        def test_text(assert_coherent):
            assert_coherent(Path("articles/news.txt").read_text(encoding="utf-8"), threshold=0.99)

        def test_good(assert_coherent):
            assert_coherent("articles/longread.txt")
            assert_coherent(["Only one paragraph."], title="Too short to judge")

        def test_mistyped(assert_coherent):
            assert_coherent("articles/new.txt")
        """
    )
    result = run(suite, "test_assertion_tells_place_words_and_reasons.py")
    result.assert_outcomes(passed=1, failed=3)
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: 2 of 14 paragraphs do not belong (threshold *",
            "E*articles/news.txt:15 paragraph 6  off_topic  coherence 0.*",
            "E*Town Bakery Wins National Rye Prize for Third Year*",
            "E*- similarity to the rest of the article *",
            "E*articles/news.txt:30 paragraph 13  boilerplate*",
            "E*AssertionError: 1 of 14 paragraphs does not belong (threshold 0.99)",
            "E*UnreadableError: articles/new.txt: no such file or folder; check the path",
        ]
    )
    assert "def _documents" not in result.stdout.str()


def test_files_become_items_beside_the_tests(suite):
    assert run(suite).parseoutcomes() == {"passed": 1}
    result = run(suite, "--misplaced", "-v")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "tests/test_nothing.py::test_nothing PASSED*",
            "articles/longread.txt::misplaced PASSED*",
            "articles/news.txt::misplaced FAILED*",
            "*[[]misplaced[]] articles/news.txt*",
            "2 of 14 paragraphs do not belong (threshold *)",
            'articles/news.txt:15:1: off_topic 0.* "Town Bakery Wins*" (*)',
            'articles/news.txt:30:1: boilerplate 0.* "More Top Stories" (*)',
        ]
    )
    assert "Traceback" not in result.stdout.str()
    run(suite, "--misplaced", "-m", "not misplaced", "--strict-markers").assert_outcomes(
        passed=1, deselected=2
    )


def test_named_files_and_folders_narrow_the_run(suite):
    run(suite, "--misplaced", "articles/longread.txt").assert_outcomes(passed=1)
    run(suite, "--misplaced", "articles/news.txt::misplaced").assert_outcomes(failed=1)
    everything = run(suite, "--misplaced", ".", "--collect-only", "-q")
    everything.stdout.fnmatch_lines(["articles/news.txt::misplaced", "3 tests collected*"])
    run(suite, "--misplaced", "-o", "misplaced_files=", "articles/longread.txt").assert_outcomes(passed=1)


def test_settings_of_the_configuration_file(suite):
    suite.makepyfile(
        """
        def test_article(assert_coherent):
            assert_coherent("articles/news.txt")
        """
    )
    strict = ("-o", "misplaced_threshold=1")
    run(
        suite, "--misplaced", *strict, "articles", "test_settings_of_the_configuration_file.py"
    ).assert_outcomes(passed=3)
    result = run(suite, "--misplaced", "-o", "misplaced_model=nowhere", "articles/news.txt")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["error: *nowhere: *"])


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("misplaced_threshold=2", "misplaced_threshold: threshold 2.0 is out of range*"),
        ("misplaced_threshold=high", "misplaced_threshold: could not convert*"),
        ("misplaced_level=word", "misplaced_level: 'word' is neither paragraph nor sentence"),
        (
            "misplaced_files=docs/*.md",
            "misplaced_files: *docs/*.md: no file matches the pattern; check the path",
        ),
        ("misplaced_files=", "--misplaced: no articles are named; set misplaced_files*"),
    ],
)
def test_unusable_settings_are_told_in_a_line(suite, option, told):
    result = run(suite, "--misplaced", "-o", option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {told}"])
    assert "Traceback" not in result.stderr.str()


def test_what_cannot_be_read_fails_alone(suite):
    record = {
        "title": "Road closed",
        "text": "Mill Road is closed.\n\nThe bus stops at the church.\n\nSubscribe to our newsletter now!",
    }
    lines = ["{broken", json.dumps(record)]
    suite.path.joinpath("articles/batch.jsonl").write_text("\n".join(lines), encoding="utf-8")
    suite.path.joinpath("articles/image.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00")
    files = "misplaced_files=articles"
    result = run(suite, "--misplaced", "-o", files)
    result.assert_outcomes(passed=2, failed=3)
    result.stdout.fnmatch_lines(
        [
            "error: articles/batch.jsonl:1: *",
            "articles/batch.jsonl:2:1: boilerplate *",
            "*[[]misplaced[]] articles/image.txt*",
            "error: articles/image.txt: *",
        ]
    )


def test_articles_cannot_steer_the_terminal(suite):
    news = suite.path / "articles/news.txt"
    steering = "More \x1b]0;owned\x07\x1b[2J Top Stories"
    news.write_text(news.read_text(encoding="utf-8").replace("More Top Stories", steering), encoding="utf-8")
    suite.makepyfile(
        """
        def test_article(assert_coherent):
            assert_coherent("articles/news.txt")
        """
    )
    result = run(suite, "--misplaced", "articles/news.txt", "test_articles_cannot_steer_the_terminal.py")
    result.assert_outcomes(failed=2)
    out = result.stdout.str()
    assert "\x1b" not in out
    assert "\x07" not in out
    assert r"\x1b]0;owned" in out


def test_several_processes_find_the_same(suite):
    pytest.importorskip("xdist")
    run(suite, "--misplaced", "-n", "2").assert_outcomes(passed=2, failed=1)


def test_page_does_what_it_shows(suite, blocks):
    (module,) = blocks(PAGE, "file: test_pages.py")
    suite.path.joinpath("tests/test_pages.py").write_text(module, encoding="utf-8")
    (configuration,) = blocks(PAGE, "file: pyproject.toml")
    suite.path.joinpath("pyproject.toml").write_text(configuration, encoding="utf-8")
    docs = suite.mkdir("docs")
    shutil.copy(EXAMPLES / "blog.md", docs)
    result = run(suite, "--misplaced", "--deselect", "docs/blog.md::misplaced")
    result.assert_outcomes(passed=3, failed=2, deselected=1)
    (assertion,) = blocks(PAGE, "output: pytest")
    (item,) = blocks(PAGE, "output: pytest --misplaced articles/news.txt")
    real = {simplified(line) for line in result.stdout.lines}
    for line in (assertion + item).splitlines():
        assert simplified(line) in real, line


def simplified(line):
    """A line without the numbers that a processor's rounding moves and without its rulers."""
    return re.sub(r"_{3,}", "_", re.sub(r"-?\d+\.\d+|\d+(?=%)", "#", line)).strip()
