"""Lines that say in which shape a draft's file was given, and how it was read."""

from collections.abc import Iterable, Mapping

from bot.reference.models import CanonicalFormat
from bot.services.proposals.record_texts import Reading
from bot.ui.glyphs import Glyph, Theme

_WORDS: Mapping[Reading, str] = {
    Reading.FRAGMENT: "a part of a reference file",
    Reading.DIFF: "the added lines of a diff",
    Reading.COMMA: "JSON with a comma too many",
    Reading.QUOTES: "JSON with typographic quotes",
    Reading.ROW: "a row of models.csv",
    Reading.LIST: "a list of one record",
    Reading.GENERATED: "a text model with its backend entries, which the service generates itself",
}


def reading_lines(readings: Iterable[Reading], dialect: CanonicalFormat, theme: Theme) -> tuple[str, ...]:
    """Return one line that tells how the file was read; empty for a plain record."""
    named = [_WORDS[reading] for reading in readings if reading in _WORDS]
    said = [f"Read as {' and '.join(named)}."] if named else []
    if Reading.CONVERTED in readings:
        other = "v2" if dialect is CanonicalFormat.LEGACY else "legacy"
        said.append(f"Converted from the {other} format to this service's {dialect.value} format.")
    return (f"{theme.glyph(Glyph.WARN)} {' '.join(said)} Check the record below.",) if said else ()
