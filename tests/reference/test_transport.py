"""Reading from the socket."""

from typing import override

import httpcore

from bot.reference.transport import READ_BYTES, make_http_client

BODY = b"x" * (2 * READ_BYTES)


class Wire(httpcore.AsyncMockStream):
    """A socket that records the size of each read."""

    def __init__(self, buffer: list[bytes]) -> None:
        super().__init__(buffer)
        self.taken: list[int] = []

    @override
    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.taken.append(max_bytes)
        return await super().read(max_bytes, timeout)


async def test_a_long_page_is_read_in_large_pieces() -> None:
    async with make_http_client("http://service.test"):
        wire = Wire([f"HTTP/1.1 200 OK\r\nContent-Length: {len(BODY)}\r\n\r\n".encode(), BODY])
        async with httpcore.AsyncHTTP11Connection(httpcore.Origin(b"http", b"service.test", 80), stream=wire) as there:
            assert (await there.request("GET", "http://service.test/")).content == BODY
    assert set(wire.taken) == {READ_BYTES}
