"""Discord's own OpenAPI document as judge of what the bot sends; the document itself is not ours to keep."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from tests.fakes.discord_calls import Call

OPENAPI = "CURATOR_TEST_DISCORD_OPENAPI"
"""Environment: the path of Discord's OpenAPI document, without which its tests are left out."""

_SNOWFLAKES = {"id", "recipient_id", "users", "roles", "channel_id", "guild_id", "message_id"}


class DiscordContract:
    """Discord's OpenAPI document, version 10 of the API."""

    def __init__(self, path: Path) -> None:
        self._document = json.loads(path.read_text())
        self._validators: dict[tuple[str, str], Draft202012Validator | None] = {}

    def problem(self, call: Call) -> str | None:
        """Return Discord's objection to the body of this call, ``None`` without one."""
        template = self._template(call.method, call.path)
        if template is None:
            return f"{call.method} {call.path} is not in Discord's document"
        validator = self._validator(call.method, template)
        if validator is None:
            return None if call.body is None else f"{call.method} {template} takes no body"
        error = best_match(validator.iter_errors(_as_sent(call.body)))
        if error is None:
            return None
        where = "/".join(map(str, error.absolute_path))
        return f"{call.method} {template} at {where or 'the top'}: {error.message[:300]}"

    def _template(self, method: str, path: str) -> str | None:
        segments = path.split("/")
        fitting = [
            template
            for template, item in self._document["paths"].items()
            if method.lower() in item and _fits(template.split("/"), segments)
        ]
        return min(fitting, key=lambda template: template.count("{"), default=None)

    def _validator(self, method: str, template: str) -> Draft202012Validator | None:
        key = (method, template)
        if key not in self._validators:
            operation = self._document["paths"][template][method.lower()]
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            whole = None if schema is None else {**schema, "components": self._document["components"]}
            self._validators[key] = None if whole is None else Draft202012Validator(whole)
        return self._validators[key]


def _fits(template: list[str], segments: list[str]) -> bool:
    return len(template) == len(segments) and all(
        pattern.startswith("{") or pattern == segment for pattern, segment in zip(template, segments, strict=True)
    )


def _as_sent(body: Any, name: str = "") -> Any:
    """The body with its snowflakes as strings: Discord takes integers for them, its document does not."""
    if isinstance(body, Mapping):
        return {key: _as_sent(value, key) for key, value in body.items() if not _is_component_id(body, key)}
    if isinstance(body, list):
        return [_as_sent(value, name) for value in body]
    is_number = isinstance(body, int) and not isinstance(body, bool)
    return str(body) if name in _SNOWFLAKES and is_number else body


def _is_component_id(owner: Mapping[str, Any], key: str) -> bool:
    # A component's id is a small number of the message's own, not a snowflake.
    return key == "id" and isinstance(owner.get("type"), int) and isinstance(owner[key], int)
