"""The TLS settings that all HTTP clients share."""

import ssl
from functools import cache

import httpx


@cache
def tls_context() -> ssl.SSLContext:
    """Return httpx's default context without settings from the environment.

    One for the whole process: each new context reads the certificate store again, for 25 ms.
    """
    return httpx.create_ssl_context(trust_env=False)
