"""Values come back from their columns as they went in."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.columns import (
    from_json,
    from_names,
    from_stamp,
    from_stamp_or_none,
    to_json,
    to_names,
    to_stamp,
)

ANY_TEXT = st.text(st.characters(codec=None), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANY_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner),
    max_leaves=6,
)


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_moment_survives_to_the_microsecond(moment: datetime) -> None:
    assert from_stamp(to_stamp(moment)) == moment
    assert from_stamp_or_none(to_stamp(moment)) == moment


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1)), st.integers(-720, 720))  # noqa: DTZ001 - hypothesis takes naive bounds
def test_a_moment_of_another_zone_is_the_same_moment(moment: datetime, offset_min: int) -> None:
    zoned = moment.replace(tzinfo=timezone(timedelta(minutes=offset_min)))
    assert from_stamp(to_stamp(zoned)) == zoned


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(TypeError):
        to_stamp(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point
    assert from_stamp_or_none(None) is None


@given(st.dictionaries(ANY_TEXT, JSON))
def test_every_record_survives_with_the_order_of_its_keys(record: dict[str, object]) -> None:
    kept = from_json(to_json(record))
    assert kept == record
    assert list(kept) == list(record)
    assert to_json(record).isascii()


@given(st.frozensets(st.text()))
def test_a_set_of_names_survives_in_one_spelling(names: frozenset[str]) -> None:
    assert from_names(to_names(names)) == names
    assert json.loads(to_names(names)) == sorted(names)
