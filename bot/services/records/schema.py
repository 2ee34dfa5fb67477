"""Validation of a record against the running service's own JSON schema, before it is sent."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.reference.models import CanonicalFormat
from bot.reference.records import to_payload
from bot.reference.routes import schema_paths, shared_schema_path, v1_prefix, v2_prefix

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

VIOLATIONS_MAX = 20
NAMED_MAX = 20
_SHOWN = 40

_KINDS: Mapping[str, str] = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "nothing",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """A schema violation: ``path`` like ``config.download[0].file_url``, and the expected value."""

    path: str
    message: str


def schema_violations(
    record: Mapping[str, Any],
    category: str,
    dialect: CanonicalFormat,
    document: Mapping[str, Any] | None,
    *,
    known_good: Mapping[str, Any] | None = None,
) -> tuple[Violation, ...]:
    """Validate a record's values against the service's schema.

    Missing top-level fields are left to the checks. Empty if the service's OpenAPI document has no schema. Values
    equal to those of ``known_good``, the live record, are accepted.
    """
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - 2 MiB, and slows the start; few drafts need it

    schema = _own_schema(category, dialect, document or {})
    if schema is None:
        return ()
    payload = to_payload(record, name=str(record.get("name", "")), dialect=dialect)
    same = {key for key, value in (known_good or {}).items() if payload.get(key) == value}
    found: dict[Violation, None] = {}
    for error in Draft202012Validator(schema).iter_errors(payload):
        if error.validator == "required" and not error.absolute_path:
            continue
        if error.absolute_path and error.absolute_path[0] in same:
            continue
        found |= dict.fromkeys(_violations(error))
        if len(found) >= VIOLATIONS_MAX:
            break
    return tuple(found)[:VIOLATIONS_MAX]


def path_of(parts: Iterable[str | int]) -> str:
    """Return a path as people write it: ``config.download[0].file_url``."""
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def schemas_of(category: str, dialect: CanonicalFormat, document: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Return the schema of a category's records, else the shared v2 schema, else nothing."""
    own: Mapping[str, Any] | None = _own_schema(category, dialect, document)
    if own is None and dialect is CanonicalFormat.V2:
        own = _posted_to(shared_schema_path, document)
    return () if own is None else (own,)


def _own_schema(category: str, dialect: CanonicalFormat, document: Mapping[str, Any]) -> dict[str, Any] | None:
    prefix = v2_prefix if dialect is CanonicalFormat.V2 else v1_prefix
    for path in schema_paths(category, prefix):
        place = _posted_to(path, document)
        if place is not None:
            return {**place, "components": document.get("components", {})}
    return None


def _posted_to(path: str, document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    place: Any = document
    for key in ("paths", path, "post", "requestBody", "content", "application/json", "schema"):
        place = place.get(key) if isinstance(place, Mapping) else None
    return place if isinstance(place, Mapping) else None


def _violations(error: "ValidationError") -> Iterator[Violation]:
    path = path_of(error.absolute_path)
    wanted: Any = error.validator_value
    instance: Any = error.instance
    match error.validator:
        case "anyOf":
            yield from _alternatives(error)
        case "type":
            yield Violation(path, f"takes {_either(_as_list(wanted))}, not {_shown(error.instance)}")
        case "enum":
            named = [str(value) for value in wanted]
            more = f" and {len(named) - NAMED_MAX} more" if len(named) > NAMED_MAX else ""
            yield Violation(path, f"takes one of {', '.join(named[:NAMED_MAX])}{more}, not {_shown(error.instance)}")
        case "const":
            yield Violation(path, f"takes only {_shown(wanted)}, not {_shown(error.instance)}")
        case "required":
            missing = [key for key in wanted if key not in instance]
            yield from (Violation(path_of((*error.absolute_path, key)), "is missing") for key in missing)
        case "additionalProperties":
            known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
            unknown = [key for key in instance if key not in known]
            said = f"is not known there; known are {', '.join(list(known)[:NAMED_MAX])}"
            yield from (Violation(path_of((*error.absolute_path, key)), said) for key in unknown)
        case _:
            yield Violation(path, error.message[:200])


def _alternatives(error: "ValidationError") -> Iterator[Violation]:
    """Yield the violations inside the intended alternative, else the list of alternatives."""
    here = len(error.absolute_path)
    context = error.context or []
    inside = [one for one in context if len(one.absolute_path) > here or one.validator not in ("type", "enum")]
    if inside:
        for one in inside:
            yield from _violations(one)
        return
    choices = [one for one in context if one.validator == "enum"]
    if choices and isinstance(error.instance, str):
        yield from _violations(choices[0])
        return
    kinds = [kind for one in context if one.validator == "type" for kind in _as_list(one.validator_value)]
    yield Violation(path_of(error.absolute_path), f"takes {_either(kinds)}, not {_shown(error.instance)}")


def _as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _either(kinds: Iterable[str]) -> str:
    wanted = [kind for kind in dict.fromkeys(kinds) if kind != "null"]
    if "number" in wanted:
        wanted = [kind for kind in wanted if kind != "integer"]
    named = [_KINDS.get(kind, kind) for kind in wanted]
    return " or ".join(named) or "something else"


def _shown(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value[:_SHOWN]}…"' if len(value) > _SHOWN else f'"{value}"'
        case int() | float():
            return str(value)[:_SHOWN]
        case list():
            return "a list"
        case _:
            return "an object" if isinstance(value, Mapping) else "nothing"
