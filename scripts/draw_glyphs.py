"""Script that draws glyphs and avatar into bot/ui/glyphs; run it after a change."""

import math
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw

OUT = Path(__file__).resolve().parent.parent / "bot" / "ui" / "glyphs"
SIZE = 128
SCALE = 8  # drawn large and reduced, which smooths every edge
CENTRE = SIZE / 2

AMBER, BLUE, GREEN, RED = "#F0B232", "#3D8BF5", "#35C98E", "#F0555A"
GREY, ORCHID = "#8B919C", "#E58AE8"

type Point = tuple[float, float]
type Colour = str | tuple[int, int, int, int]

CLEAR: Colour = (0, 0, 0, 0)


class Pen:
    """A canvas with glyph coordinates from 0 to 128, independent of its size in pixels."""

    def __init__(self, *, side: float = SIZE, ground: Colour = CLEAR) -> None:
        self.image = Image.new("RGBA", (int(side * SCALE), int(side * SCALE)), ground)
        self._draw = ImageDraw.Draw(self.image)

    def disc(self, centre: Point, radius: float, colour: Colour) -> None:
        """Draw a filled circle."""
        self._draw.ellipse(self._box(centre, radius), fill=colour)

    def ring(self, colour: Colour, *, radius: float = 56, width: float = 12) -> None:
        """Draw the outline of a circle with its outer edge at ``radius``."""
        self.disc((CENTRE, CENTRE), radius, colour)
        self.disc((CENTRE, CENTRE), radius - width, CLEAR)

    def slice(self, colour: Colour, start: float, end: float, *, radius: float = 33) -> None:
        """Draw a slice of a pie, in degrees clockwise from the east."""
        self._draw.pieslice(self._box((CENTRE, CENTRE), radius), start, end, fill=colour)

    def arc(self, colour: Colour, start: float, end: float) -> None:
        """Draw a piece of the dashed ring."""
        self._draw.arc(self._box((CENTRE, CENTRE), 56), start, end, fill=colour, width=12 * SCALE)

    def stroke(self, points: list[Point], width: float, colour: Colour) -> None:
        """Draw a line with round ends and corners."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self._draw.line(scaled, fill=colour, width=int(width * SCALE))
        for point in points:
            self.disc(point, width / 2, colour)

    def shape(self, points: list[Point], colour: Colour, *, rounding: float = 5) -> None:
        """Draw a filled polygon with round corners."""
        inner = [self._towards_centre(point, points, rounding) for point in points]
        self._draw.polygon([(x * SCALE, y * SCALE) for x, y in inner], fill=colour)
        self.stroke([*inner, inner[0]], rounding * 2, colour)

    def card(self, box: tuple[float, float, float, float], radius: float, colour: Colour) -> None:
        """Draw a rectangle with round corners."""
        self._draw.rounded_rectangle([value * SCALE for value in box], radius * SCALE, fill=colour)

    @staticmethod
    def _towards_centre(point: Point, points: list[Point], distance: float) -> Point:
        middle = (sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points))
        length = math.dist(point, middle)
        share = distance * 1.3 / length
        return point[0] + (middle[0] - point[0]) * share, point[1] + (middle[1] - point[1]) * share

    @staticmethod
    def _box(centre: Point, radius: float) -> tuple[float, float, float, float]:
        x, y = centre
        return (x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE


def check(pen: Pen, colour: Colour, *, reach: float = 26, width: float = 12) -> None:
    """Draw a check mark in the middle."""
    points = [
        (CENTRE - reach, CENTRE + reach * 0.12),
        (CENTRE - reach * 0.28, CENTRE + reach * 0.78),
        (CENTRE + reach, CENTRE - reach * 0.72),
    ]
    pen.stroke(points, width, colour)


def cross(pen: Pen, colour: Colour, *, reach: float, width: float) -> None:
    """Draw a cross in the middle."""
    low, high = CENTRE - reach, CENTRE + reach
    pen.stroke([(low, low), (high, high)], width, colour)
    pen.stroke([(low, high), (high, low)], width, colour)


def mark(pen: Pen, *, top: float, bottom: float, width: float = 13) -> None:
    """Draw an exclamation mark, cut out."""
    pen.stroke([(CENTRE, top + width / 2), (CENTRE, bottom - 24)], width, CLEAR)
    pen.disc((CENTRE, bottom - width / 2), width / 2 + 1, CLEAR)


def pending(pen: Pen) -> None:
    """Draw an amber ring, its right half filled."""
    pen.ring(AMBER)
    pen.slice(AMBER, -90, 90)


def approved(pen: Pen) -> None:
    """Draw a blue ring with a check inside."""
    pen.ring(BLUE)
    check(pen, BLUE)


def applying(pen: Pen) -> None:
    """Draw a blue ring, three quarters filled."""
    pen.ring(BLUE)
    pen.slice(BLUE, -90, 180)


def applied(pen: Pen) -> None:
    """Draw a green disc with the check cut out."""
    pen.disc((CENTRE, CENTRE), 56, GREEN)
    check(pen, CLEAR, reach=28, width=13)


def rejected(pen: Pen) -> None:
    """Draw a red disc with the cross cut out."""
    pen.disc((CENTRE, CENTRE), 56, RED)
    cross(pen, CLEAR, reach=19, width=14)


def purged(pen: Pen) -> None:
    """Draw a grey ring with a bar inside."""
    pen.ring(GREY)
    pen.stroke([(46, CENTRE), (82, CENTRE)], 13, GREY)


def stuck(pen: Pen) -> None:
    """Draw an orchid hexagon."""
    points = [
        (CENTRE + 59 * math.cos(math.radians(angle)), CENTRE + 59 * math.sin(math.radians(angle)))
        for angle in range(0, 360, 60)
    ]
    pen.shape(points, ORCHID, rounding=3)
    mark(pen, top=26, bottom=102)


def draft(pen: Pen) -> None:
    """Draw a grey ring of eight dashes."""
    for index in range(8):
        start = index * 45 + 13
        pen.arc(GREY, start, start + 26)


def passing(pen: Pen) -> None:
    """Draw a green check without a disc."""
    check(pen, GREEN, reach=44, width=17)


def warn(pen: Pen) -> None:
    """Draw an amber triangle."""
    pen.shape([(64, 8), (122, 114), (6, 114)], AMBER, rounding=5)
    mark(pen, top=38, bottom=104, width=13)


def fail(pen: Pen) -> None:
    """Draw a red cross without a disc."""
    cross(pen, RED, reach=38, width=18)


def critical(pen: Pen) -> None:
    """Draw an amber diamond."""
    pen.shape([(64, 5), (123, 64), (64, 123), (5, 64)], AMBER, rounding=3)
    mark(pen, top=34, bottom=98)


def avatar(pen: Pen) -> None:
    """Draw two records on a dark ground, the upper one checked."""
    pen.card((28, 20, 82, 92), 8, "#4A6174")
    pen.card((38, 30, 93, 103), 7, "#E9EEF3")
    pen.stroke([(50, 45), (80, 45)], 6, "#9AA9B8")
    pen.stroke([(50, 59), (69, 59)], 6, "#9AA9B8")
    pen.disc((91, 93), 24, "#22303C")
    pen.disc((91, 93), 21, GREEN)
    pen.stroke([(81, 94), (88, 101), (101, 86)], 6.5, "#12212B")


GLYPHS: dict[str, Callable[[Pen], None]] = {
    "pending": pending,
    "approved": approved,
    "applying": applying,
    "applied": applied,
    "rejected": rejected,
    "purged": purged,
    "stuck": stuck,
    "draft": draft,
    "pass": passing,
    "warn": warn,
    "fail": fail,
    "critical": critical,
}


def main() -> None:
    """Write all pictures."""
    OUT.mkdir(exist_ok=True)
    for name, shape in GLYPHS.items():
        pen = Pen()
        shape(pen)
        small = pen.image.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
        small.save(OUT / f"{name}.png", optimize=True)
    pen = Pen(ground="#22303C")
    avatar(pen)
    pen.image.resize((256, 256), Image.Resampling.LANCZOS).convert("RGB").save(OUT / "avatar.png", optimize=True)


if __name__ == "__main__":
    main()
