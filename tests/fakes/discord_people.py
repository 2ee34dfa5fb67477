"""People in the loopback Discord: they type commands, fill forms and press buttons over the real gateway."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from simcord._modal import _commit_modal_uploads, _modal_submit_nodes
from simcord.backend import Backend, serializers
from simcord.backend.models import Interaction, Message
from simcord.components import validate_modal, walk_components
from simcord.interactions import (
    base_payload,
    command_leaves,
    nest_options,
    store_interaction_attachment,
    walk_to_subcommand,
)

from tests.fakes.discord_server import PATIENCE_S, LoopbackDiscord

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
_USER, _CHANNEL, _ATTACHMENT, _BUTTON, _TEXT = 6, 7, 11, 2, 10


@dataclass(slots=True)
class Person:
    """Person in one channel of one guild (or in a direct message); every verb sends one interaction."""

    discord: LoopbackDiscord
    user_id: int
    channel_id: int
    guild_id: int | None

    @property
    def _backend(self) -> Backend:
        return self.discord.backend

    async def slash(self, command: str, /, **options: Any) -> Interaction:
        """Type ``/command`` and wait for the first answer. Users and channels are given by id.

        A file is given as ``(file name, bytes)``.
        """
        return await self.answered(self.type_slash(command, **options))

    def type_slash(self, command: str, /, **options: Any) -> Interaction:
        """Type ``/command`` and wait for nothing."""
        data = self._command_data(command.split(), options)
        return self._send(COMMAND, data)

    async def complete(self, command: str, option: str, text: str, /, **filled: Any) -> list[dict[str, Any]]:
        """Return the suggestions for ``text`` typed into ``option``."""
        interaction = await self.answered(self.type_letters(command, option, text, **filled))
        return interaction.autocomplete_choices or []

    def type_letters(self, command: str, option: str, text: str, /, **filled: Any) -> Interaction:
        """Type ``text`` into ``option`` and wait for nothing."""
        data = self._command_data(command.split(), {**filled, option: text}, focus=option)
        return self._send(AUTOCOMPLETE, data)

    async def press(self, message: Message, custom_id: str) -> Interaction:
        """Press a button of a message and wait for the first answer.

        Raises:
            AssertionError: the message has no such button that can be pressed.
        """
        offered = list(buttons_of(message))
        assert custom_id in offered, f"{custom_id} is not among {offered} under:\n{text_of(message)}"
        return await self.answered(self.press_blindly(message, custom_id))

    def press_blindly(self, message: Message, custom_id: str) -> Interaction:
        """Send a press of any id, on the message or not, and wait for nothing."""
        data = {"component_type": _BUTTON, "custom_id": custom_id}
        shown = dict(serializers.message_payload(self._backend, message))
        return self._send(COMPONENT, data, message.channel_id, source=message.id, message=shown)

    async def submit(self, opened: Interaction, values: Mapping[str, Any]) -> Interaction:
        """Fill the form that ``opened`` showed and send it; values by custom id."""
        return await self.answered(self.submit_blindly(opened, values))

    def submit_blindly(self, opened: Interaction, values: Mapping[str, Any]) -> Interaction:
        """As ``submit``, but wait for nothing."""
        assert opened.modal is not None, f"no form was opened, but {opened.response_kind}"
        form = validate_modal(opened.modal)
        resolved: dict[str, Any] = {}
        uploads: list[Any] = []
        components = _modal_submit_nodes(form["components"], self, dict(values), resolved, self.channel_id, uploads)
        actor = SimpleNamespace(_env=SimpleNamespace(backend=self._backend))
        _commit_modal_uploads(actor, opened.channel_id, uploads, resolved)
        data = {"custom_id": form["custom_id"], "components": components, "resolved": resolved}
        extra: dict[str, Any] = {}
        if opened.source_message_id is not None:
            source = self._backend.get_message(opened.channel_id, opened.source_message_id)
            extra["message"] = dict(serializers.message_payload(self._backend, source))
        return self._send(MODAL_SUBMIT, data, opened.channel_id, source=opened.source_message_id, **extra)

    async def answered(self, interaction: Interaction, *, within_s: float = PATIENCE_S) -> Interaction:
        """The interaction, once the bot acknowledged it in any way."""
        return await self.discord.until(lambda: interaction.responded and interaction, within_s=within_s)

    async def reply(self, interaction: Interaction, *, within_s: float = PATIENCE_S) -> Message:
        """The message that answers the interaction, once it is more than "thinking…"."""
        return await self.discord.until(lambda: self._reply(interaction), within_s=within_s)

    def _reply(self, interaction: Interaction) -> Message | None:
        if interaction.loading or interaction.message_id is None:
            followups = interaction.followup_ids
            return self._backend.get_message(interaction.channel_id, followups[0]) if followups else None
        return self._backend.get_message(interaction.channel_id, interaction.message_id)

    def _send(
        self,
        kind: int,
        data: dict[str, Any],
        channel_id: int | None = None,
        *,
        source: int | None = None,
        **extra: Any,
    ) -> Interaction:
        interaction, payload = base_payload(
            self._backend,
            type=kind,
            channel_id=channel_id or self.channel_id,
            guild_id=self.guild_id,
            user_id=self.user_id,
            data=data,
        )
        interaction.source_message_id = source
        owners = {"0": str(self.guild_id)} if self.guild_id else {"1": str(self.user_id)}
        payload |= {"authorizing_integration_owners": owners, **extra}
        self._backend.emit("INTERACTION_CREATE", payload)
        return interaction

    def _command_data(self, words: list[str], values: Mapping[str, Any], *, focus: str | None = None) -> dict[str, Any]:
        command = self._backend.find_command(words[0], self.guild_id)
        assert command is not None, f"/{words[0]} is not among the synced commands"
        leaf, nesting = walk_to_subcommand(command, words[1:])
        declared = {option["name"]: option for option in leaf.get("options") or []}
        resolved: dict[str, Any] = {}
        options = []
        for name, value in values.items():
            kind = declared[name]["type"]
            options.append({"name": name, "type": kind, "value": self._wire(kind, value, resolved)})
            if name == focus:
                options[-1]["focused"] = True
        data = {"id": command["id"], "name": command["name"], "type": 1}
        return data | {"options": nest_options(command, nesting, options), "resolved": resolved}

    def _wire(self, kind: int, value: Any, resolved: dict[str, Any]) -> Any:
        if kind == _USER:
            user = dict(serializers.user_payload(self._backend.get_user(value)))
            resolved.setdefault("users", {})[str(value)] = user
            if self.guild_id is not None:
                guild = self._backend.get_guild(self.guild_id)
                member = serializers.member_payload(self._backend, guild, guild.members[value], with_user=False)
                resolved.setdefault("members", {})[str(value)] = dict(member)
            return str(value)
        if kind == _CHANNEL:
            channel = dict(serializers.channel_payload(self._backend, self._backend.get_channel(value)))
            assert self.guild_id is not None, "a direct message has no other channels"
            allowed = self._backend.compute_permissions(self.guild_id, self.user_id, value)
            resolved.setdefault("channels", {})[str(value)] = channel | {"permissions": str(allowed)}
            return str(value)
        if kind == _ATTACHMENT:
            name, content = value
            return store_interaction_attachment(self._backend, self.channel_id, name, content, resolved)
        return value


def settle(discord: LoopbackDiscord, *, channel: str = "model-talk") -> Callable[[str], Person]:
    """Make a guild with one channel; gives a function that makes its members by name."""
    guild = discord.backend.create_guild("The Horde")
    room = discord.backend.create_channel(guild.id, channel)

    def arrive(name: str) -> Person:
        user = discord.backend.make_user(name)
        discord.backend.add_member(guild.id, user.id)
        return Person(discord, user.id, room.id, guild.id)

    return arrive


def text_of(message: Message) -> str:
    """Everything a reader sees as text in a message, components and embeds included."""
    shown = [component.get("content", "") for component in walk_components(message.components)]
    embeds = [embed.get("description") or "" for embed in message.embeds]
    return "\n".join(filter(None, [message.content, *shown, *embeds]))


def buttons_of(message: Message) -> dict[str, dict[str, Any]]:
    """The buttons that can be pressed, by custom id, in order."""
    return {
        component["custom_id"]: component
        for component in walk_components(message.components)
        if component["type"] == _BUTTON and "custom_id" in component and not component.get("disabled")
    }


def commands_of(discord: LoopbackDiscord) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every synced slash command as typed, with the description of its options."""
    for scope in discord.backend.commands.values():
        for command in scope.values():
            if command["type"] == 1:
                for path, leaf in command_leaves(command):
                    yield " ".join(path), leaf
