"""Memory of pages and searches that were read."""

import weakref
from datetime import UTC, datetime, timedelta

import pytest

from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.services.queue.page_cache import FRESH_FOR, PageCache


class Page:
    """Something read."""


@pytest.mark.parametrize("is_moved", [False, True], ids=["seconds later", "after a change moved"])
def test_a_page_that_is_no_longer_shown_does_not_stay_in_memory(*, is_moved: bool) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    snapshot = QueueSnapshot()
    cache = PageCache(snapshot, lambda: now)
    gone = weakref.ref(cache.put("first", Page()))
    kept = cache.put("second", Page())
    assert cache.get("first") is gone() is not None
    if is_moved:
        snapshot.revision += 1
    else:
        now += FRESH_FOR
    assert cache.get("second") is None, kept
    third = cache.put("third", Page())
    now += timedelta(seconds=1)
    assert gone() is None
    assert cache.get("third") is third
