"""Patches of simcord's scripts: words for people, and the reader's own clock."""

from typing import Final

PATCHES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "text.js": (
        # A text of this moment is never "in 1 second": the bot and the service use the real clock, simcord its own.
        ("new Date(options.presentationTime || 0)", "new Date()"),
        ('options.timezone || "UTC"', "undefined"),
    ),
    "messages.js": (('options.timezone || "UTC"', "undefined"),),
    "components.js": (('options.timezone || "UTC"', "undefined"),),
    "media.js": (('item.options.timezone || "UTC"', "undefined"),),
    "selects.js": (
        ("SimCord selection draft actions", "Take this choice?"),
        ("SimCord selection draft", "Take this choice?"),
        ('"Apply"', '"Choose"'),
        (
            "`${selected.length} selected. Choose ${minimum}\u2013${maximum} options.`",
            '(multi && maximum > 1 ? `Choose up to ${maximum}.` : "")',
        ),
    ),
    "diagnostics.js": (("Correct the highlighted modal field.", "Fill in the marked field."),),
    "actions.js": (
        (
            "Preview session is unavailable. Reload the active Preview URL.",
            "This page is no longer connected. Reload it.",
        ),
        ("Action outcome uncertain. It will not be retried.", "The result is unknown: look at the newest messages."),
        ("Access to this preview is unavailable.", "This page cannot be shown. Reload it."),
        ("Preview session ended.", "The demo has ended."),
    ),
}
"""Pairs of old and new text by file. A test fails if simcord's scripts lose one of the old texts."""


def patched(filename: str, text: str) -> str:
    """Return the text of a file of simcord's page with its patches."""
    for old, new in PATCHES.get(filename, ()):
        text = text.replace(old, new)
    return text
