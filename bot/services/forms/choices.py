"""What may be chosen in forms, out of what the running service says of itself; pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.services.forms.fields import Choice

BASELINES, LICENCES = "baselines", "licences"
"""Sources that the service lists by themselves; every other one is an enumeration of its schema."""


def enumerations(document: Mapping[str, Any] | None) -> Choice:
    """Values of the enumerations in an OpenAPI document, each once.

    Both by their own name (``MODEL_STYLE``) and, where a field of a record lists its values itself, by the
    record's and the field's (``LegacyClipRecord.type``). What does not look like a schema is passed over.
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
