"""Reads that need no key: the deployment of the service, and the published records."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from bot.reference.deployment import CATEGORIES, V2_ONLY_CATEGORIES, Deployment, read_deployment
from bot.reference.errors import NotFoundError
from bot.reference.generations import CATEGORY_LIST, display_version
from bot.reference.models import (
    BaselineList,
    CanonicalFormat,
    HeartBeat,
    LastUpdated,
    Licence,
    LicenceList,
    Usage,
    UsageList,
)
from bot.reference.names import is_addressable
from bot.reference.records import Record
from bot.reference.replies import parse, parser_for
from bot.reference.routes import RouteNames
from bot.reference.session import ServiceSession


class PublishedReference:
    """Reads without a key: the part of ``ReferenceClient`` that everyone may call."""

    def __init__(self, session: ServiceSession) -> None:
        self._session = session
        self.key_checks = session.key_checks

    @property
    def service_date(self) -> datetime | None:
        """Time of the service's clock at its last answer; None before the first answer with a date."""
        return self._session.service_date

    async def deployment(self) -> Deployment:
        """Read the deployment's mode; its version is None until the service's document can be read."""
        request = self._session.root_requests.probe(RouteNames.get_replicate_mode)
        found = await self._session.send(request, partial(parse, build=read_deployment))
        document = await self._session.refresh_document()
        categories, generation = self._categories(), self._session.known_generation
        takes_v2 = generation is None or generation.takes_v2_in_legacy
        if found.canonical_format is CanonicalFormat.LEGACY and not takes_v2:
            categories = tuple(category for category in categories if category not in V2_ONLY_CATEGORIES)
        return replace(found, version=None if document is None else display_version(document), categories=categories)

    async def conceals_queue(self) -> bool:
        """Return whether this generation shows its queue only to approvers (3.0.0)."""
        return (await self._session.generation()).conceals_roles

    @property
    def may_conceal_queue(self) -> bool:
        """Return whether only approvers may see the queue; True while unknown. No request."""
        return self._session.known_generation is None or self._session.known_generation.conceals_roles

    async def heartbeat(self) -> HeartBeat:
        """Request a sign of life, once and with a short time limit."""
        request = self._session.root_requests.probe(RouteNames.get_heartbeat)
        return await self._session.send(request, parser_for(HeartBeat), attempts=1)

    async def baselines(self) -> tuple[str, ...]:
        """List the baselines of image models in v2 spelling: published ones, else known ones."""
        try:
            request = (await self._session.requests()).read(RouteNames.get_image_baselines)
            found = await self._session.send(request, parser_for(BaselineList))
        except NotFoundError as error:
            if not error.is_route_missing:
                raise
            return (await self._session.document()).choices_of("KNOWN_IMAGE_GENERATION_BASELINE")
        return tuple(item.name for item in found.items)

    async def licenses(self) -> tuple[Licence, ...]:
        """List the licences that a record may name; empty where records name none (before 8)."""
        try:
            request = (await self._session.requests()).read(RouteNames.get_licenses)
            return (await self._session.send(request, parser_for(LicenceList))).items
        except NotFoundError as error:
            if not error.is_route_missing:
                raise
        return ()

    async def models(self, category: str, *, dialect: CanonicalFormat = CanonicalFormat.V2) -> dict[str, Record]:
        """Read a category's records by name; empty where an older service lacks the category.

        Legacy lists each text model again for every backend (``koboldcpp/…``).
        """
        requests = await self._session.requests()
        if category not in self._categories():
            return {}
        request = requests.category(category, dialect)
        try:
            return await self._session.send(request, parser_for(dict[str, Record]))
        except NotFoundError as error:
            if error.is_route_missing:
                raise
        return {}

    async def model(self, category: str, name: str, *, dialect: CanonicalFormat = CanonicalFormat.V2) -> Record | None:
        """Read one published record, None when there is no such model.

        Legacy records, and names that cannot be part of a path, are looked up in their whole category.
        """
        if dialect is CanonicalFormat.LEGACY or not is_addressable(name):
            return (await self.models(category, dialect=dialect)).get(name)
        request = (await self._session.requests()).model(category, name)
        try:
            return await self._session.send(request, parser_for(dict[str, Any]))
        except NotFoundError as error:
            if error.is_route_missing:
                raise
        return None

    async def last_updated(self, dialect: CanonicalFormat) -> int:
        """Read the time of the last change (Unix seconds), cheaper than the records.

        Raises:
            ReadOnlyError: a replica, or a deployment with another canonical format.
        """
        request = (await self._session.requests()).last_updated(dialect)
        return (await self._session.send(request, parser_for(LastUpdated), attempts=1)).last_updated

    async def usage(self, category: str) -> dict[str, Usage]:
        """Read the usage of a category's models by name; sent once, because it is optional."""
        request = (await self._session.requests()).usage(category)
        found = await self._session.send(request, parser_for(UsageList), attempts=1)
        return {model.name: model for model in found.models}

    async def document(self) -> Mapping[str, Any]:
        """Return the OpenAPI document, read on the first call; ``deployment`` notices a new one.

        Raises:
            ApiError: the service does not answer, or does not publish it.
        """
        return (await self._session.document()).content

    def _categories(self) -> tuple[str, ...]:
        """Return the categories that the service lists; older generations have fewer."""
        document = self._session.known_document
        listed = () if document is None else document.choices_of(CATEGORY_LIST)
        return tuple(category for category in CATEGORIES if not listed or category in listed)
