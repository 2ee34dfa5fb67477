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

    A change that is too large by itself is left out: ``total`` and ``left_out`` count it.

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
        empty: P = await read_page(caller, route, key, replace(wanted, offset=limits.PAST_THE_END), page)
        return empty.model_copy(update={"left_out": int(wanted.offset < empty.total)})
    half = wanted.limit // 2
    older: P = await read_page(caller, route, key, replace(wanted, limit=half), page)
    rest = replace(wanted, offset=wanted.offset + half, limit=wanted.limit - half)
    newer: P = await read_page(caller, route, key, rest, page)
    left_out = older.left_out + newer.left_out
    items = (*older.items, *newer.items)
    return newer.model_copy(update={"items": items, "offset": wanted.offset, "left_out": left_out})
