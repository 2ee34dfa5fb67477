"""An answer's bytes, decompressed no further than they are wanted."""

import zlib

START_BYTES = 512
"""Kept of an answer over the size limit, to tell where it begins."""

_GZIP_WINDOW = 16 + zlib.MAX_WBITS


class BodyTooLargeError(Exception):
    """An answer over the size limit; ``start`` holds its first bytes."""

    def __init__(self, start: bytes) -> None:
        super().__init__()
        self.start = start


class BodyEncodingError(Exception):
    """The answer is not encoded as it says, or in a way that was not asked for."""


class BodyReader:
    """Gather an answer chunk by chunk; at no time does more than the limit and one chunk lie in memory.

    The HTTP library would decompress a chunk whole, and a thousandth of the bytes on the wire is enough to
    hide what it becomes.
    """

    def __init__(self, *, content_encoding: str, max_bytes: int) -> None:
        match content_encoding.strip().lower():
            case "" | "identity":
                self._inflate = None
            case "gzip":
                self._inflate = zlib.decompressobj(_GZIP_WINDOW)
            case _:
                raise BodyEncodingError
        self._max_bytes = max_bytes
        self._chunks: list[bytes] = []
        self._length = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next chunk as it came over the wire.

        Raises:
            BodyTooLargeError: The limit is passed; read no further.
            BodyEncodingError: Not gzip, though it says so.
        """
        if self._inflate is not None:
            try:
                chunk = self._inflate.decompress(chunk, self._max_bytes - self._length + 1)
            except zlib.error as error:
                raise BodyEncodingError from error
        self._length += len(chunk)
        if self._length > self._max_bytes:
            raise BodyTooLargeError((self._chunks[0] if self._chunks else chunk)[:START_BYTES])
        self._chunks.append(chunk)

    def finish(self) -> bytes:
        """Give the whole answer.

        Raises:
            BodyEncodingError: The compressed stream has no end.
        """
        if self._inflate is not None and self._chunks and not self._inflate.eof:
            raise BodyEncodingError
        return b"".join(self._chunks)
