"""Article text made safe to show: control characters and text-direction overrides become visible.

Between the report and every reporter, and between a file name and every message: what an article
or a file name contains must never steer the terminal of the person who reads about it, nor the
system that keeps the log.
"""

from __future__ import annotations

import re
import sys
from typing import TextIO

# C0 controls, DEL and C1 controls steer terminals; the Bidi_Control characters of Unicode 15 (UAX #9)
# reorder what is shown; U+2028/2029 break lines in some readers; lone surrogates cannot be encoded;
# XML cannot hold U+FFFE/FFFF.
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_OTHER = f"\x7f-\x9f{_BIDI}\u2028\u2029\ud800-\udfff\ufffe\uffff"
# Anywhere in a line of a log, these are commands to GitHub, Azure Pipelines and TeamCity.
_COMMAND = r"#(?=#(?:|(?i:vso)|teamcity)\[)"
_UNSAFE = re.compile(f"[\x00-\x1f{_OTHER}]|{_COMMAND}")
_UNSAFE_BUT_LAYOUT = re.compile(f"[\x00-\x08\x0b-\x1f{_OTHER}]|{_COMMAND}")
#: What begins a workflow command of GitHub, at the start of a line.
_WORKFLOW_COMMAND = "::"


def escape(text: str) -> str:
    r"""Write every unsafe character as its escape (``\x1b``, ``\u202e``), line breaks included.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        One line without control characters, bidirectional controls and lone surrogates, which is no
        command to a system that reads it in a log (``##[error]``, ``::error::``).
    """
    return escape_command(_UNSAFE.sub(_visible, text))


def escape_command(line: str) -> str:
    r"""Write the first colon of a line that GitHub would take for a workflow command as ``\x3a``.

    Parameters
    ----------
    line : str
        As it is written; white space before the command counts as nothing.
    """
    command = line.lstrip()
    if not command.startswith(_WORKFLOW_COMMAND):
        return line
    return line[: len(line) - len(command)] + "\\x3a" + command[1:]


def escape_keeping_layout(text: str) -> str:
    """Like :func:`escape`, but line feeds and tabs stay, as a diff needs them."""
    return _UNSAFE_BUT_LAYOUT.sub(_visible, text)


def escape_json(encoded: str) -> str:
    r"""Write the unsafe characters of a JSON text as ``\uXXXX``, which means the same to a parser.

    Parameters
    ----------
    encoded : str
        Made without indentation, so that what is unsafe can stand inside strings only.

    Returns
    -------
    str
        JSON of the same value that can be encoded as UTF-8 and stays on one line.
    """
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", encoded)


def tolerate_unencodable(stream: TextIO, *, encoding: str | None = None) -> None:
    """Make a stream of the process write escapes, not fail, where its encoding lacks a character.

    Parameters
    ----------
    stream : TextIO
        Streams that cannot be reconfigured (replaced by a test, say) are left as they are.
    encoding : str, optional
        Also switch to this encoding.
    """
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace", **({"encoding": encoding} if encoding else {}))


def message(line: str) -> None:
    """Write one escaped line to standard error; nowhere if that is closed."""
    if sys.stderr is None:
        return
    tolerate_unencodable(sys.stderr)
    sys.stderr.write(escape(line) + "\n")
    sys.stderr.flush()


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"
