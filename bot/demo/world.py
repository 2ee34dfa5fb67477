"""Simulated Discord of the demo: one server, two channels, four people and the bot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import BytesIO

import discord
import simcord
from PIL import Image, ImageDraw, ImageFont
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle

from bot.demo import simcord_seams as seams
from bot.demo.people import PEOPLE, Person

GUILD_NAME = "AI Horde (simulated)"
BOT_NAME = "Horde Curator"
PUBLIC_CHANNEL = "model-talk"
REVIEW_CHANNEL = "model-review"
SETTLE_TIMEOUT_S = 30.0
PORTRAIT_SIDE = 128
WELCOME = "Models are proposed here. Type `/` to see what Horde Curator can do; `/account link` comes first."
REVIEW_WELCOME = "For each change in the queue a card appears here, with all an approver needs to decide."
AVATAR = "avatar"
"""Name of the bot's own picture; all other pictures are its emojis."""


@dataclass(frozen=True, slots=True)
class World:
    """The running simulation and its members."""

    env: simcord.Env
    guild: GuildHandle
    public: ChannelHandle
    review: ChannelHandle
    members: Mapping[str, MemberActor]
    owner: MemberActor

    def member(self, person: Person) -> MemberActor:
        """Return the person as a member of the server."""
        return self.members[person.name]

    def threads(self) -> list[ChannelHandle]:
        """Return the threads of both channels, oldest first."""
        return sorted((*self.public.threads, *self.review.threads), key=lambda thread: thread.id)

    def direct_messages(self, person: Person) -> ChannelHandle:
        """Return the person's direct messages with the bot."""
        return self.member(person).user.dm_channel


def create_world(bot: discord.Client, *, pictures: Mapping[str, bytes]) -> World:
    """Create the server and its people, without starting the bot.

    Of the pictures, `avatar` is the bot's own. All are created at simcord's fixed start time: ids depend on the time,
    and must be the same in a later run with kept data.
    """
    env = seams.QuickEnv(bot, settle_timeout=SETTLE_TIMEOUT_S)
    env.backend.edit_bot_profile(BOT_NAME)
    if AVATAR in pictures:
        seams.show_user_image(env, env.backend.bot_user.id, AVATAR, pictures[AVATAR])
    return _populate(env)


async def start_world(world: World, *, pictures: Mapping[str, bytes], now: datetime | None = None) -> None:
    """Start the bot and wait for its own start-up work; `world.env.shutdown()` stops it.

    The pictures are those of the application emojis. The simulated time is ``now``, aware UTC, or the real time.
    """
    seams.start_clock_at(world.env, now or datetime.now(UTC))
    await world.env.start()
    await world.owner.send(world.public, WELCOME)
    await world.owner.send(world.review, REVIEW_WELCOME)
    seams.show_emoji_images(world.env, dict(pictures))


def _populate(env: simcord.Env) -> World:
    owner = env.create_user("olga", global_name="Olga")
    guild = env.create_guild(GUILD_NAME, owner=owner)
    public = guild.create_text_channel(PUBLIC_CHANNEL, topic="Ask, propose, and see the result")
    review = guild.create_text_channel(REVIEW_CHANNEL, topic="One card for every change in the queue")
    # Abe is the server admin: `/setup` requires Manage Server.
    manager = guild.create_role("Server staff", permissions=discord.Permissions(manage_guild=True))
    members = {}
    for person in PEOPLE:
        user = env.create_user(person.name.lower(), global_name=person.name)
        seams.show_user_image(env, user.id, person.name.lower(), portrait(person))
        members[person.name] = guild.add_member(user, roles=[manager] if person.manages_server else [])
        env.backend.get_dm_channel(user.id)
    return World(env, guild, public, review, members, owner=MemberActor(env, guild, owner))


@cache
def portrait(person: Person) -> bytes:
    """Draw the person's avatar, a square PNG of `PORTRAIT_SIDE` pixels."""
    image = Image.new("RGB", (PORTRAIT_SIDE, PORTRAIT_SIDE), person.colour)
    ImageDraw.Draw(image).text(
        (PORTRAIT_SIDE / 2, PORTRAIT_SIDE / 2),
        person.name[0],
        fill="#ffffff",
        anchor="mm",
        font=ImageFont.load_default(PORTRAIT_SIDE * 0.55),
    )
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
