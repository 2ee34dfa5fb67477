"""Client of AI-Horde's ``find_user``, which returns the account of a key."""

import asyncio
import json
import re
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import httpx
from pydantic import SecretStr

from bot.identity.errors import HordeUnavailableError, KeyShapeError, UnknownKeyError
from bot.identity.standing import HordeUserContext
from bot.tls import tls_context

__all__ = [
    "DEFAULT_AUTH_TIMEOUT_SECONDS",
    "KEY_HEADER",
    "HordeClient",
    "HordeUserContext",
    "auth_against_horde",
    "checked_key",
    "find_user",
    "make_horde_client",
    "ping",
]

DEFAULT_AUTH_TIMEOUT_SECONDS: Final = 10.0
"""Timeout of the whole call; the service uses the same."""

KEY_HEADER: Final = "apikey"
"""Header with the key, for AI-Horde and the service; a key is never part of a URL."""

PING_TIMEOUT_S: Final = 3.0

_KEY_SHAPE = re.compile(r"[A-Za-z0-9_-]{10,64}", re.ASCII)
_CONNECT_TIMEOUT_S = 2.0
_KEEPALIVE_S = 3.0
_MAX_AT_ONCE = 4
_MAX_BODY_BYTES = 1024 * 1024
_OK = 200
_NOT_FOUND = 404

type HordeClient = httpx.AsyncClient
"""An HTTP client made by :func:`make_horde_client`."""


def make_horde_client(base_url: str, *, transport: httpx.AsyncBaseTransport | None = None) -> HordeClient:
    """Create the client for AI-Horde; the caller closes it.

    Args:
        base_url: AI-Horde's base address, with or without its trailing slash.
        transport: another transport, for simulations.
    """
    return httpx.AsyncClient(
        base_url=base_url,
        transport=transport,
        verify=tls_context(),
        # A proxy from the environment would see keys, and a redirect would carry them to another origin.
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(DEFAULT_AUTH_TIMEOUT_SECONDS, connect=_CONNECT_TIMEOUT_S),
        limits=httpx.Limits(
            max_connections=_MAX_AT_ONCE,
            max_keepalive_connections=_MAX_AT_ONCE,
            keepalive_expiry=_KEEPALIVE_S,
        ),
    )


async def ping(client: HordeClient) -> int | None:
    """Return AI-Horde's response time in milliseconds; ``None`` without an answer."""
    started = time.monotonic()
    try:
        async with asyncio.timeout(PING_TIMEOUT_S), client.stream("GET", "v2/status/heartbeat") as response:
            is_up = response.is_success  # the body is not read, however long it is
    except (TimeoutError, httpx.HTTPError):
        return None
    return round((time.monotonic() - started) * 1000) if is_up else None


def checked_key(text: str) -> SecretStr:
    """Validate typed text as a key; surrounding blanks are dropped.

    It is validated before any other use: a line break or an invisible character in a header would make the
    HTTP library repeat the key in its error.

    Raises:
        KeyShapeError: anything but 10 to 64 of ``A-Z a-z 0-9 _ -``.
    """
    stripped = text.strip()
    if _KEY_SHAPE.fullmatch(stripped) is None:
        raise KeyShapeError
    return SecretStr(stripped)


async def auth_against_horde(
    apikey: SecretStr, client: HordeClient, *, allowed_user_ids: Collection[str] | None = None
) -> HordeUserContext | None:
    """Return the account of a key as the service does (its shared module, 3.0.0), or None.

    None does not mean that the key is invalid: AI-Horde answers an outage and a rate limit with a status too.
    :func:`find_user` tells these cases apart.

    Args:
        apikey: the key; text that cannot be a key returns None without a request.
        client: for AI-Horde.
        allowed_user_ids: None allows every account, an empty list none.

    Raises:
        HordeUnavailableError: timeout ("Auth service timed out"), or an unreadable answer ("Auth service
            unavailable").
    """
    try:
        answer = await _ask(apikey, client)
    except KeyShapeError:
        return None
    if answer.status != _OK:
        return None
    username = _username(answer)
    if "#" not in username:
        return None
    user = _context(username)
    return user if allowed_user_ids is None or user.user_id in allowed_user_ids else None


async def find_user(apikey: SecretStr, client: HordeClient) -> HordeUserContext:
    """Return the account of a key; an unknown key and an outage are different errors.

    Raises:
        KeyShapeError: the text cannot be a key; no request was made.
        UnknownKeyError: AI-Horde itself answered that no account has this key.
        HordeUnavailableError: any other failure: rate limit, error, timeout, or an answer that is not AI-Horde's.
    """
    answer = await _ask(apikey, client)
    if answer.status == _NOT_FOUND and _says_user_not_found(answer):
        raise UnknownKeyError
    if answer.status != _OK:
        raise HordeUnavailableError
    username = _username(answer)
    if "#" not in username:
        raise HordeUnavailableError
    return _context(username)


@dataclass(frozen=True, slots=True)
class _Answer:
    """AI-Horde's answer. It may repeat the key: never show it.

    ``body`` is None if it is no JSON object.
    """

    status: int
    body: dict[str, Any] | None


async def _ask(apikey: SecretStr, client: HordeClient) -> _Answer:
    key = checked_key(apikey.get_secret_value())
    # The library's errors contain the request with its headers, and so the key. None of them is passed on, not
    # even as the context of our own error, which is therefore raised after the block.
    try:
        async with asyncio.timeout(DEFAULT_AUTH_TIMEOUT_SECONDS):
            return await _request(key, client)
    except (TimeoutError, httpx.TimeoutException):
        unavailable = HordeUnavailableError(HordeUnavailableError.TIMED_OUT)
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL):
        unavailable = HordeUnavailableError()
    raise unavailable


async def _request(key: SecretStr, client: HordeClient) -> _Answer:
    # Without compression, so that a small answer cannot expand into a large one.
    headers = {KEY_HEADER: key.get_secret_value(), "accept-encoding": "identity"}
    request = client.build_request("GET", "v2/find_user", headers=headers)
    response = await client.send(request, stream=True)
    try:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > _MAX_BODY_BYTES:
                return _Answer(response.status_code, None)
    finally:
        await response.aclose()
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    return _Answer(response.status_code, parsed if isinstance(parsed, dict) else None)


def _says_user_not_found(answer: _Answer) -> bool:
    """Return whether a 404 is AI-Horde's about the key, not a web server's about the URL."""
    if answer.body is None:
        return False
    message = answer.body.get("message")
    return answer.body.get("rc") == "UserNotFound" or (
        isinstance(message, str) and message.startswith("User with api_key")
    )


def _username(answer: _Answer) -> str:
    username = answer.body.get("username") if answer.body is not None else None
    if not isinstance(username, str):
        raise HordeUnavailableError
    return username


def _context(username: str) -> HordeUserContext:
    return HordeUserContext(user_id=username.rpartition("#")[2], username=username)
