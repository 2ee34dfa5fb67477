"""Usage of a live model in one line."""

from bot.services.usage import UsageFacts
from bot.ui.glyphs import Glyph, Theme
from bot.ui.text import plural


def use_words(usage: UsageFacts) -> str:
    """Return rank, count and workers."""
    served = f"{plural(usage.workers, 'worker')} serve{'s' if usage.workers == 1 else ''} it now"
    return f"rank {usage.rank} of {usage.total}. {usage.month:,} {usage.unit} in the last 30 days; {served}."


def use_line(usage: UsageFacts, theme: Theme) -> str:
    """Return rank, count and workers, with a warning if the model is used."""
    is_used = usage.month or usage.workers
    glyph = f"{theme.glyph(Glyph.WARN)} " if is_used else ""
    return f"{glyph}**Use:** {use_words(usage)}"
