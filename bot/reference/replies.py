"""From an answer to a value or an error; pure."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.reference.audit import NetChanges
from bot.reference.deployment import Deployment
from bot.reference.errors import ApiError, IndeterminateError, MalformedReplyError, error_for
from bot.reference.listing import Listing, read_listing
from bot.reference.models import (
    ApplyResult,
    CanonicalFormat,
    Diff,
    ErrorResponse,
    FieldDiff,
    Licence,
    ReplicateMode,
    Usage,
    without_nulls,
)
from bot.reference.transport import Reply

_FIRST_FAILURE = 400
_LONGEST_TEXT = 300


def parse[T](reply: Reply, build: Callable[[Any], T], *, is_write: bool) -> T:
    """Give ``build`` the JSON of a successful answer.

    Raises:
        ApiError: The leaf for this status and text; an unreadable answer to a write is indeterminate.
    """
    if reply.status >= _FIRST_FAILURE:
        raise failure_of(reply, is_write=is_write)
    try:
        return build(json.loads(reply.body))
    except (ValueError, RecursionError) as error:
        leaf = IndeterminateError if is_write else MalformedReplyError
        places = _places(error) if isinstance(error, ValidationError) else "no JSON"
        raise leaf(f"The answer does not read as expected ({places}).", status=reply.status) from None


def failure_of(reply: Reply, *, is_write: bool) -> ApiError:
    """Read a refusal's body: the service's own form, or the status alone when something else wrote it."""
    try:
        detail = ErrorResponse.model_validate_json(reply.body).detail
    except ValidationError:
        detail = f"HTTP status {reply.status} without an explanation."
    return error_for(reply.status, detail, is_write=is_write, retry_after_s=reply.retry_after_s)


def apply_result(reply: Reply) -> ApplyResult:
    """Read the answer to an apply, which reports what was done also under a failing status (8.6.2).

    Raises:
        ApiError: As ``parse``, when the body is no such report.
    """
    if reply.status >= _FIRST_FAILURE:
        try:
            result = ApplyResult.model_validate_json(reply.body)
        except ValidationError:
            raise failure_of(reply, is_write=True) from None
        if result.failed_change_id is None:
            raise failure_of(reply, is_write=True)
        return result
    return parse(reply, ApplyResult.model_validate, is_write=True)


def listing(reply: Reply, *, former: bytes | None) -> Listing:
    """Read a page of the queue as deep as it takes to see what moved.

    Raises:
        ApiError: As ``parse``.
    """
    if reply.status >= _FIRST_FAILURE:
        raise failure_of(reply, is_write=False)
    try:
        return read_listing(reply.body, former)
    except ValidationError as error:
        text = f"The answer does not read as expected ({_places(error)})."
        raise MalformedReplyError(text, status=reply.status) from None


def deployment(value: Any) -> Deployment:
    """Read the answer of ``/replicate_mode``: an object, or the bare mode in the generation before the queue.

    Raises:
        ValueError: Neither.
    """
    if isinstance(value, str):
        mode = ReplicateMode(value)
        return Deployment(mode=mode, canonical_format=CanonicalFormat.V2, writable=False, has_queue=False)
    answer = _Mode.model_validate(value)
    word = answer.canonical_format
    folded = word.lower()  # 3.0.0 says LEGACY
    return Deployment(
        mode=answer.replicate_mode,
        canonical_format=CanonicalFormat(folded) if folded in set(CanonicalFormat) else word,
        writable=answer.writable,
    )


def baselines(value: Any) -> tuple[str, ...]:
    """Read the names out of the list of image baselines."""
    return tuple(item.name for item in _Baselines.model_validate(value).items)


def licenses(value: Any) -> tuple[Licence, ...]:
    """Read the list of licences."""
    return _Licenses.model_validate(value).items


def records(value: Any) -> dict[str, dict[str, Any]]:
    """Read a category: names to records."""
    return _Records.model_validate({"records": value}).records


def record(value: Any) -> dict[str, Any]:
    """Read one record."""
    return _Record.model_validate({"record": value}).record


def document(value: Any) -> dict[str, Any]:
    """Read the service's OpenAPI document."""
    return _Record.model_validate({"record": value}).record


def last_updated(value: Any) -> int:
    """Read when the reference last changed, in Unix seconds."""
    return _LastUpdated.model_validate(value).last_updated


def diff(value: Any) -> Diff:
    """Read a difference, without fields whose values differ in nulls alone: older services write these out (4.1.0)."""
    found = Diff.model_validate(value)
    return found.model_copy(update={"field_diffs": _kept(found.field_diffs)})


def net_changes(value: Any) -> NetChanges:
    """Read what a batch made of the reference, likewise."""
    found = NetChanges.model_validate(value)
    changes = (one.model_copy(update={"field_diffs": _kept(one.field_diffs)}) for one in found.model_changes)
    return found.model_copy(update={"model_changes": tuple(changes)})


def _kept(diffs: Iterable[FieldDiff]) -> tuple[FieldDiff, ...]:
    return tuple(one for one in diffs if without_nulls(one.old_value) != without_nulls(one.new_value))


def usage(value: Any) -> dict[str, Usage]:
    """Read the statistics of a category: usage by name."""
    return {model.name: model for model in _Usages.model_validate(value).models}


class _Mode(BaseModel):
    replicate_mode: ReplicateMode
    canonical_format: str
    writable: bool


class _Baseline(BaseModel):
    name: str


class _Baselines(BaseModel):
    items: tuple[_Baseline, ...]


class _Licenses(BaseModel):
    items: tuple[Licence, ...]


class _Records(BaseModel):
    records: dict[str, dict[str, Any]]


class _Record(BaseModel):
    record: dict[str, Any]


class _LastUpdated(BaseModel):
    last_updated: int


class _Usages(BaseModel):
    models: tuple[Usage, ...]


def _places(error: ValidationError) -> str:
    """Name where an answer is not as expected, without any of its values."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    text = ", ".join(f"{'.'.join(map(str, item['loc']))}: {item['type']}" for item in problems)
    return text[:_LONGEST_TEXT]
