"""Chart of the queue: three numbers, decisions per week, open changes by age.

Drawn on the processor for some hundredths of a second: call it in a thread. Pillow is loaded at the first picture,
so that a bot that draws none carries none.
"""

import io
from typing import TYPE_CHECKING, Final

from bot.services.queue.statistics import QueueStatistics
from bot.ui.components import Accent

if TYPE_CHECKING:
    from PIL import ImageFont

WIDTH: Final = 800
HEIGHT: Final = 1010
SCALE: Final = 2
"""Factor by which the chart is drawn larger and then reduced: it smooths edges."""
SHADES: Final = 10
"""Shades between a colour and the background, at the edges of letters: 62 colours in all, about 30 kB."""

GROUND, INK, QUIET, BAR, LINE = "#26272D", "#F2F3F5", "#B5BAC1", "#7A8494", "#3A3B42"
AMBER, BLUE, RED = (f"#{colour:06X}" for colour in (Accent.AMBER, Accent.BLUE, Accent.RED))

LEFT, RIGHT = 40, 760
SMALL, BIG = 34, 84
"""Heights of letters: a phone shows the chart at a third of its size."""
NUMBER_WIDTH: Final = 225
NUMBERS_AT = (40, 290, 540)
GAP, LEAST = 4, 4
AGE_NAMES = ("< 1 day", "1-3 days", "3-7 days", "> 7 days")

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86400
_TEN = 10


def wait_words(seconds: float | None) -> tuple[str, str]:
    """Return a wait as a two-digit number and its unit (``1.6``, ``days``); a dash for None."""
    if seconds is None:
        return "-", ""
    for unit_s, unit in ((_DAY_S, "days"), (_HOUR_S, "h")):
        if seconds >= unit_s:
            count = seconds / unit_s
            return (f"{count:.1f}" if round(count, 1) < _TEN else f"{count:,.0f}"), unit
    return f"{seconds / _MINUTE_S:.0f}", "min"


def statistics_picture(statistics: QueueStatistics) -> bytes:
    """Draw the picture as a PNG of 800 by 1010."""
    pen = _Pen()
    _numbers(pen, statistics)
    pen.line(196, LINE)
    _decided(pen, statistics)
    pen.line(640, LINE)
    _ages(pen, statistics)
    return pen.png()


class _Pen:
    """A canvas in units of the finished chart."""

    def __init__(self) -> None:
        from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - loaded with the first picture

        self._image: Image.Image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), GROUND)
        self._draw: ImageDraw.ImageDraw = ImageDraw.Draw(self._image)
        self._palette: Image.Image = Image.new("P", (1, 1))
        self._palette.putpalette([part for shade in _shades() for part in shade])
        self._font = ImageFont.load_default
        self._reduce, self._nearest = Image.Resampling.LANCZOS, Image.Dither.NONE

    def png(self) -> bytes:
        """Return the PNG, reduced to its size and palette."""
        reduced = self._image.resize((WIDTH, HEIGHT), self._reduce)
        reduced = reduced.quantize(palette=self._palette, dither=self._nearest)
        data = io.BytesIO()
        reduced.save(data, "PNG", optimize=True)
        return data.getvalue()

    def line(self, y: float, colour: str) -> None:
        """Draw a rule over the whole width."""
        self._draw.rectangle(_box(LEFT, y, RIGHT, y + 1), fill=colour)

    def bar(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        """Draw a filled box with rounded corners; nothing for a height of 0."""
        if bottom > top and right > left:
            self._draw.rounded_rectangle(_box(left, top, right, bottom), radius=4 * SCALE, fill=colour)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        colour: str = INK,
        size: float = SMALL,
        anchor: str = "ls",
        bold: bool = False,
        room: float = WIDTH,
    ) -> None:
        """Draw text on the line ``y``, smaller if it does not fit. Bold is drawn by a stroke."""
        size *= min(1.0, room / max(self.width(words, size), 1))
        self._draw.text(
            (x * SCALE, y * SCALE),
            words,
            fill=colour,
            font=self._face(size),
            anchor=anchor,
            stroke_width=SCALE if bold else 0,
            stroke_fill=colour,
        )

    def width(self, words: str, size: float) -> float:
        """Return the width of a text."""
        return self._draw.textlength(words, font=self._face(size)) / SCALE

    def _face(self, size: float) -> "ImageFont.FreeTypeFont | ImageFont.ImageFont":
        return self._font(size * SCALE)


