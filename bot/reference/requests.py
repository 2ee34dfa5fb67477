"""Requests to the service, built for one of its generations; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from bot.reference.errors import ROUTE_MISSING, NotFoundError, no_queue_error
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

PAGE_SIZE = 500
"""Longest page of the queue that the service gives."""

COUNT_ONLY_OFFSET = 1_000_000_000
"""Offset beyond the end of any queue: the reply has the total and no changes."""

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
class TimeLimits:
    """Time limits for a complete answer, including the wait for a connection.

    Attributes:
        probe: requests that cost the service nothing: heartbeat and mode.
        read: all other reads; the service waits as long for AI-Horde to confirm a key.
        write: a proposal or a decision; slow when the service's queue is long.
        apply: an apply, during which the service answers no other request.
    """

    probe: timedelta = timedelta(seconds=3)
    read: timedelta = timedelta(seconds=10)
    write: timedelta = timedelta(seconds=60)
    apply: timedelta = timedelta(seconds=120)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request.

    Attributes:
        path: quoted.
        timeout: for the complete answer, including the wait for a connection.
        role: the queue's role that the request needs, None where any key or none will do.
        blocks_service: the service answers no other request until this one is done.
        dry_run: sent as a write, but changes nothing.
        closes_connection: close the connection afterwards, so that another process of the service may answer the
            next request.
    """

    method: str = "GET"
    path: str
    timeout: timedelta
    params: QueryParams | None = None
    content: Any = None
    key: SecretStr | None = None
    role: str | None = None
    blocks_service: bool = False
    dry_run: bool = False
    closes_connection: bool = False

    @property
    def is_write(self) -> bool:
        """True if the request may have changed something when its answer is lost."""
        return self.method != "GET" and not self.dry_run


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Filter of queue entries; empty fields are ignored.

    Attributes:
        model_name: substring of the name, case-insensitive; the caller compares exactly.
        requested_by: AI-Horde user ids.
        limit: 1 to 500.
    """

    statuses: Sequence[ChangeStatus] = ()
    categories: Sequence[str] = ()
    model_name: str | None = None
    requested_by: Sequence[str] = ()
    offset: int = 0
    limit: int = PAGE_SIZE

    def params(self) -> dict[str, str | int | Sequence[str]]:
        """Convert the filter to the service's query parameters."""
        return {"offset": self.offset, "limit": self.limit, **self.content()}

    def content(self) -> dict[str, str | int | Sequence[str]]:
        """Convert the filter to the body of a purge, which has no pages."""
        fields: dict[str, str | int | Sequence[str]] = {
            "statuses": [status.value for status in self.statuses],
            "categories": list(self.categories),
            "requested_by": list(self.requested_by),
            "model_name": (self.model_name or "")[:_LONGEST_NAME_FILTER],  # still finds all that the whole name would
        }
        return {name: value for name, value in fields.items() if value}


