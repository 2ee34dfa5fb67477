"""Context menus ("Apps") of messages and authors, which simcord's page does not offer."""

from typing import Any

import discord
from discord import AppCommandType
from simcord.actors import MemberActor
from simcord.backend.errors import BackendError, SetupError
from simcord.preview import Preview

from bot.demo import simcord_seams as seams
from bot.demo.world import World


class NoSuchMenuError(Exception):
    """The message is gone, or has no menu of this name."""


class ContextMenus:
    """The bot's context menus, as a person opens them on a message."""

    def __init__(self, world: World) -> None:
        """Create them for the running simulation."""
        self._world = world

    def names(self, preview: Preview, member: MemberActor, message_id: int) -> list[str]:
        """Return the names of a message's menus, then those of its author.

        Raises:
            NoSuchMenuError: The member does not see such a message.
        """
        message = self._message(preview, member, message_id)
        kinds = [AppCommandType.message, *([AppCommandType.user] if self._author(message) else [])]
        return [name for kind in kinds for name in self._named(kind)]

    async def open(self, preview: Preview, member: MemberActor, message_id: int, name: str) -> None:
        """Choose a menu; the bot's answer or form appears on the member's open pages.

        Raises:
            NoSuchMenuError: The member does not see such a message, it has no such menu, or the bot did not answer.
        """
        message = self._message(preview, member, message_id)
        target = message if name in self._named(AppCommandType.message) else self._author(message)
        if target is None or name not in self.names(preview, member, message_id):
            raise NoSuchMenuError(name)
        try:
            result = await member.context_menu(preview.channel, name, target)
        except (SetupError, BackendError, TimeoutError) as error:
            raise NoSuchMenuError(name) from error
        seams.show_result(preview, member.id, result)

    def _named(self, kind: AppCommandType) -> list[str]:
        tree: Any = getattr(self._world.env.bot, "tree", None)
        return [command.name for command in tree.get_commands(type=kind)] if tree is not None else []

    def _author(self, message: discord.Message) -> MemberActor | None:
        """Return the author; None for the bot."""
        people = (*self._world.members.values(), self._world.owner)
        return next((each for each in people if each.id == message.author.id), None)

    @staticmethod
    def _message(preview: Preview, member: MemberActor, message_id: int) -> discord.Message:
        for message in preview.channel.history(viewer=member):
            if message.id == message_id:
                return message
        raise NoSuchMenuError(message_id)
