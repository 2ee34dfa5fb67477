"""How much a live model is used, as one line."""

from bot.services.usage import UsageFacts
from bot.ui.glyphs import Glyph, Theme
from bot.ui.text import plural


def use_words(usage: UsageFacts) -> str:
    """Rank, count and workers."""
    served = f"{plural(usage.workers, 'worker')} serve{'s' if usage.workers == 1 else ''} it now"
    return f"rank {usage.rank} of {usage.total}. {usage.month:,} {usage.unit} in the last 30 days; {served}."


def use_line(usage: UsageFacts, theme: Theme) -> str:
    """Rank, count and workers; a warning where anybody uses the model at all."""
    is_used = usage.month or usage.workers
    glyph = f"{theme.glyph(Glyph.WARN)} " if is_used else ""
    return f"{glyph}**Use:** {use_words(usage)}"
