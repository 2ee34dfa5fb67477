"""How things stand, for ``/status``."""

from bot.services.outcomes import StatusReport
from bot.ui.components import Markup
from bot.ui.glyphs import Look


def status_view(report: StatusReport, look: Look) -> Markup:
    """Draw the service, AI-Horde, the watching and the queue."""
    raise NotImplementedError
