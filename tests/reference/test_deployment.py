import json

import pytest

from bot.reference.deployment import (
    CATEGORIES,
    LEGACY_CATEGORIES,
    V2_ONLY_CATEGORIES,
    Deployment,
    assert_canonical_write_enabled,
    assert_pending_queue_write_enabled,
    read_deployment,
)
from bot.reference.errors import ReadOnlyError
from bot.reference.models import CanonicalFormat, ReplicateMode

V2, LEGACY = CanonicalFormat.V2, CanonicalFormat.LEGACY
REPLICA_DATA = (
    "This instance is in REPLICA mode and does not support write operations. Only PRIMARY instances can modify data."
)
REPLICA_QUEUE = (
    "This instance is in REPLICA mode and does not support write operations. "
    "Only PRIMARY instances can queue model changes."
)
LEGACY_WRITES = (
    "This instance cannot process legacy writes. "
    "PRIMARY deployments with legacy canonical format must enable legacy write support."
)
EXPECTED_V2 = (
    "This deployment does not expose write operations for this API. Expected canonical_format='v2', got 'legacy'."
)
EXPECTED_LEGACY = (
    "This deployment does not expose write operations for this API. Expected canonical_format='legacy', got 'v2'."
)


def primary(canonical_format: CanonicalFormat | str) -> Deployment:
    return Deployment(ReplicateMode.PRIMARY, canonical_format, writable=True)


def replica(canonical_format: CanonicalFormat | str) -> Deployment:
    return Deployment(ReplicateMode.REPLICA, canonical_format, writable=False)


@pytest.mark.parametrize("canonical_format", [V2, LEGACY])
def test_a_primary_takes_its_own_format_and_its_queue(canonical_format: CanonicalFormat) -> None:
    assert_canonical_write_enabled(canonical_format, deployment=primary(canonical_format))
    assert_pending_queue_write_enabled(primary(canonical_format))


@pytest.mark.parametrize(
    ("written", "deployment", "text", "kind"),
    [
        (V2, replica(V2), REPLICA_DATA, "replica"),
        (V2, replica(LEGACY), REPLICA_DATA, "replica"),
        (V2, primary(LEGACY), EXPECTED_V2, "format"),
        (LEGACY, replica(LEGACY), LEGACY_WRITES, "replica"),
        (LEGACY, replica(V2), LEGACY_WRITES, "replica"),
        (LEGACY, primary(V2), EXPECTED_LEGACY, "format"),
    ],
)
def test_a_write_is_refused_with_the_services_text_and_order(
    written: CanonicalFormat, deployment: Deployment, text: str, kind: str
) -> None:
    with pytest.raises(ReadOnlyError) as caught:
        assert_canonical_write_enabled(written, deployment=deployment)
    assert (str(caught.value), caught.value.kind, caught.value.status) == (text, kind, None)


@pytest.mark.parametrize(
    ("deployment", "text", "kind"),
    [
        (replica(V2), REPLICA_QUEUE, "replica"),
        (replica(LEGACY), LEGACY_WRITES, "replica"),
        (
            primary("v9"),
            ("Pending queue writes are not available for the configured canonical format. canonical_format='v9'"),
            "format",
        ),
    ],
)
def test_a_queue_write_is_refused_with_the_services_text(deployment: Deployment, text: str, kind: str) -> None:
    with pytest.raises(ReadOnlyError) as caught:
        assert_pending_queue_write_enabled(deployment)
    assert (str(caught.value), caught.value.kind) == (text, kind)


def test_a_primary_that_says_it_is_not_writable_takes_nothing() -> None:
    asleep = Deployment(ReplicateMode.PRIMARY, V2, writable=False)
    with pytest.raises(ReadOnlyError):
        assert_canonical_write_enabled(V2, deployment=asleep)


@pytest.mark.parametrize("category", sorted(V2_ONLY_CATEGORIES))
def test_a_category_without_a_legacy_form_is_written_through_v2_everywhere(category: str) -> None:
    assert primary(LEGACY).dialect_for(category) is V2
    assert_canonical_write_enabled(V2, deployment=primary(LEGACY), category=category)


@pytest.mark.parametrize("category", sorted(V2_ONLY_CATEGORIES))
def test_a_category_without_a_legacy_form_is_not_written_on_a_replica(category: str) -> None:
    with pytest.raises(ReadOnlyError):
        assert_canonical_write_enabled(V2, deployment=replica(LEGACY), category=category)


@pytest.mark.parametrize("canonical_format", [V2, LEGACY])
@pytest.mark.parametrize("category", LEGACY_CATEGORIES)
def test_every_other_category_uses_the_deployments_dialect(category: str, canonical_format: CanonicalFormat) -> None:
    assert primary(canonical_format).dialect_for(category) is canonical_format


def test_an_unknown_format_has_no_dialect() -> None:
    with pytest.raises(ReadOnlyError, match="v9"):
        primary("v9").dialect_for("clip")


def test_there_are_fifteen_categories_each_once() -> None:
    assert len(CATEGORIES) == len(set(CATEGORIES)) == 15
    assert set(CATEGORIES) == set(LEGACY_CATEGORIES) | V2_ONLY_CATEGORIES


def test_a_deployment_is_parsed_with_a_known_and_an_unknown_format() -> None:
    body = {"replicate_mode": "REPLICA", "canonical_format": "legacy", "writable": False, "more": 1}
    found = read_deployment(json.dumps(body))
    assert (found.mode, found.canonical_format) == (ReplicateMode.REPLICA, LEGACY)
    assert read_deployment(json.dumps(body | {"canonical_format": "v3"})).canonical_format == "v3"


def test_the_format_is_parsed_in_either_case() -> None:
    body = {"replicate_mode": "PRIMARY", "canonical_format": "LEGACY", "writable": True}
    assert read_deployment(json.dumps(body)).canonical_format is LEGACY


def test_a_bare_mode_is_a_service_without_a_queue() -> None:
    found = read_deployment('"PRIMARY"')
    assert (found.mode, found.has_queue, found.takes_writes) == (ReplicateMode.PRIMARY, False, False)


@pytest.mark.parametrize("body", ["null", "[]", '"OTHER"', '{"replicate_mode": "OTHER"}'])
def test_anything_else_is_not_a_deployment(body: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        read_deployment(body)
