"""A packed or plain file to a stream of bytes, which raises where the file is damaged or breaks off.

Between :mod:`misplaced.apps.scan.storage` and the lines of :mod:`misplaced.apps.scan.chunks`.
"""

from __future__ import annotations

import gzip
import io
from typing import IO, TYPE_CHECKING, cast

from misplaced.errors import MissingExtraError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: Bytes that are unpacked at once: a few may stand for many thousand times as many.
_PIECE = 1 << 12


def unpacked(raw: IO[bytes], packed: str | None) -> io.BufferedReader:
    """Return a stream of the bytes that `raw` holds.

    Parameters
    ----------
    raw : binary file
    packed : {"gz", "zst"} or None

    Raises
    ------
    MissingExtraError
        For ``zst`` without zstandard.
    """
    if packed == "gz":
        return io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=raw, mode="rb")))
    if packed == "zst":
        return io.BufferedReader(_Zstandard(raw))
    return io.BufferedReader(cast("io.RawIOBase", raw))


class _Zstandard(io.RawIOBase):
    """Reads frames one after the other. The package's own reader takes a file that breaks off for its end."""

    def __init__(self, raw: IO[bytes]) -> None:
        try:
            import zstandard
        except ModuleNotFoundError:
            raise MissingExtraError("zstandard", "scan") from None
        self._raw = raw
        self._decompressor = zstandard.ZstdDecompressor()
        self._frame = self._decompressor.decompressobj()
        self._within = False
        self._input = b""
        self._output = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        while not self._output:
            if not self._input:
                self._input = self._raw.read(_PIECE)
            if not self._input:
                if self._within:
                    raise EOFError("the file breaks off in the middle of a frame")
                return 0
            self._unpack()
        view = memoryview(buffer).cast("B")
        count = min(len(view), len(self._output))
        view[:count] = self._output[:count]
        self._output = self._output[count:]
        return count

    def _unpack(self) -> None:
        self._output = memoryview(self._frame.decompress(self._input))
        self._within = not self._frame.eof
        self._input = b""
        if self._frame.eof:
            self._input = self._frame.unused_data
            self._frame = self._decompressor.decompressobj()
