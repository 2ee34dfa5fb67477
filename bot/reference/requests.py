"""What each question and each write looks like on the wire; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from bot.reference import limits
from bot.reference.errors import ROUTE_MISSING, NotFoundError, no_queue
from bot.reference.generations import Generation
from bot.reference.models import CanonicalFormat, ChangeStatus, Operation
from bot.reference.records import to_payload
from bot.reference.routes import (
    QUEUE_ROUTES,
    PathVariables,
    RouteNames,
    root_prefix,
    statistics_prefix,
    v1_prefix,
    v2_prefix,
)

type QueryParams = Mapping[str, str | int | Sequence[str]]

_PREFIX_OF = {CanonicalFormat.V2: v2_prefix, CanonicalFormat.LEGACY: v1_prefix}
_LONGEST_NAME_FILTER = 200
_APPROVER = "approver"
_REQUESTOR = "requestor"
_WRITES: dict[Operation, tuple[str, RouteNames]] = {
    Operation.CREATE: ("POST", RouteNames.create_model),
    Operation.UPDATE: ("PUT", RouteNames.update_model),
    Operation.DELETE: ("DELETE", RouteNames.delete_model),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to ask. ``path`` is quoted already; ``limit`` bounds it all, waiting for a turn included.

    ``needs`` is the queue's role without which it is refused; None where any key will do, or none at all.
    ``deafens``: the service answers nobody else until this is done.
    ``is_trial`` for what is sent as a write and changes nothing.
    ``is_last``: the last on its connection, so that another process of the service may answer what is asked next.
    """

    method: str = "GET"
    path: str
    limit: timedelta
    params: QueryParams | None = None
    content: Any = None
    key: SecretStr | None = None
    needs: str | None = None
    deafens: bool = False
    is_trial: bool = False
    is_last: bool = False

    @property
    def is_write(self) -> bool:
        """Whether a lost answer leaves open what happened."""
        return self.method != "GET" and not self.is_trial


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Which entries of the queue; what is empty does not narrow.

    ``model_name`` is a part of the name, whatever the case: compare exactly yourself. ``requested_by`` holds
    AI-Horde user ids. ``limit`` is 1 to 500.
    """

    statuses: Sequence[ChangeStatus] = ()
    categories: Sequence[str] = ()
    model_name: str | None = None
    requested_by: Sequence[str] = ()
    offset: int = 0
    limit: int = limits.PAGE_SIZE

    def params(self) -> dict[str, str | int | Sequence[str]]:
        """Write the filter as the service's query parameters."""
        given: dict[str, str | int | Sequence[str]] = {"offset": self.offset, "limit": self.limit}
        if self.statuses:
            given["statuses"] = [status.value for status in self.statuses]
        if self.categories:
            given["categories"] = list(self.categories)
        if self.requested_by:
            given["requested_by"] = list(self.requested_by)
        if self.model_name:  # a part of a part still finds everything the whole would
            given["model_name"] = self.model_name[:_LONGEST_NAME_FILTER]
        return given

    def content(self) -> dict[str, Any]:
        """Write the same filter as the body of a purge, which knows no pages."""
        names = {"model_name": self.model_name[:_LONGEST_NAME_FILTER]} if self.model_name else {}
        lists = {
            "statuses": [status.value for status in self.statuses],
            "categories": list(self.categories),
            "requested_by": list(self.requested_by),
        }
        return {**{key: values for key, values in lists.items() if values}, **names}


