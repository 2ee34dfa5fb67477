"""Events of this bot's own: dispatched by one cog, heard by another, since no cog imports a cog."""

from typing import Final

QUEUE_MOVED: Final = "queue_moved"
"""Something was set up or decided: cards and messages may be due before the next look."""

ROLES_MOVED: Final = "roles_moved"
"""Somebody linked, unlinked, showed or hid, or a server mirrors other roles: Discord roles may be due."""

SERVICE_ANSWERED: Final = "service_answered"
"""Somebody saw the service work although the last look at the queue failed: the next one need not wait any longer."""