class RequestBuilder:
    """Builder of requests for one generation of the service, each with its time limit.

    Every method raises ``NotFoundError`` (``is_route_missing``) for a route that the generation does not have, as
    the service itself would answer, and ``ReadOnlyError`` for a queue request where there is no queue.
    """

    def __init__(self, generation: Generation, time_limits: TimeLimits) -> None:
        self._generation = generation
        self._limits = time_limits

    def probe(self, route: RouteNames) -> Request:
        """Build a request that costs the service nothing."""
        return Request(path=self._path(route, {}, root_prefix), timeout=self._limits.probe)

    def document(self) -> Request:
        """Build the request for the OpenAPI document; the service needs a second for the first."""
        path = self._path(RouteNames.get_openapi_document, {}, root_prefix)
        return Request(path=path, timeout=self._limits.read)

    def read(self, route: RouteNames, key: SecretStr | None = None) -> Request:
        """Build a read without path variables."""
        return self._read(route, {}, key=key)

    def category(self, category: str, dialect: CanonicalFormat) -> Request:
        """Build the request for all records of a category."""
        path_params = {PathVariables.model_category_name: category}
        return self._read(RouteNames.get_reference_by_category, path_params, prefix=_PREFIX_OF[dialect])

    def last_updated(self, dialect: CanonicalFormat) -> Request:
        """Build the request for the time of the reference's last change."""
        is_legacy = dialect is CanonicalFormat.LEGACY
        route = RouteNames.get_legacy_last_updated if is_legacy else RouteNames.get_v2_last_updated
        return self._read(route, {}, prefix=_PREFIX_OF[dialect])

    def usage(self, category: str) -> Request:
        """Build the request for the statistics of a category."""
        path_params = {PathVariables.model_category_name: category}
        return self._read(RouteNames.get_category_deletion_risk, path_params, prefix=statistics_prefix)

    def model(self, category: str, name: str) -> Request:
        """Build the request for one record in the v2 format.

        Raises:
            UnaddressableNameError: the name cannot be part of a path.
        """
        return self._read(RouteNames.get_single_model, _of_model(category, name))

    def queue(self, route: RouteNames, key: SecretStr, wanted: QueueFilter) -> Request:
        """Build the request for a page of the queue, or of the key owner's changes."""
        request = self._read(route, {}, key=key, params=wanted.params(), role=self._reader)
        is_own = route is RouteNames.list_my_changes  # a retry may reach another process
        return replace(request, closes_connection=is_own)

    def change(self, route: RouteNames, key: SecretStr, change_id: int) -> Request:
        """Build the request for one change, or for its diff."""
        return self._read(route, {PathVariables.change_id: str(change_id)}, key=key, role=self._reader)

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
        """Build a proposal in a dialect; a delete has no body.

        Raises:
            UnaddressableNameError: this dialect puts the name into the path, and the name cannot be part of one.
        """
        method, route = _WRITES[operation]
        typed = self._typed(operation, category, dialect)
        payload = None if operation is Operation.DELETE else to_payload(record, name=name, dialect=dialect)
        if payload is not None and dialect is CanonicalFormat.V2 and self._generation.needs_record_type and not typed:
            payload = {"record_type": category, **payload}
        return Request(
            method=method,
            path=self._path(typed or route, _of_model(category, name), _PREFIX_OF[dialect]),
            timeout=self._limits.write,
            content=payload,
            key=key,
            role=_REQUESTOR,
            closes_connection=True,
        )

    def decision(self, key: SecretStr, content: Any) -> Request:
        """Build a decision: approvals and rejections."""
        path = self._path(RouteNames.decide_changes, {}, v2_prefix)
        return Request(method="POST", path=path, timeout=self._limits.write, content=content, key=key, role=_APPROVER)

    def apply(self, key: SecretStr, content: Any) -> Request:
        """Build an apply of approved changes."""
        path = self._path(RouteNames.apply_changes, {}, v2_prefix)
        return Request(
            method="POST",
            path=path,
            timeout=self._limits.apply,
            content=content,
            key=key,
            role=_APPROVER,
            blocks_service=True,
        )

    def purge(self, key: SecretStr, content: Mapping[str, Any], *, dry_run: bool) -> Request:
        """Build a purge of the changes that a filter matches, or its dry run."""
        return Request(
            method="POST",
            path=self._path(RouteNames.purge_changes, {}, v2_prefix),
            timeout=self._limits.read if dry_run else self._limits.apply,  # rewriting a long queue takes seconds
            content={**content, "dry_run": dry_run},
            key=key,
            role=_APPROVER,
            dry_run=dry_run,
            blocks_service=not dry_run,
        )

    def batch(self, key: SecretStr, batch_id: int) -> Request:
        """Build the request for one batch of approvals."""
        path_params = {PathVariables.batch_id: str(batch_id)}
        return self._read(RouteNames.get_audit_batch, path_params, key=key, role=self._reader)

    def _read(
        self,
        route: RouteNames,
        path_params: Mapping[PathVariables, str],
        *,
        prefix: str = v2_prefix,
        key: SecretStr | None = None,
        params: QueryParams | None = None,
        role: str | None = None,
    ) -> Request:
        path = self._path(route, path_params, prefix)
        return Request(path=path, timeout=self._limits.read, key=key, params=params, role=role)

    @property
    def _reader(self) -> str | None:
        """Role needed to read the queue."""
        return _APPROVER if self._generation.conceals_roles else None

    def _typed(self, operation: Operation, category: str, dialect: CanonicalFormat) -> RouteNames | None:
        """Return the v2 route for this type of record, None where the generic route knows it."""
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
            raise no_queue_error()
        raise NotFoundError(ROUTE_MISSING)


def _of_model(category: str, name: str) -> dict[PathVariables, str]:
    return {PathVariables.model_category_name: category, PathVariables.model_name: name}