class Requests:
    """Builds requests for one generation of the service, each with its time limit.

    Every method raises ``NotFoundError`` (``is_route_missing``) for a route that the generation has not, as the
    service itself would answer, and ``ReadOnlyError`` for what is about a queue where there is none.
    """

    def __init__(self, generation: Generation, time_limits: limits.TimeLimits) -> None:
        self._generation = generation
        self._limits = time_limits

    def probe(self, route: RouteNames) -> Request:
        """Ask one of the questions that cost the service nothing."""
        return Request(path=self._path(route, {}, root_prefix), limit=self._limits.probe)

    def document(self) -> Request:
        """Ask for the service's OpenAPI document; it takes a second to write, once in the service's life."""
        path = self._path(RouteNames.get_openapi_document, {}, root_prefix)
        return Request(path=path, limit=self._limits.read)

    def read(self, route: RouteNames, key: SecretStr | None = None) -> Request:
        """Ask what has no variables."""
        return self._read(route, {}, key=key)

    def category(self, category: str, dialect: CanonicalFormat) -> Request:
        """Ask for all records of a category."""
        path_params = {PathVariables.model_category_name: category}
        return self._read(RouteNames.get_reference_by_category, path_params, prefix=_PREFIX_OF[dialect])

    def last_updated(self, dialect: CanonicalFormat) -> Request:
        """Ask when the reference last changed: one number, no key."""
        is_legacy = dialect is CanonicalFormat.LEGACY
        route = RouteNames.get_legacy_last_updated if is_legacy else RouteNames.get_v2_last_updated
        return self._read(route, {}, prefix=_PREFIX_OF[dialect])

    def usage(self, category: str) -> Request:
        """Ask for the statistics of a category."""
        path_params = {PathVariables.model_category_name: category}
        return self._read(RouteNames.get_category_deletion_risk, path_params, prefix=statistics_prefix)

    def model(self, category: str, name: str) -> Request:
        """Ask for one record, in v2's words.

        Raises:
            UnaddressableNameError: No path carries the name.
        """
        return self._read(RouteNames.get_single_model, _of_model(category, name))

    def queue(self, route: RouteNames, key: SecretStr, wanted: QueueFilter) -> Request:
        """Ask for a page of the queue, or of one's own part of it."""
        request = self._read(route, {}, key=key, params=wanted.params(), needs=self._reader)
        return replace(request, is_last=route is RouteNames.list_my_changes)  # who looks again may ask another process

    def change(self, route: RouteNames, key: SecretStr, change_id: int) -> Request:
        """Ask for one entry, or its difference."""
        return self._read(route, {PathVariables.change_id: str(change_id)}, key=key, needs=self._reader)

    def proposal(
        self,
        key: SecretStr,
        *,
        operation: Operation,
        category: str,
        name: str,
        record: Mapping[str, Any],
        dialect: CanonicalFormat,
    ) -> Request:
        """Write a proposal in a dialect; a delete has no body.

        Raises:
            UnaddressableNameError: This dialect puts the name into the path, and no path carries it.
        """
        method, route = _WRITES[operation]
        typed = self._typed(operation, category, dialect)
        payload = None if operation is Operation.DELETE else to_payload(record, name=name, dialect=dialect)
        if payload is not None and dialect is CanonicalFormat.V2 and self._generation.names_record_types and not typed:
            payload = {"record_type": category, **payload}
        return Request(
            method=method,
            path=self._path(typed or route, _of_model(category, name), _PREFIX_OF[dialect]),
            limit=self._limits.write,
            content=payload,
            key=key,
            needs=_REQUESTOR,
            is_last=True,
        )

    def decision(self, key: SecretStr, content: Any) -> Request:
        """Approve and reject."""
        path = self._path(RouteNames.decide_changes, {}, v2_prefix)
        return Request(method="POST", path=path, limit=self._limits.write, content=content, key=key, needs=_APPROVER)

    def apply(self, key: SecretStr, content: Any) -> Request:
        """Publish what is approved."""
        path = self._path(RouteNames.apply_changes, {}, v2_prefix)
        return Request(
            method="POST",
            path=path,
            limit=self._limits.apply,
            content=content,
            key=key,
            needs=_APPROVER,
            deafens=True,
        )

    def purge(self, key: SecretStr, content: Mapping[str, Any], *, is_trial: bool) -> Request:
        """Take away what a filter matches, or ask what that would be."""
        return Request(
            method="POST",
            path=self._path(RouteNames.purge_changes, {}, v2_prefix),
            limit=self._limits.read if is_trial else self._limits.apply,  # a long queue is written anew: seconds
            content={**content, "dry_run": is_trial},
            key=key,
            needs=_APPROVER,
            is_trial=is_trial,
            deafens=not is_trial,
        )

    def audit(self, key: SecretStr, *, older_than: int | None, limit: int) -> Request:
        """Ask for decisions of the past."""
        params = {"limit": limit} if older_than is None else {"limit": limit, "cursor": older_than}
        return self._read(RouteNames.list_audit_batches, {}, key=key, params=params, needs=self._reader)

    def batch(self, route: RouteNames, key: SecretStr, batch_id: int) -> Request:
        """Ask for one batch, or what it made of the reference."""
        return self._read(route, {PathVariables.batch_id: str(batch_id)}, key=key, needs=self._reader)

    def _read(
        self,
        route: RouteNames,
        path_params: Mapping[PathVariables, str],
        *,
        prefix: str = v2_prefix,
        key: SecretStr | None = None,
        params: QueryParams | None = None,
        needs: str | None = None,
    ) -> Request:
        path = self._path(route, path_params, prefix)
        return Request(path=path, limit=self._limits.read, key=key, params=params, needs=needs)

    @property
    def _reader(self) -> str | None:
        """The role that it takes to look at the queue."""
        return _APPROVER if self._generation.conceals_roles else None

    def _typed(self, operation: Operation, category: str, dialect: CanonicalFormat) -> RouteNames | None:
        """Name the route that v2 has for this kind of record alone, None where the generic one knows its kinds."""
        prefix = {Operation.CREATE: "", Operation.UPDATE: "update_"}.get(operation)
        name = f"{prefix}{category}_model"
        if prefix is None or dialect is not CanonicalFormat.V2 or name not in RouteNames:
            return None
        route = RouteNames(name)
        return route if self._generation.routes.has(route, v2_prefix) else None

    def _path(self, route: RouteNames, path_params: Mapping[PathVariables, str], prefix: str) -> str:
        if self._generation.routes.has(route, prefix):
            return self._generation.routes.url_for(route, path_params, prefix)
        if route in QUEUE_ROUTES and not self._generation.has_queue:
            raise no_queue()
        raise NotFoundError(ROUTE_MISSING)


def _of_model(category: str, name: str) -> dict[PathVariables, str]:
    return {PathVariables.model_category_name: category, PathVariables.model_name: name}
