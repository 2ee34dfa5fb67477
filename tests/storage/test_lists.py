"""Filters of lists and questions of purges are stored until they expire; each purge is sent once."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from storage.database import Database
from storage.list_filters import KEPT_FOR, ListFilters
from storage.purges import KEPT_FOR as PURGES_KEPT_FOR
from storage.purges import Purges, PurgeState
from tests.harness.full_disk import files_no_larger_than

RITA, ABE = 1111, 2222


async def test_the_same_filter_has_the_same_number(database: Database, now: datetime) -> None:
    filters = ListFilters(database)
    first = await filters.keep('{"model": "x"}', now)
    assert await filters.keep('{"model": "y"}', now) != first
    assert await filters.keep('{"model": "x"}', now) == first
    assert await filters.get(first) == '{"model": "x"}'
    assert await filters.get(999) is None


async def test_an_unused_filter_expires(database: Database, now: datetime) -> None:
    filters = ListFilters(database)
    old, used = await filters.keep("old", now), await filters.keep("used", now)
    await filters.keep("used", now + KEPT_FOR)
    await filters.keep("new", now + KEPT_FOR + timedelta(seconds=1))
    assert await filters.get(old) is None
    assert await filters.get(used) == "used"


async def test_of_very_many_filters_the_last_used_are_kept(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.list_filters.KEPT_MAX", 10)
    monkeypatch.setattr("storage.list_filters.PRUNED_EVERY", 5)
    filters = ListFilters(database)
    plain = await filters.keep("plain", now)
    for number in range(100):
        latest = await filters.keep(f"words {number}", now + timedelta(seconds=number))
        assert await filters.keep("plain", now + timedelta(seconds=number)) == plain
    assert await filters.get(latest) == "words 99"
    assert len([1 for number in range(latest + 1) if await filters.get(number)]) <= 15


async def test_on_a_full_disk_a_list_is_shown_with_the_filter_that_it_has_or_with_none(
    database: Database, path: Path, now: datetime
) -> None:
    filters = ListFilters(database)
    await filters.keep("another", now)
    stored = await filters.keep("stored", now)
    with files_no_larger_than(path.with_name(f"{path.name}-wal").stat().st_size):
        assert await filters.keep("stored", now) == stored
        assert await filters.keep("new", now) == 0


async def test_a_purge_belongs_to_one_person_and_is_sent_once(database: Database, now: datetime) -> None:
    purges = Purges(database)
    offered = await purges.offer(ABE, "{}", (3, 5), now)
    assert offered.change_ids == (3, 5)
    await purges.offer(RITA, "{}", (7,), now)
    assert await purges.get(offered.purge_id, RITA) is None
    assert await purges.get(offered.purge_id, ABE) == offered
    assert await purges.mark_sent(offered.purge_id, now)
    assert not await purges.mark_sent(offered.purge_id, now)
    await purges.take_back(offered.purge_id)
    assert await purges.mark_sent(offered.purge_id, now), "what was certainly not done may be sent once more"
    await purges.mark_done(offered.purge_id)
    await purges.take_back(offered.purge_id)
    done = await purges.get(offered.purge_id, ABE)
    assert done is not None
    assert done.state is PurgeState.DONE, "the first truth stays"
    await purges.offer(RITA, "{}", (7,), now + PURGES_KEPT_FOR + timedelta(seconds=1))
    assert await purges.get(offered.purge_id, ABE) is None
