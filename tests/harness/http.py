"""Requests that tests send to the service themselves, not through the bot."""

from functools import cache
from typing import Any

import httpx

from bot.demo.reference_service import ReferenceService
from bot.tls import tls_context

CLIENT = httpx.Client(
    trust_env=False, verify=tls_context(), timeout=60, limits=httpx.Limits(max_keepalive_connections=0)
)
"""One client for all tests: each new one reads the certificate store for 25 ms.

It keeps no connection open, because services restart on the same port.
"""


@cache
def openapi(service: ReferenceService) -> dict[str, Any]:
    """Read the service's OpenAPI document once; the service needs 70 ms of processor time to write it."""
    return dict(CLIENT.get(f"{service.url}/openapi.json").json())
