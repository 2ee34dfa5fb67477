"""Validators of single settings; their errors never contain the value."""

import json
import re
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr


def _split(value: object) -> object:
    """Split ``101,202``, or ``["101","202"]`` as in the service's own settings; drop blanks."""
    if not isinstance(value, str):
        return value
    if value.strip().startswith("["):
        try:
            parsed = json.loads(value)
        except ValueError:
            raise ValueError("is neither numbers with commas nor a JSON list") from None
        return [str(item) for item in parsed]
    return [item for item in map(str.strip, value.split(",")) if item]


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def base_url(value: str) -> str:
    """Check that keys can be sent to a URL: https, or http on loopback; only host and path."""
    try:
        parts = urlsplit(value.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is not an address") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise ValueError("is not an http(s) address")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("holds more than a host and a path")
    if parts.scheme == "http" and not _is_loopback(host):
        raise ValueError("would send people's keys unencrypted: http is for loopback alone")
    return parts.geturl()


def without_slash(url: str) -> str:
    """Remove the trailing slash; the service's routes begin with one."""
    return url.rstrip("/")


def with_slash(url: str) -> str:
    """Add a trailing slash; without it a relative path would replace the last segment."""
    return f"{url.rstrip('/')}/"


def _not_blank(value: SecretStr) -> SecretStr:
    stripped = value.get_secret_value().strip()
    if not stripped:
        raise ValueError("is empty")
    return SecretStr(stripped)


def key_shape(value: SecretStr) -> SecretStr:
    """Check that it can be an AI-Horde key: 10 to 64 of ``A-Z a-z 0-9 _ -``."""
    if re.fullmatch(r"[A-Za-z0-9_-]{10,64}", value.get_secret_value()) is None:
        raise ValueError("is not shaped like an AI-Horde key")
    return value


def token_shape(value: SecretStr) -> SecretStr:
    """Check that it can be sent in a header: 10 to 200 of ``A-Z a-z 0-9 _ . -``."""
    if re.fullmatch(r"[A-Za-z0-9_.-]{10,200}", value.get_secret_value()) is None:
        raise ValueError("is not shaped like a token")
    return value


type Secret = Annotated[SecretStr, AfterValidator(_not_blank)]
type HordeUserId = Annotated[str, Field(pattern=r"^\d+$")]
type Listed[T] = Annotated[tuple[T, ...], BeforeValidator(_split)]
