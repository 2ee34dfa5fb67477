"""Errors in a page's console, without the one kind that is no fault."""

import re
from urllib.parse import urlsplit

from playwright.async_api import ConsoleMessage, Page

PREVIEW_PICTURE = re.compile(r"/as/[a-z]+/[a-z-]+/api/assets/[^/]+")
"""Where simcord's preview serves the pictures of one publication, below the site of a person and place."""


def collect_problems(page: Page, problems: list[str]) -> None:
    """Write down every error of the page from now on, with the address that it is about."""
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(_told(message)) if _is_problem(message) else None)


def _is_problem(message: ConsoleMessage) -> bool:
    return message.type == "error" and not _is_overtaken(message)


def _is_overtaken(message: ConsoleMessage) -> bool:
    """Return whether the picture's publication was replaced before the request.

    simcord forgets what its newest publication does not show; the page learns of that only with its next poll, then
    asks for the picture under its new id. Any other address that is not found is a fault.
    """
    is_missing = message.text.startswith("Failed to load resource") and "404" in message.text
    return is_missing and PREVIEW_PICTURE.fullmatch(urlsplit(message.location["url"]).path) is not None


def _told(message: ConsoleMessage) -> str:
    return f"{message.text} {message.location['url']}"
