"""The queue in numbers, as it may be in a busy week."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

from bot.services.notifications.digest import Digest
from bot.services.queue.statistics import QueueStatistics, WeekCount
from bot.ui.notices.charts import statistics_picture
from tests.ui.samples import CARD, NOW

_WEEKS = ((40, 12, 3), (41, 17, 2), (42, 9, 5), (43, 21, 4), (44, 15, 6), (45, 18, 2), (46, 18, 4), (47, 24, 7))

STATISTICS = QueueStatistics(
    read_at=NOW,
    weeks=tuple(WeekCount(number, approved, rejected) for number, approved, rejected in _WEEKS),
    median_wait_s=1.6 * 86400,
    median_wait_all_s=2.1 * 86400,
    applied=27,
    deciders=(("carol#303", 14), ("bob#202", 11), ("dave#404", 6)),
    pending=14,
    approved=3,
    open_by_age=(5, 4, 3, 2),
    open_by_category=(("image_generation", 9), ("text_generation", 4), ("controlnet", 1)),
)

HOSTILE = "**bold** [link](https://evil.example) @everyone <@1> `x` " * 90
_PLAIN = {
    "category": "image_generation",
    "requested_at": int((NOW - timedelta(days=8)).timestamp()),
    "status": "pending",
}

DIGEST = Digest(STATISTICS, 7, 2, ((31, CARD.url), (33, CARD.url)))
LONG_DIGEST = Digest(
    replace(
        STATISTICS,
        deciders=tuple((f"[{number}](https://evil.example)#{number}", 1) for number in range(12)),
        open_by_category=tuple((f"kind_{number}", 1) for number in range(9)),
    ),
    30,
    1_234,
    tuple((number, CARD.url if number % 2 else None) for number in range(31, 41)),
)
REMINDER: Mapping[str, Any] = {
    "days": 7,
    "count": 2,
    "changes": [
        {**_PLAIN, "change_id": 31, "operation": "create", "model_name": "Hidden Canvas", "requested_by": "131"},
        {**_PLAIN, "change_id": 33, "operation": "update", "model_name": "Babes", "requested_by": "102"},
    ],
    "links": [CARD.url, CARD.url],
}
LONG_REMINDER: Mapping[str, Any] = {
    "days": 1,
    "count": 73,
    "changes": [
        {**_PLAIN, "change_id": number, "operation": "delete", "model_name": HOSTILE, "requested_by": HOSTILE}
        for number in range(31, 41)
    ],
    "links": [None] * 10,
}


@cache
def picture() -> bytes:
    """The picture, drawn once for all screens."""
    return statistics_picture(STATISTICS)
