"""Health and metrics endpoints on loopback while the bot runs; off unless a port is set."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.client.bot import CuratorBot
from bot.operator.command_settings import UnusablePortError
from bot.operator.measures import exposition, measure
from bot.services.reader_key import remedy_of

LOOPBACK = "127.0.0.1"

log = structlog.get_logger(__name__)


@asynccontextmanager
async def health(bot: CuratorBot, port: int) -> AsyncIterator[None]:
    """Serve ``/healthz`` (200, or 503 with the failing parts) and ``/metrics`` inside the block.

    Raises:
        UnusablePortError: another process uses the port.
    """
    runner = web.AppRunner(_application(bot), access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, LOOPBACK, port).start()
        except OSError as error:
            raise UnusablePortError(port, error.strerror or "it cannot be opened") from error
        log.info("health_served", port=port)
        yield
    finally:
        await runner.cleanup()


def _application(bot: CuratorBot) -> web.Application:
    async def healthz(_request: web.Request) -> web.Response:
        now = await measure(bot)
        parts = {
            "gateway": now.is_connected,
            "database": now.stored is not None,
            "polling": now.is_polling,
            "reader_key": now.reader_problem is None,
            "posting": not now.stored or not now.stored.refused_channels,  # reported: admins repair their channels
            "service": not now.is_service_away,  # reported, but no reason to restart the bot
        }
        report = {
            "status": "ok" if now.is_well else "failing",
            "parts": {part: "ok" if is_well else "failing" for part, is_well in parts.items()},
            **({"remedy": remedy_of(now.reader_problem)} if now.reader_problem else {}),
            "last_poll_at": now.last_poll_at.isoformat(timespec="seconds") if now.last_poll_at else None,
            "last_poll_age_s": round((bot.clock() - now.last_poll_at).total_seconds()) if now.last_poll_at else None,
        }
        return web.json_response(report, status=200 if now.is_well else 503)

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=exposition(await measure(bot)), headers={"Content-Type": CONTENT_TYPE_LATEST})

    application = web.Application()
    application.router.add_get("/healthz", healthz)
    application.router.add_get("/metrics", metrics)
    return application