def _shades() -> list[tuple[int, ...]]:
    ground = _parts(GROUND)
    mixed = [
        tuple(round(begin + (end - begin) * step / SHADES) for begin, end in zip(ground, _parts(colour), strict=True))
        for colour in (INK, QUIET, BAR, AMBER, BLUE, RED)
        for step in range(1, SHADES + 1)
    ]
    return [ground, _parts(LINE), *mixed]


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


def _box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
    return left * SCALE, top * SCALE, right * SCALE, bottom * SCALE


def _numbers(pen: _Pen, statistics: QueueStatistics) -> None:
    wait, unit = wait_words(statistics.median_wait_s)
    for left, number, after, under in zip(
        NUMBERS_AT,
        (f"{statistics.pending:,}", f"{statistics.week.decided:,}", wait),
        ("", "", unit),
        ("open", "decided", "median wait"),
        strict=True,
    ):
        room = NUMBER_WIDTH - (pen.width(f" {after}", 38) if after else 0)
        size = BIG * min(1.0, room / pen.width(number, BIG))
        pen.text(left, 112, number, size=size, bold=True)
        if after:
            pen.text(left + pen.width(number, size) + 12, 98, after, size=38, colour=QUIET)
        pen.text(left, 162, under, size=36, colour=QUIET)


def _decided(pen: _Pen, statistics: QueueStatistics) -> None:
    top, ground = 318, 559
    pen.text(LEFT, 256, "Decided per week", size=38, bold=True)
    pen.text(RIGHT, 256, "rejected", colour=RED, size=36, anchor="rs")
    pen.text(RIGHT - pen.width("rejected", 36) - 28, 256, "approved", colour=BLUE, size=36, anchor="rs")
    most = max((week.decided for week in statistics.weeks), default=0) or 1
    pitch = (RIGHT - LEFT) / len(statistics.weeks)
    for at, week in enumerate(statistics.weeks):
        middle = LEFT + pitch * (at + 0.5)
        left, right = middle - 28, middle + 28
        blue, red = (_length(count, most, ground - top - GAP) for count in (week.approved, week.rejected))
        gap = GAP if blue and red else 0
        pen.bar(left, ground - blue, right, ground, BLUE)
        pen.bar(left, ground - blue - gap - red, right, ground - blue - gap, RED)
        pen.text(middle, ground - blue - gap - red - 10, f"{week.decided:,}", anchor="ms", room=pitch)
        pen.text(middle, 605, str(week.number), colour=QUIET, anchor="ms")
    pen.line(ground + 1, QUIET)


def _ages(pen: _Pen, statistics: QueueStatistics) -> None:
    pen.text(LEFT, 700, "Open, by age", size=38, bold=True)
    left = 250
    widest = max(pen.width(f"{count:,}", SMALL) for count in statistics.open_by_age)
    longest = min(430, RIGHT - left - 14 - widest)
    most = max(statistics.open_by_age, default=0) or 1
    last = len(statistics.open_by_age) - 1
    for at, (name, count) in enumerate(zip(AGE_NAMES, statistics.open_by_age, strict=True)):
        top = 730 + 66 * at
        is_late = at == last and count > 0
        end = left + _length(count, most, longest)
        pen.text(LEFT, top + 34, name, colour=QUIET)
        pen.bar(left, top, end, top + 44, AMBER if is_late else BAR)
        pen.text(end + (14 if count else 0), top + 34, f"{count:,}", bold=is_late)


def _length(count: int, most: int, longest: float) -> float:
    """Return the length of a bar; at least a visible one unless the value is 0."""
    return max(longest * count / most, LEAST) if count else 0
