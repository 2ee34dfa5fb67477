"""The service's own OpenAPI document, as far as it tells generations and choices apart; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class ServiceDocument:
    """What a running service says of itself.

    Attributes:
        version: For example ``8.6.2``; the framework's own ``0.1.0`` up to 3.0.0.
        paths: Every path with its variables, as registered; empty when the document has none.
        choices: Values of each of the service's named lists (``MODEL_STYLE``), in its order.
    """

    version: str
    paths: frozenset[str] = frozenset()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def choices_of(self, name: str) -> tuple[str, ...]:
        """Values of one list by the service's name for it, empty where it has no such list."""
        return self.choices.get(name, ())


def read_document(value: Any) -> ServiceDocument:
    """Read the parsed JSON of ``/openapi.json``.

    Raises:
        ValueError: No such document.
    """
    document = _Document.model_validate(value)
    return ServiceDocument(
        version=document.info.version,
        paths=frozenset(document.paths),
        choices={name: _texts(schema.enum) for name, schema in document.components.schemas.items() if schema.enum},
    )


def _texts(values: tuple[Any, ...]) -> tuple[str, ...]:
    """Values that are texts, each once: the service lists one twice (8.6.2)."""
    return tuple(dict.fromkeys(value for value in values if isinstance(value, str)))


class _Info(BaseModel):
    version: str


class _Schema(BaseModel):
    enum: tuple[Any, ...] = ()


class _Components(BaseModel):
    schemas: dict[str, _Schema] = {}


class _Document(BaseModel):
    info: _Info
    paths: dict[str, Any] = {}
    components: _Components = _Components()
