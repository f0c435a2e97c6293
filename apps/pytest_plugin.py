"""The pytest plugin: the fixture ``assert_coherent``, and articles as test items with ``--misplaced``.

pytest imports this module at every start, in projects that never judge an article too: everything
that takes time is imported where it is needed.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from misplaced.document import Document
    from misplaced.report import Report

#: Options of the configuration file.
FILES, THRESHOLD, LEVEL, MODEL = (
    "misplaced_files",
    "misplaced_threshold",
    "misplaced_level",
    "misplaced_model",
)

#: The files to check, found once.
_FOUND = pytest.StashKey[frozenset[str]]()
#: Keyword arguments of :func:`misplaced.apps.testing.assert_coherent` from the configuration file.
_SETTINGS = pytest.StashKey[dict[str, Any]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--misplaced`` and the options of the configuration file."""
    group = parser.getgroup("misplaced", "articles (misplaced)")
    group.addoption(
        "--misplaced",
        action="store_true",
        help="check that nothing in the articles named by misplaced_files is misplaced, a test item a file",
    )
    parser.addini(FILES, "articles to check with --misplaced: files, folders or patterns", "args", [])
    parser.addini(THRESHOLD, "flag where 1 - coherence reaches this (0..1); default: the model's")
    parser.addini(LEVEL, "paragraph or sentence: what is judged", default="paragraph")
    parser.addini(MODEL, "model folder, from where the configuration file is; default: the bundled model")


def pytest_configure(config: pytest.Config) -> None:
    """Read the options, and find the articles where they are asked for."""
    config.addinivalue_line("markers", "misplaced: an article that is checked with --misplaced")
    config.stash[_SETTINGS] = _settings(config)
    config.stash[_FOUND] = frozenset()
    if not config.getoption("misplaced"):
        return
    found = _find(config)
    config.stash[_FOUND] = frozenset(map(os.path.realpath, found))
    if config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        # Articles seldom lie among the tests: a run of everything includes them all the same.
        folders = [os.path.realpath(config.rootpath / name) for name in config.args]
        config.args += [path for path in found if not _is_below(os.path.realpath(path), folders)]


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Take the articles of ``misplaced_files``, and those that are named on the command line."""
    collectors = yield
    config = parent.config
    if not config.getoption("misplaced"):
        return collectors
    named = parent.session.isinitpath(file_path) and _is_article(file_path)
    if not named and os.path.realpath(file_path) not in config.stash[_FOUND]:
        return collectors
    if not config.getoption("doctestglob", None):
        # pytest takes every .txt file that is named for a doctest; nobody has asked for that here.
        collectors = [c for c in collectors if type(c).__module__ != "_pytest.doctest"]
    collector: pytest.Collector = ArticleFile.from_parent(parent, path=file_path)
    return [*collectors, collector]


@pytest.fixture(scope="session")
def assert_coherent(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Fail if something in an article does not belong; the model is loaded once.

    :func:`misplaced.apps.testing.assert_coherent` with the threshold, level and model of the
    configuration file as defaults.
    """
    from misplaced.apps.testing import assert_coherent

    settings: dict[str, Any] = request.config.stash[_SETTINGS]
    return partial(assert_coherent, **settings)


class ArticleFile(pytest.File):
    """A file that holds an article, or one a line."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the one test of the file."""
        item: ArticleItem = ArticleItem.from_parent(self, name="misplaced")
        yield item


class ArticleItem(pytest.Item):
    """The test that nothing in a file is misplaced."""

    def __init__(self, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.add_marker("misplaced")

    def runtest(self) -> None:
        """Judge every article of the file."""
        from misplaced.apps.sharing import judged, shared_detector

        settings: dict[str, Any] = self.config.stash[_SETTINGS].copy()
        documents, errors = self._documents()
        detector = shared_detector(settings.pop("model"))
        reports = list(judged(documents, detector, **settings))
        lines = [*(f"error: {error}" for error in errors), *_concise(reports)]
        if lines:
            raise ArticleFailure("\n".join(lines))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show findings, and errors raised on purpose, without a traceback."""
        from misplaced.errors import MisplacedError

        if isinstance(excinfo.value, ArticleFailure):
            return str(excinfo.value)
        if isinstance(excinfo.value, MisplacedError):
            return f"error: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Return where the test is and what to call it."""
        return self.path, None, f"[misplaced] {self._shown()}"

    def _documents(self) -> tuple[list[Document], list[str]]:
        """The file's documents, under the name that reports show, and what could not be read."""
        from dataclasses import replace

        from misplaced.errors import MisplacedError
        from misplaced.reading import read

        shown = self._shown()
        documents: list[Document] = []
        errors: list[str] = []
        for found in read(str(self.path)):
            if isinstance(found, MisplacedError):
                errors.append(str(found).replace(str(self.path), shown))
            else:
                documents.append(replace(found, path=shown))
        return documents, errors

    def _shown(self) -> str:
        """The file as it can be named where pytest was started."""
        try:
            return os.path.relpath(self.path, self.config.invocation_params.dir)
        except ValueError:  # on another drive
            return str(self.path)


class ArticleFailure(Exception):  # noqa: N818 - what pytest shows of it is a failure, not an error
    """Something in an article does not belong, or could not be read; says what, one a line."""


def _settings(config: pytest.Config) -> dict[str, Any]:
    level, model = config.getini(LEVEL), config.getini(MODEL)
    if level not in ("paragraph", "sentence"):
        raise pytest.UsageError(f"{LEVEL}: {level!r} is neither paragraph nor sentence")
    return {
        "threshold": _threshold(config.getini(THRESHOLD)),
        "level": level,
        "model": str(_base(config) / model) if model else None,
    }


def _threshold(text: str) -> float | None:
    if not text:
        return None
    from misplaced.errors import UsageError
    from misplaced.report import check_threshold

    try:
        check_threshold(float(text))
    except (UsageError, ValueError) as error:
        raise pytest.UsageError(f"{THRESHOLD}: {error}") from None
    return float(text)


def _base(config: pytest.Config) -> Path:
    """The folder that names in the configuration file start from."""
    return config.rootpath if config.inipath is None else config.inipath.parent


def _find(config: pytest.Config) -> list[str]:
    """Find the articles that the configuration file names."""
    import glob

    from misplaced.inputs import expand

    patterns: list[str] = config.getini(FILES)
    base = glob.escape(str(_base(config)))
    found = []
    for path in expand(os.path.join(base, pattern) for pattern in patterns):  # noqa: PTH118
        if not isinstance(path, str):
            raise pytest.UsageError(f"{FILES}: {path}")
        found.append(path)
    if not patterns and not any(_is_article(argument) for argument in config.args):
        raise pytest.UsageError(f"--misplaced: no articles are named; set {FILES} = docs/*.md, or name files")
    return found


def _is_article(path: str | Path) -> bool:
    from misplaced.inputs import SUFFIXES

    return str(path).lower().endswith(SUFFIXES)


def _is_below(path: str, folders: list[str]) -> bool:
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)


def _concise(reports: list[Report]) -> list[str]:
    """Findings as the concise format shows them, under a line that sums them up."""
    import io

    from misplaced.apps.reporters.concise import ConciseReporter
    from misplaced.apps.testing import flagged, headline

    line = headline(reports)
    if line is None:
        return []
    out = io.StringIO()
    reporter = ConciseReporter(out)
    for report in flagged(reports):
        reporter.report(report)
    return [line, *out.getvalue().splitlines()]
