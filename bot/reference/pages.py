"""Pages of the queue that may be too large: a proposal may be megabytes (8.6.2 takes any length)."""

from dataclasses import replace

from pydantic import SecretStr

from bot.reference import limits
from bot.reference.caller import Caller
from bot.reference.errors import OversizedReplyError
from bot.reference.milestones import MilestonePage
from bot.reference.models import ChangePage
from bot.reference.requests import QueueFilter
from bot.reference.routes import RouteNames


async def read_page[P: (ChangePage, MilestonePage)](
    caller: Caller, route: RouteNames, key: SecretStr, wanted: QueueFilter, page: type[P]
) -> P:
    """Read a page; one that is too large in halves.

    What is too large by itself is left out: ``total`` counts it all the same.

    Raises:
        OversizedReplyError: not even an empty page can be read: this is no queue of ours.
    """
    request = (await caller.requests()).queue(route, key, wanted)
    try:
        return await caller.ask(request, page.model_validate)
    except OversizedReplyError:
        if wanted.offset == limits.PAST_THE_END:
            raise
    if wanted.limit == 1:
        return await read_page(caller, route, key, replace(wanted, offset=limits.PAST_THE_END), page)
    half = wanted.limit // 2
    older: P = await read_page(caller, route, key, replace(wanted, limit=half), page)
    rest = replace(wanted, offset=wanted.offset + half, limit=wanted.limit - half)
    newer: P = await read_page(caller, route, key, rest, page)
    return newer.model_copy(update={"items": (*older.items, *newer.items), "offset": wanted.offset})
