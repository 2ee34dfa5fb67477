"""Steps that people take, on the loopback Discord."""

import json

from simcord.backend.models import Channel, Interaction, Message
from simcord.components import walk_components

from tests.fakes.discord_people import Person, buttons_of, text_of

_SELECT, _TEXT_INPUT = 3, 4
RECORD = {
    "name": "Journey Model",
    "description": "Made up for a journey over real sockets.",
    "baseline": "stable_diffusion_xl",
    "nsfw": False,
    "config": {
        "download": [
            {
                "file_name": "journey.safetensors",
                "file_url": "https://huggingface.co/made-up/journey/resolve/main/journey.safetensors",
                "sha256sum": "0" * 63 + "1",
            }
        ]
    },
}
"""A complete record of an image model, in the words of v2."""

MANAGE_SERVER = 1 << 5
"""Discord's permission *Manage Server*."""


async def link(person: Person, key: str) -> Message:
    """Link a person by the form, as typed; gives the bot's answer."""
    opened = await person.slash("account link")
    return await person.reply(await person.submit(opened, {only_field(opened): key}))


async def use_review_channel(admin: Person) -> Channel:
    """Make a channel and tell the bot to post its cards there, as a member who manages the server."""
    backend = admin.discord.backend
    assert admin.guild_id is not None
    role = backend.create_role(admin.guild_id, "Server staff", permissions=MANAGE_SERVER)
    backend.get_member(admin.guild_id, admin.user_id).role_ids.append(role.id)
    channel = backend.create_channel(admin.guild_id, "model-review")
    await admin.reply(await admin.slash("setup review-channel", channel=channel.id))
    return channel


async def draft(person: Person, name: str) -> Message:
    """Begin a proposal with a JSON file; gives the draft card."""
    content = json.dumps(RECORD | {"name": name}).encode()
    command = "propose-model create"
    answer = await person.slash(command, category="image_generation", name=name, record=("model.json", content))
    return await person.reply(answer)


async def queue(person: Person, name: str, review: Channel) -> Message:
    """Propose a model whole; gives the card in the review channel."""
    await press(person, await draft(person, name), "draft:submit:")
    return await card_of(person, review, name)


async def card_of(person: Person, review: Channel, *words: str) -> Message:
    """The card in the review channel, once it says all of these words."""

    def found() -> Message | None:
        fitting = (one for one in cards_in(person, review) if all(word in text_of(one) for word in words))
        return next(fitting, None)

    return await person.discord.until(found)


def cards_in(person: Person, review: Channel) -> list[Message]:
    """Return the public messages in the review channel, without answers to single persons."""
    return [one for one in person.discord.backend.messages[review.id].values() if not one.is_ephemeral]


async def press(person: Person, message: Message, beginning: str) -> Interaction:
    """Press the button whose id begins so; wait for the first answer."""
    custom_id = next((one for one in buttons_of(message) if one.startswith(beginning)), beginning)
    return await person.press(message, custom_id)


async def reject(person: Person, card: Message, reason: str) -> Message:
    """Reject a change with a reason; gives the bot's answer."""
    opened = await press(person, card, "change:reject:")
    assert opened.modal is not None, f"no form, but {opened.response_kind}"
    choice = next(one for one in walk_components(opened.modal["components"]) if one["type"] == _SELECT)
    values = {choice["custom_id"]: [choice["options"][-1]["value"]], only_field(opened): reason}
    return await person.reply(await person.submit(opened, values))


async def approve(person: Person, card: Message) -> Interaction:
    """Approve a change, confirming it."""
    question = await person.reply(await press(person, card, "change:approve:"))
    return await press(person, question, "confirm:approve:")


def only_field(opened: Interaction) -> str:
    """The custom id of the one field of a form."""
    assert opened.modal is not None, f"no form, but {opened.response_kind}"
    fields = [one for one in walk_components(opened.modal["components"]) if one["type"] == _TEXT_INPUT]
    assert len(fields) == 1, fields
    custom_id: str = fields[0]["custom_id"]
    return custom_id
