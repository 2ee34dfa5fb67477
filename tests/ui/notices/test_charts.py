"""Chart of the queue: of a size and weight that Discord shows at once, for any numbers."""

import io
import subprocess
import sys
from dataclasses import replace

import pytest
from PIL import Image, ImageChops

from bot.services.queue.statistics import WeekCount
from bot.ui.notices.charts import GROUND, HEIGHT, WIDTH, statistics_picture, wait_words
from tests.ui.statistics_samples import STATISTICS

NOTHING = replace(
    STATISTICS,
    weeks=tuple(WeekCount(number, 0, 0) for number in (50, 51, 52, 53, 1, 2, 3, 4)),
    median_wait_s=None,
    pending=0,
    open_by_age=(0, 0, 0, 0),
)
VERY_MUCH = replace(
    STATISTICS,
    weeks=(*STATISTICS.weeks[:-1], WeekCount(47, 120_000, 1)),
    median_wait_s=86400 * 1234.0,
    pending=1_234_567,
    open_by_age=(1, 0, 1_234_000, 566),
)


@pytest.mark.parametrize("told", [STATISTICS, NOTHING, VERY_MUCH], ids=["usual", "nothing", "very much"])
def test_it_has_its_size_its_few_colours_and_free_edges(told: object) -> None:
    data = statistics_picture(told)  # type: ignore[arg-type] # of the parametrisation
    picture = Image.open(io.BytesIO(data))
    assert picture.size == (WIDTH, HEIGHT)
    assert len(picture.getcolors() or ()) <= 64
    assert len(data) <= 40_000
    drawn = ImageChops.difference(picture.convert("RGB"), Image.new("RGB", picture.size, GROUND)).getbbox()
    assert drawn is not None
    left, top, right, bottom = drawn
    assert left >= 30
    assert top >= 30
    assert right <= WIDTH - 30
    assert bottom <= HEIGHT - 25


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ("-", "")),
        (0, ("0", "min")),
        (59 * 60, ("59", "min")),
        (5.25 * 3600, ("5.2", "h")),
        (23 * 3600, ("23", "h")),
        (1.6 * 86400, ("1.6", "days")),
        (9.97 * 86400, ("10", "days")),
        (12 * 86400, ("12", "days")),
    ],
)
def test_a_wait_is_two_digits_and_a_unit(seconds: float | None, words: tuple[str, str]) -> None:
    assert wait_words(seconds) == words


def test_a_bot_that_draws_no_picture_does_not_carry_what_draws_it() -> None:
    code = "import sys, bot.ui.notices.charts; sys.exit('PIL' in sys.modules)"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)  # noqa: S603 - our own interpreter
