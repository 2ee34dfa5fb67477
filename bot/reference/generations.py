"""Generations of the service, detected from its OpenAPI document; pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from bot.reference.routes import RouteRegistry, registry_2, registry_3, registry_4, registry_8, v2_prefix

_FRAMEWORK_VERSION = "0.1.0"
"""Version that the framework writes where none was set: up to 3.0.0."""

_QUEUE_PATH = f"{v2_prefix}/pending_queue/changes"
_MY_CHANGES_PATH = f"{v2_prefix}/pending_queue/my_changes"
_LICENSES_PATH = f"{v2_prefix}/licensing/licenses"
_EXEMPT_CATEGORY = "controlnet_annotator"
"""Category without a legacy form that came with the exemption of all such categories (absent in 6.0.0, in 7.6.1)."""

CATEGORY_LIST = "MODEL_REFERENCE_CATEGORY"
"""The service's name for its list of categories."""


@dataclass(frozen=True, slots=True)
class ServiceDocument:
    """The parts of a running service's OpenAPI document that this client uses.

    Attributes:
        version: for example ``8.6.2``; the framework's own ``0.1.0`` up to 3.0.0.
        paths: every path with its variables, as registered; empty when the document has none.
        choices: values of each of the service's named lists (``MODEL_STYLE``), in its order.
        content: the whole document, for the schemas of records.
    """

    version: str
    paths: frozenset[str] = frozenset()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    content: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def choices_of(self, name: str) -> tuple[str, ...]:
        """Return the values of the list with this name of the service's, empty without one."""
        return self.choices.get(name, ())


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


def read_document(body: bytes | str) -> ServiceDocument:
    """Parse the JSON of ``/openapi.json``.

    Raises:
        ValueError: no such document.
    """
    content = json.loads(body)
    document = _Document.model_validate(content)
    return ServiceDocument(
        version=document.info.version,
        paths=frozenset(document.paths),
        choices={name: _texts(schema.enum) for name, schema in document.components.schemas.items() if schema.enum},
        content=content,
    )


def _texts(values: tuple[Any, ...]) -> tuple[str, ...]:
    """Return the values that are text, without duplicates: the service lists one twice (8.6.2)."""
    return tuple(dict.fromkeys(value for value in values if isinstance(value, str)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """Routes and behaviour of one generation of the service.

    Attributes:
        number: the first major version with these routes; what a service takes is read from its document.
        routes: paths; a route that is not registered does not exist there.
        has_queue: proposals wait for a review; without it nothing is ever written.
        conceals_roles: a missing role is answered like a bad key (401), and only approvers may read the queue.
        needs_record_type: the generic write routes need the record's type; without it they guess it from the fields.
        takes_v2_in_legacy: a legacy deployment takes the categories that have no legacy form.
    """

    number: int
    routes: RouteRegistry
    has_queue: bool = True
    conceals_roles: bool = False
    needs_record_type: bool = False
    takes_v2_in_legacy: bool = False


def generation_2() -> Generation:
    """Build the generation before the queue, where writes take effect at once (seen on 2.1.5)."""
    return Generation(number=2, routes=registry_2(), has_queue=False)


def generation_3() -> Generation:
    """Build the first generation with a queue (seen on 3.0.0)."""
    return Generation(number=3, routes=registry_3(), conceals_roles=True, needs_record_type=True)


def generation_4(*, takes_v2_in_legacy: bool = False) -> Generation:
    """Build the generation with typed routes and separate roles (seen on 4.1.0 to 7.6.1)."""
    return Generation(number=4, routes=registry_4(), takes_v2_in_legacy=takes_v2_in_legacy)


def generation_8() -> Generation:
    """Build the generation with published baselines and licences (seen on 8.6.2)."""
    return Generation(number=8, routes=registry_8(), takes_v2_in_legacy=True)


NEWEST = generation_8
"""Generation assumed for a service that does not publish its own."""


def detect_generation(document: ServiceDocument) -> Generation:
    """Return the generation by the service's paths, the newest where it lists none."""
    if not document.paths:
        return NEWEST()
    if _QUEUE_PATH not in document.paths:
        return generation_2()
    if _MY_CHANGES_PATH not in document.paths:
        return generation_3()
    if _LICENSES_PATH in document.paths:
        return generation_8()
    return generation_4(takes_v2_in_legacy=_EXEMPT_CATEGORY in document.choices_of(CATEGORY_LIST))


def display_version(document: ServiceDocument) -> str:
    """Return the service's version such as ``8.6.2``, or ``3.x`` where it names none."""
    if document.version != _FRAMEWORK_VERSION:
        return document.version
    return f"{detect_generation(document).number}.x"
