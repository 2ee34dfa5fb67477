import os
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.discord_calls import Call
from tests.fakes.discord_openapi import OPENAPI, DiscordContract

CALLBACK = "/interactions/1/token/callback"


@pytest.fixture(scope="module")
def contract() -> DiscordContract:
    return DiscordContract(Path(os.environ[OPENAPI]))


def call(method: str, path: str, body: Any) -> Call:
    return Call(method, path, {}, body, 0.0)


def choices(count: int, name: str = "a") -> dict[str, Any]:
    return {"type": 8, "data": {"choices": [{"name": name, "value": str(number)} for number in range(count)]}}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", CALLBACK, choices(25)),
        ("POST", CALLBACK, {"type": 5, "data": {"flags": 64}}),
        ("POST", "/users/@me/channels", {"recipient_id": 123456789012345678}),
        ("POST", "/channels/1/messages", {"content": "x", "allowed_mentions": {"parse": []}, "nonce": "7"}),
        ("GET", "/users/@me", None),
    ],
)
def test_what_discord_takes(contract: DiscordContract, method: str, path: str, body: Any) -> None:
    assert contract.problem(call(method, path, body)) is None


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", CALLBACK, choices(26)),
        ("POST", CALLBACK, choices(1, "x" * 101)),
        ("POST", CALLBACK, {"type": 99}),
        ("POST", CALLBACK, None),
        ("POST", "/channels/1/messages", {"content": "x" * 4001}),
        ("POST", "/nowhere", {}),
        ("PUT", "/applications/1/commands", [{"name": "x" * 33, "description": "d"}]),
    ],
)
def test_what_discord_refuses(contract: DiscordContract, method: str, path: str, body: Any) -> None:
    assert contract.problem(call(method, path, body)) is not None
