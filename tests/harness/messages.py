"""Reads what the bot posted, as a person would: the words of a message, its buttons, the form that opened."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import discord
import simcord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, UserHandle
from simcord.results import InteractionResult, ResponseMessage

type Node = Mapping[str, Any]
type Posted = discord.Message | ResponseMessage | InteractionResult | Mapping[str, Any]
"""Anything that holds components: a message in a channel, an answer, all answers to an interaction, a payload."""


class Menu(NamedTuple):
    """A menu to choose from: the values that it offers, and how many can be chosen at most."""

    custom_id: str
    values: list[str]
    most: int


def nodes_of(posted: Posted) -> Iterator[Node]:
    """Every component, nested ones too, in the order in which a person reads them."""
    match posted:
        case InteractionResult():
            for answer in answers_of(posted):
                yield from nodes_of(answer)
        case discord.Message():
            for component in posted.components:
                yield from _walk({**component.to_dict()})
        case ResponseMessage():
            for payload in posted.components:
                yield from _walk(payload)
        case Mapping():
            for payload in posted.get("components", ()):
                yield from _walk(payload)


def text_of(posted: Posted) -> str:
    """All words of the message, a line for each text component."""
    return "\n".join(node["content"] for node in nodes_of(posted) if node["type"] == 10)


def accent_of(posted: Posted) -> str | None:
    """The colour of the message's container as `#RRGGBB`; None without one."""
    colours = [node.get("accent_color") for node in nodes_of(posted) if node["type"] == 17]
    return f"#{colours[0]:06X}" if colours and colours[0] is not None else None


def buttons_of(posted: Posted) -> dict[str, Node]:
    """Buttons by their label."""
    return {node["label"]: node for node in nodes_of(posted) if node["type"] == 2 and node.get("label")}


def enabled_buttons_of(posted: Posted) -> list[str]:
    """Labels of the buttons that can be pressed, in order."""
    return [label for label, node in buttons_of(posted).items() if not node.get("disabled")]


def menus_of(posted: Posted) -> list[Menu]:
    """Menus to choose from, in their order."""
    return [
        Menu(node["custom_id"], [option["value"] for option in node["options"]], node.get("max_values", 1))
        for node in nodes_of(posted)
        if node["type"] == 3
    ]


def menu_of(posted: Posted, part: str = "") -> Menu:
    """The only menu whose id has this part."""
    (menu,) = [menu for menu in menus_of(posted) if part in menu.custom_id]
    return menu


def answers_of(result: InteractionResult) -> list[ResponseMessage]:
    """Every message that answered an interaction, the first answer first."""
    first = result.response
    return [*([first] if first else []), *result.followups]


def answer_of(result: InteractionResult) -> ResponseMessage:
    """The one message that answered; fails when there was none or more than one."""
    (answer,) = answers_of(result)
    return answer


def fields_of(result: InteractionResult) -> dict[str, Node]:
    """The inputs of the form that opened, by custom id."""
    assert result.modal is not None, "no form was opened"
    return {node["custom_id"]: node for node in nodes_of(result.modal) if "custom_id" in node}


def labels_of(result: InteractionResult) -> dict[str, str]:
    """The inputs of the form that opened: label -> custom id."""
    assert result.modal is not None, "no form was opened"
    labelled = [node for node in nodes_of(result.modal) if node["type"] == 18]
    return {node["label"]: node["component"]["custom_id"] for node in labelled}


def posted_in(
    channel: ChannelHandle, env: simcord.Env, *, viewer: MemberActor | UserHandle | None = None
) -> list[discord.Message]:
    """The bot's messages in a channel, oldest first: the public ones, or those that the viewer sees."""
    messages = channel.history(viewer=viewer)
    is_ours = [each for each in messages if each.author.id == env.backend.bot_user.id]
    mine = [each for each in is_ours if viewer is not None or not each.flags.ephemeral]
    return sorted(mine, key=lambda each: each.id)


def card_of(channel: ChannelHandle, env: simcord.Env, change_id: int) -> discord.Message:
    """The review card of a change; fails when there is none or more than one."""
    title = re.compile(rf"^-# #{change_id}\b", re.MULTILINE)
    (card,) = [each for each in posted_in(channel, env) if title.search(text_of(each))]
    return card


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.get("components") or ():
        yield from _walk(child)
    for key in ("component", "accessory"):
        if isinstance(node.get(key), Mapping):
            yield from _walk(node[key])
