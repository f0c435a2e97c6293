"""The metadata block that static site generators put before a Markdown text.

Split off by :mod:`misplaced.markdown` before the text is parsed; all that is wanted from it is the
article's title.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass

from misplaced.document import fold

_LINE_END = r"(?:\r\n?|\n)"
_LINE_START = r"(?:^|(?<=\r))"
_YAML = re.compile(
    rf"\ufeff?---[ \t]*{_LINE_END}(?P<body>.*?){_LINE_START}(?:---|\.\.\.)[ \t]*(?:{_LINE_END}|\Z)",
    re.S | re.M,
)
_TOML = re.compile(
    rf"\ufeff?\+\+\+[ \t]*{_LINE_END}(?P<body>.*?){_LINE_START}\+\+\+[ \t]*(?:{_LINE_END}|\Z)", re.S | re.M
)
# A text may also begin with a thematic break: YAML front matter begins with a key. No key is long,
# and the bound keeps a line of a million characters from being tried at every one of them.
_YAML_KEY = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*[\"']?[\w.-][\w .-]{0,80}[\"']?:(?:\s|\Z)")
_YAML_TITLE = re.compile(
    r"^[\"']?title[\"']?[ \t]*:[ \t]*(?P<first>[^\n]*)(?P<more>(?:\n[ \t]+[^\n]*|\n(?=\n))*)", re.M
)
_SINGLE_QUOTED = re.compile(r"'((?:[^']|'')*)'")
_COMMENT = re.compile(r"(?:^|\s)#.*")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Where the text behind the front matter starts, and the title it names.

    Attributes
    ----------
    end : int
        Offset of the first character after the block; 0 where there is none.
    title : str or None
        On one line.
    """

    end: int = 0
    title: str | None = None


def split_front_matter(text: str) -> FrontMatter:
    """Find the YAML (``---``) or TOML (``+++``) front matter that `text` begins with.

    Parameters
    ----------
    text : str

    Returns
    -------
    FrontMatter
        ``FrontMatter(0, None)`` where there is none or it is not closed.
    """
    if match := _YAML.match(text):
        body = _unix(match["body"])
        if not body.strip() or _YAML_KEY.match(body):
            return FrontMatter(match.end(), _yaml_title(body))
    elif match := _TOML.match(text):
        return FrontMatter(match.end(), _toml_title(_unix(match["body"])))
    return FrontMatter()


def _unix(body: str) -> str:
    return body.replace("\r\n", "\n").replace("\r", "\n")


def _toml_title(body: str) -> str | None:
    try:
        title = tomllib.loads(body).get("title")
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    return fold(title) or None if isinstance(title, str) else None


def _yaml_title(body: str) -> str | None:
    """Read the one top-level key that is wanted: plain, quoted, or a block scalar."""
    match = _YAML_TITLE.search(body)
    if match is None:
        return None
    first, more = match["first"].strip(), match["more"]
    if first[:1] in (">", "|"):
        return fold(more) or None
    scalar = fold(f"{first} {more}")
    if scalar[:1] == '"':
        return fold(_double_quoted(scalar)) or None
    if quoted := _SINGLE_QUOTED.match(scalar):
        return fold(quoted[1].replace("''", "'")) or None
    return fold(_COMMENT.sub("", scalar)) or None


def _double_quoted(scalar: str) -> str:
    try:
        title, _ = json.JSONDecoder().raw_decode(scalar)
    except ValueError:
        return scalar.strip('"')
    return str(title)
