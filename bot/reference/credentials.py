"""Search and replacement of credentials in addresses and texts; pure.

An access token in a download address would be published with the record.
"""

import json
import re
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

REMOVED = "REMOVED"
"""Replaces a credential's value. The parameter's name stays, so that checks still find it."""

USER_INFO = "user:password@"
"""Name of the part of an address before its host."""

_CONTAINED = (
    "token",
    "secret",
    "passw",
    "signature",
    "credential",
    "authoriz",
    "oauth",
    "session",
    "cookie",
    "expire",
    "expiry",
    "bearer",
)
"""Words in the names of parameters that authorise the owner of an address, or date it."""

_EXACT = frozenset(
    {"auth", "sig", "sign", "hmac", "jwt", "sid", "sas", "ticket", "pass", "pwd", "pin", "exp", "ttl", "policy", "hm"}
)
_ENDINGS = ("key", "keyid", "accessid", "pairid")
_STARTS = ("xamz", "xgoog", "xoss", "xms", "hdn")
"""Beginnings of the names in signed addresses of storage services."""

_COMPANIONS = frozenset(
    {"user", "username", "login", "email", "ex", "is", "se", "sp", "sv", "sr", "st", "spr", "skoid"}
)
"""Parameters that belong to a signature or a login and mean nothing without it."""

_PARAMETER = re.compile(
    r"(?P<lead>[?&;#])(?P<name>(?:amp;)?[\w.%~\[\]+-]{1,80})=(?P<value>[^&;#\s\"'<>|\\]+)", re.ASCII
)
_OF_USER = re.compile(r"(?<=//)[^/\s@?#<>\"'|]+@(?=[\w\[])")
_OF_USER_FIRST = re.compile(r"^(?P<space>\s*)(?!mailto:)[^/\s@:?#]+:[^/\s@?#]+@(?=[\w-]+\.[\w.-]+)")
_BARE = re.compile(
    r"\b(?:(?P<mark>hf_|github_pat_|gh[pousr]_|glpat-|sk-|xox[abp]-)(?:[A-Za-z0-9_-]{16,}|REMOVED)"
    r"|AKIA[0-9A-Z]{16}\b|(?<!-)eyJ[\w-]{8,}+\.eyJ[\w-]{8,}(?:\.[\w-]*)?)"
)
"""Access tokens known by their shape: Hugging Face, GitHub, GitLab, OpenAI, Slack, AWS, JSON Web Tokens.

One of the last begins no part of a longer word, or else a long text of such beginnings would be read again for each.
"""

_MARKS = ("hf_", "github_pat_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "glpat-", "sk-", "xox", "AKIA", "eyJ")
_SIGNS = ("=", "@", *_MARKS)
"""Every credential contains one of these."""
_SHORTEST = 8
_NESTED_TIMES = 2


def credential_in(text: str) -> str | None:
    """Return the name of the credential (``token``, ``user:password@``), or None."""
    if len(text) < _SHORTEST:
        return None
    if "=" not in text and "@" not in text:
        return _bare_in(text)
    if _OF_USER.search(text) or _OF_USER_FIRST.search(text):
        return USER_INFO
    for match in _PARAMETER.finditer(text):
        if _is_credential(match["name"]) or _is_nested(match["value"]):
            return unquote(match["name"]).removeprefix("amp;")
    return _bare_in(text)


def redacted_text(text: str) -> str:
    """Return the text with the value of each credential replaced."""
    if credential_in(text) is None:
        return text
    text = _OF_USER.sub(f"{REMOVED}@", text)
    text = _OF_USER_FIRST.sub(rf"\g<space>{REMOVED}:{REMOVED}@", text)
    text = _PARAMETER.sub(_redacted_parameter, text)
    return _BARE.sub(lambda match: f"{match['mark'] or ''}{REMOVED}", text)


def redacted(value: Any) -> Any:
    """Return a JSON value with the credentials replaced; the same object if it has none."""
    text = json.dumps(value)  # one search of all texts: most records have no sign of a credential
    return _redacted(value) if any(map(text.__contains__, _SIGNS)) and _is_carrier(value) else value


def without_credentials(address: str) -> str:
    """Return the address without the parts that are credentials or belong to them."""
    address = _OF_USER.sub("", address)
    address = _OF_USER_FIRST.sub(r"\g<space>", address)
    dropped = {match.span() for match in _PARAMETER.finditer(address) if _is_dropped(match)}
    for start, end in sorted(dropped, reverse=True):
        address = address[:start] + address[end:]
    address = _BARE.sub("", address)
    return re.sub(r"^([^?#]*)&", r"\1?", address).rstrip("?&#")


def _bare_in(text: str) -> str | None:
    bare = _BARE.search(text) if any(map(text.__contains__, _MARKS)) else None
    return None if bare is None else bare["mark"] or "access token"


def _is_dropped(match: re.Match[str]) -> bool:
    name = _folded(match["name"])
    is_companion = name in _COMPANIONS or name.startswith("response")
    return is_companion or _is_credential(match["name"]) or _is_nested(match["value"])


def _redacted_parameter(match: re.Match[str]) -> str:
    if _is_credential(match["name"]):
        return f"{match['lead']}{match['name']}={REMOVED}"
    return f"{match['lead']}{match['name']}=token%3D{REMOVED}" if _is_nested(match["value"]) else match[0]


@lru_cache(maxsize=1024)
def _is_credential(name: str) -> bool:
    folded = _folded(name)
    return (
        folded in _EXACT
        or folded.startswith(_STARTS)
        or folded.endswith(_ENDINGS)
        or any(word in folded for word in _CONTAINED)
    )


def _is_nested(value: str) -> bool:
    """Return whether a parameter's value is itself an address with a credential."""
    if "%" not in value and "=" not in value:
        return False
    inner = value
    for _ in range(_NESTED_TIMES):
        inner = unquote(inner)
    return any(_is_credential(match["name"]) for match in _PARAMETER.finditer(f"?{inner}")) or bool(
        _OF_USER.search(inner)
    )


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", unquote(name).casefold().removeprefix("amp;"))


def _is_carrier(value: Any) -> bool:
    if isinstance(value, str):
        return credential_in(value) is not None
    if isinstance(value, dict):
        return any(map(_is_carrier, value)) or any(map(_is_carrier, value.values()))
    return isinstance(value, list) and any(map(_is_carrier, value))


def _redacted(value: Any) -> Any:
    match value:
        case str():
            return redacted_text(value)
        case dict():
            return {_redacted(key): _redacted(item) for key, item in value.items()}
        case list():
            return [_redacted(item) for item in value]
        case _:
            return value
