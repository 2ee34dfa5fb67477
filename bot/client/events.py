"""Events of this bot's own: dispatched by one cog, heard by another, since no cog imports a cog."""

from typing import Final

ROLES_MOVED: Final = "roles_moved"
"""Somebody linked, unlinked, showed or hid, or a server mirrors other roles: Discord roles may be due."""
