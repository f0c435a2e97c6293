"""Bytes to text and back without losing one: the first step of reading a file, and the last of fixing it.

UTF-8 is the rule; a byte order mark or a plain NUL pattern makes it UTF-16; everything else that
still looks like text is read as windows-1252, with a warning. Line endings are never touched.
"""

from __future__ import annotations

from dataclasses import dataclass

from misplaced.errors import BinaryError

#: The encoding of last resort, as the WHATWG Encoding Standard defines it: the five bytes that
#: windows-1252 leaves undefined are read as latin-1.
FALLBACK = "windows-1252"

# UTF-32 first: its little-endian mark begins with the one of UTF-16.
_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)

_EXTRACT = "extract its text first"
_UNPACK = "unpack it first"
_MAGIC = (
    (b"%PDF-", "a PDF", _EXTRACT),
    (b"%!PS", "PostScript", _EXTRACT),
    (b"{\\rtf", "a rich text (RTF) document", "save it as plain text"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document", "save it as plain text"),
    (b"PK\x03\x04", "a zip archive or an Office document", "unpack it or save it as plain text"),
    (b"PK\x05\x06", "an empty zip archive", "name a text file"),
    (b"\x1f\x8b", "gzip data", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "zstd data", _UNPACK),
    (b"\xfd7zXZ\x00", "xz data", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"\x89PNG\r\n\x1a\n", "a PNG image", "name a text file"),
    (b"\xff\xd8\xff", "a JPEG image", "name a text file"),
    (b"GIF87a", "a GIF image", "name a text file"),
    (b"GIF89a", "a GIF image", "name a text file"),
    (b"\x7fELF", "a program", "name a text file"),
    (b"SQLite format 3\x00", "a database", "export its texts to .jsonl"),
    (b"PAR1", "a Parquet file", "export its texts to .jsonl"),
)

_SAMPLE = 1 << 16
# In UTF-16 text of a Latin script nearly every other byte is NUL; a third leaves room for the
# quotes, dashes and foreign letters in it. No other text has that, so the guess is safe.
_WIDE_SHARE = 1 / 3
# In fewer characters a NUL or two prove nothing.
_WIDE_UNITS = 8
# Backspace and escape are left out: terminal captures and overstruck manual pages are text.
_CONTROLS = "".join(chr(code) for code in range(1, 32) if chr(code) not in "\b\t\n\v\f\r\x1b")
_CONTROL_SHARE = 0.05

_TO_1252 = {
    byte: character
    for byte in range(0x80, 0xA0)
    if (character := bytes([byte]).decode("cp1252", errors="ignore"))
}
_FROM_1252 = {ord(character): byte for byte, character in _TO_1252.items()}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text and how to turn it back into the same bytes.

    Attributes
    ----------
    text : str
        Without the byte order mark; line endings as they are in the file.
    encoding : str
        ``utf-8``, ``utf-16-le``, ``utf-16-be``, ``utf-32-le``, ``utf-32-be`` or ``windows-1252``.
    bom : bytes
        The byte order mark, empty where the file has none.
    warning : str or None
        Set when the encoding was assumed: one line that names the file and the fallback.
    """

    text: str
    encoding: str
    bom: bytes = b""
    warning: str | None = None

    def encode(self, text: str) -> bytes:
        """Turn `text`, made from :attr:`text` by removing characters, into the bytes of the file.

        Parameters
        ----------
        text : str

        Returns
        -------
        bytes
            With the byte order mark; ``encode(self.text)`` is what was decoded.
        """
        if self.encoding == FALLBACK:
            return self.bom + text.translate(_FROM_1252).encode("latin-1")
        return self.bom + text.encode(self.encoding)


def decode(data: bytes, name: str) -> Decoded:
    """Decode the bytes of a text file.

    Parameters
    ----------
    data : bytes
    name : str
        The file, for messages.

    Returns
    -------
    Decoded

    Raises
    ------
    BinaryError
        If the bytes are not text: a known binary format, NUL bytes, many control characters, or a
        UTF-16 or UTF-32 file that breaks off in the middle of a character.
    """
    _refuse_magic(data, name)
    bom, declared = _byte_order_mark(data)
    encoding = declared or _wide_without_mark(data)
    body = data[len(bom) :]
    if encoding is not None and encoding != "utf-8":
        decoded = _decode_wide(body, encoding, bom, name)
    else:
        decoded = _decode_narrow(body, bom, name)
    _refuse_controls(decoded.text, name)
    return decoded


def is_wide(head: bytes) -> bool:
    """Whether a file that begins with `head` is UTF-16 or UTF-32, so that lines do not end at a byte."""
    declared = _byte_order_mark(head)[1] or _wide_without_mark(head)
    return declared is not None and declared != "utf-8"


def _byte_order_mark(data: bytes) -> tuple[bytes, str | None]:
    return next(((bom, encoding) for bom, encoding in _BOMS if data.startswith(bom)), (b"", None))


def _wide_without_mark(data: bytes) -> str | None:
    sample = data[:_SAMPLE]
    units = len(sample) // 2
    if units < _WIDE_UNITS:
        return None
    high, low = sample[0::2].count(0), sample[1::2].count(0)
    if low >= units * _WIDE_SHARE and high == 0:
        return "utf-16-le"
    if high >= units * _WIDE_SHARE and low == 0:
        return "utf-16-be"
    return None


def _decode_wide(body: bytes, encoding: str, bom: bytes, name: str) -> Decoded:
    try:
        return Decoded(body.decode(encoding), encoding, bom)
    except UnicodeDecodeError as error:
        label = encoding.rsplit("-", 1)[0].upper()
        raise BinaryError(
            f"looks like {label} but is broken at byte {len(bom) + error.start}",
            where=name,
            hint="save it as UTF-8",
        ) from None


def _decode_narrow(body: bytes, bom: bytes, name: str) -> Decoded:
    if b"\x00" in body:
        raise BinaryError("is not text: it contains NUL bytes", where=name, hint="name a text file")
    try:
        return Decoded(body.decode("utf-8"), "utf-8", bom)
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        warning = (
            f"{name}: not valid UTF-8 (byte 0x{body[error.start]:02x} on line {line}), "
            f"read as {FALLBACK}; convert it to UTF-8 if characters look wrong"
        )
    return Decoded(body.decode("latin-1").translate(_TO_1252), FALLBACK, bom, warning)


def _refuse_magic(data: bytes, name: str) -> None:
    for magic, what, hint in _MAGIC:
        if data.startswith(magic):
            raise BinaryError(f"is not text but {what}", where=name, hint=hint)


def _refuse_controls(text: str, name: str) -> None:
    if "\x00" in text:
        raise BinaryError("is not text: it contains NUL characters", where=name, hint="name a text file")
    sample = text[:_SAMPLE]
    controls = sum(sample.count(control) for control in _CONTROLS)
    if controls > max(1, len(sample) * _CONTROL_SHARE):
        raise BinaryError(
            f"is not text: {controls} of its first {len(sample)} characters are control characters",
            where=name,
            hint="name a text file",
        )
