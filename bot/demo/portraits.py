"""Avatars of the demo's people: an initial on a colour."""

from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.demo.people import Person

SIDE = 128


@cache
def portrait(person: Person) -> bytes:
    """Draw the person's avatar, a square PNG of `SIDE` pixels."""
    image = Image.new("RGB", (SIDE, SIDE), person.colour)
    ImageDraw.Draw(image).text(
        (SIDE / 2, SIDE / 2),
        person.name[0],
        fill="#ffffff",
        anchor="mm",
        font=ImageFont.load_default(SIDE * 0.55),
    )
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
