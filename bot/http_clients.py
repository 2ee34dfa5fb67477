"""How HTTP clients are built: the settings that all of them share."""

import ssl
from functools import cache
from typing import Final

import httpx

MAX_CONCURRENT_REQUESTS: Final = 4
"""Connections to one host; more at once make a client slower."""

KEEPALIVE_S: Final = 3.0
"""Lifetime of an idle connection, shorter than the servers' (uvicorn: five seconds)."""


@cache
def tls_context() -> ssl.SSLContext:
    """Return httpx's default context without settings from the environment.

    One for the whole process: each new context reads the certificate store again, for 25 ms.
    """
    return httpx.create_ssl_context(trust_env=False)


def make_http_client(
    base_url: str,
    *,
    timeout: httpx.Timeout,
    headers: dict[str, str] | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> httpx.AsyncClient:
    """Build the client of one host; the caller closes it.

    Args:
        base_url: the host's address; may have a path.
        timeout: for requests without a timeout of their own.
        headers: of every request.
        transport: replaces the network.
    """
    return httpx.AsyncClient(
        base_url=base_url,
        transport=transport,
        verify=tls_context(),
        trust_env=False,  # a proxy from the environment would see keys
        follow_redirects=False,  # a redirect would carry a custom header, such as the key's, to another origin
        headers=headers,
        timeout=timeout,
        limits=httpx.Limits(
            max_connections=MAX_CONCURRENT_REQUESTS,
            max_keepalive_connections=MAX_CONCURRENT_REQUESTS,
            keepalive_expiry=KEEPALIVE_S,
        ),
    )
