"""Choices for form fields, read from the running service's OpenAPI document; pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.services.forms.fields import Choice

BASELINES, LICENCES = "baselines", "licences"
"""Sources with a route of their own; every other source is an enumeration of the schema."""


def enumerations(document: Mapping[str, Any] | None) -> Choice:
    """Return the values of each enumeration in an OpenAPI document.

    Keys are schema names (``MODEL_STYLE``) and, for an enumeration inside a record, record and field
    (``LegacyClipRecord.type``). Invalid schemas are skipped.
    """
    components = (document or {}).get("components")
    schemas = components.get("schemas") if isinstance(components, Mapping) else None
    return {name: values for name, values in _named(schemas) if values}


def _named(schemas: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, schema in schemas.items() if isinstance(schemas, Mapping) else ():
        if not isinstance(schema, Mapping):
            continue
        yield str(name), _texts(schema.get("enum"))
        properties = schema.get("properties")
        record = str(name).removesuffix("-Input").removesuffix("-Output")
        for key, field in properties.items() if isinstance(properties, Mapping) else ():
            if isinstance(field, Mapping) and "enum" in field:
                yield f"{record}.{key}", _texts(field["enum"])


def _texts(values: Any) -> tuple[str, ...]:
    texts = (value for value in values if isinstance(value, str)) if isinstance(values, list) else ()
    return tuple(dict.fromkeys(texts))
