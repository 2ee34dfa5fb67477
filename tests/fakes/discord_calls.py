"""Requests to the loopback Discord, and faults to inject into them."""

import asyncio
import fnmatch
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One REST request as it arrived; ``arrived`` in seconds of ``time.perf_counter``."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    arrived: float
    files: tuple[str, ...] = ()


@dataclass(slots=True)
class Fault:
    """Fault to inject into requests that match, and how often.

    Attributes:
        method: HTTP method, or ``*``.
        pattern: shell pattern of the path below ``/api/v10``.
        status: the status to answer, 0 to reset the connection instead.
        body: JSON to answer.
        headers: headers to answer beside it.
        times: how many requests are hit.
        is_after: whether Discord did what was asked before it went wrong.
    """

    method: str
    pattern: str
    status: int = 0
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    times: int = 1
    is_after: bool = False

    def hits(self, call: Call) -> bool:
        """Return whether this request gets the fault."""
        return self.times > 0 and self.method in ("*", call.method) and fnmatch.fnmatch(call.path, self.pattern)


def rate_limit(method: str, pattern: str, *, retry_after_s: float, times: int = 1) -> Fault:
    """A 429 as Discord itself sends it (with ``Via``; without, discord.py takes it for Cloudflare's)."""
    body = {"message": "You are being rate limited.", "retry_after": retry_after_s, "global": False}
    return Fault(method, pattern, 429, body, {"Via": "1.1 loopback"}, times)


def reset(transport: asyncio.BaseTransport | None) -> None:
    """End a connection with RST, as a dying host does, instead of an orderly FIN."""
    if isinstance(transport, asyncio.Transport):
        wire: socket.socket = transport.get_extra_info("socket")
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
