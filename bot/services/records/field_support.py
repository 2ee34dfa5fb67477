"""Fields of a record that the running service does not store; pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.reference.models import CanonicalFormat
from bot.reference.records import to_payload
from bot.services.forms.fields import EMPTY, Field, Kind, lookup
from bot.services.forms.fields_table import fields_of
from bot.services.records.schema import schemas_of

type Schema = Mapping[str, Any]

_ROW = frozenset(
    {
        "name",
        "model_name",
        "parameters",
        "display_name",
        "url",
        "baseline",
        "description",
        "style",
        "tags",
        "instruct_format",
        "settings",
        "context_window",
        "interaction_modes",
        "capabilities",
    }
)
"""Fields a legacy text model can store; all others are lost when applied."""

_PICKY = frozenset({"image_generation"})
"""Legacy categories that accept any field and store only those of the schema (3.0.0 to 8.6.2)."""

_MEMBERS = {Kind.FILE_SIZES: "size_bytes", Kind.FILE_SPEEDS: "known_slow_download"}
"""File columns that older services cannot store."""

_LOST_ANYWAY = {"min_bridge_version"}
"""Fields that the schema names and the service still drops (3.0.0 to 8.6.2)."""


def dropped_paths(
    record: Mapping[str, Any],
    category: str,
    dialect: CanonicalFormat,
    document: Mapping[str, Any] | None,
    *,
    live: Mapping[str, Any] | None = None,
) -> tuple[str, ...]:
    """Return dotted paths that the service accepts and does not store.

    Entries of a list share one path. Empty if the service's OpenAPI document does not describe the category.
    Values equal to those of the ``live`` record are not lost.
    """
    schemas = _Schemas(document or {})
    payload = to_payload(record, name=str(record.get("name", "")), dialect=dialect)
    alternatives = _guessed(payload, schemas.alternatives(schemas_of(category, dialect, document or {})))
    said = {key: value for key, value in payload.items() if not (live and key in live and live[key] == value)}
    return tuple(dict.fromkeys(schemas.lost_of_record(said, category, dialect, alternatives)))


def unsupported_fields(category: str, dialect: CanonicalFormat, document: Mapping[str, Any] | None) -> frozenset[str]:
    """Return keys of fields that forms leave out because the service would not store them."""
    schemas = _Schemas(document or {})
    alternatives = schemas.alternatives(schemas_of(category, dialect, document or {}))
    return frozenset(
        one.key
        for one in fields_of(category, dialect)
        if any(schemas.lost_of_record(_example(one, dialect), category, dialect, alternatives))
    )


def _guessed(payload: Mapping[str, Any], alternatives: Sequence[Schema]) -> Sequence[Schema]:
    """Return the schema that the service would match by field names (3.0.0 has one union)."""
    possible = [one for one in alternatives if set(one.get("required", ())) <= set(payload)]
    best = max(possible, key=lambda one: len(set(one.get("properties", {})) & set(payload)), default=None)
    return alternatives if best is None else (best,)


def _example(one: Field, dialect: CanonicalFormat) -> dict[str, Any]:
    """Return a record with a value in this field only."""
    member = _MEMBERS.get(one.kind)
    value: Any = [{member: 1}] if member else "said"
    for key in reversed((one.path(dialect) or one.key).split(".")):
        value = {key: value}
    return dict(value)


class _Schemas:
    """Walks a record and the service's schemas side by side."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        schemas = lookup(document, "components.schemas")
        self._schemas: Schema = schemas if isinstance(schemas, Mapping) else {}

    def alternatives(self, schemas: Sequence[Any]) -> tuple[Schema, ...]:
        """Return the schemas that a value may follow, with references and unions resolved."""
        found: list[Schema] = []
        for schema in schemas:
            if not isinstance(schema, Mapping):
                continue
            if isinstance(reference := schema.get("$ref"), str):
                found += self.alternatives([self._schemas.get(reference.rpartition("/")[2])])
            elif choices := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
                found += self.alternatives(choices)
            else:
                found.append(schema)
        return tuple(found)

    def lost_of_record(
        self, said: Mapping[str, Any], category: str, dialect: CanonicalFormat, alternatives: Sequence[Schema]
    ) -> Iterator[str]:
        """Yield paths of a record that no schema has a property for."""
        if dialect is CanonicalFormat.LEGACY and alternatives:
            kept = _kept_at_top(category, {key for schema in alternatives for key in schema.get("properties", {})})
            lost = [key for key, value in said.items() if kept is not None and key not in kept]
            yield from (key for key in lost if not _is_silent(said[key]))
            said = {key: value for key, value in said.items() if key not in lost}
        yield from self.lost(said, alternatives)

    def lost(self, value: Any, alternatives: Sequence[Schema], path: str = "") -> Iterator[str]:
        """Yield paths inside a value that no schema has a property for."""
        if isinstance(value, list):
            items = self.alternatives([schema.get("items") for schema in alternatives])
            for item in value:
                yield from self.lost(item, items, path)
        elif isinstance(value, Mapping):
            yield from self._lost_members(value, [one for one in alternatives if "properties" in one], path)

    def _lost_members(self, value: Mapping[str, Any], objects: Sequence[Schema], path: str) -> Iterator[str]:
        for key, item in value.items():
            where = f"{path}.{key}" if path else key
            inner = [one["properties"][key] for one in objects if key in one["properties"]]
            if inner:
                yield from self.lost(item, self.alternatives(inner), where)
            elif objects and not any("additionalProperties" in one for one in objects) and not _is_silent(item):
                yield where


def _kept_at_top(category: str, named: set[str]) -> set[str] | None:
    """Return the top-level fields that a legacy service stores, ``None`` for any."""
    if category == "text_generation":
        return named & _ROW
    return named - _LOST_ANYWAY if category in _PICKY else None


def _is_silent(value: Any) -> bool:
    """Return whether a value means the same as an absent field."""
    return value is False or value in EMPTY
