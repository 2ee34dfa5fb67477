"""The queue in numbers, as it may be in a busy week."""

from bot.services.statistics import QueueStatistics, WeekCount
from tests.ui.samples import NOW

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
