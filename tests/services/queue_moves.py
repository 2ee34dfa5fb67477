"""Changes that come in and are decided at the scripted service, as polls see them."""

from typing import Any

from bot.reference.models import PendingChange
from tests.services.conftest import App


async def seen(app: App, *change_ids: int, **changes: Any) -> None:
    """Put changes of alice, and poll."""
    for change_id in change_ids:
        app.service.put(change_id, **changes)
    await app.services.monitor.poll()


async def decided(app: App, status: str, *change_ids: int, **changes: Any) -> None:
    """Have carol decide changes, and poll."""
    await seen(app, *change_ids, status=status, **{f"{status}_by": "303"}, **changes)


def reject(app: App, change_id: int = 42, **changes: Any) -> str:
    """Have carol reject a change of alice; returns its digest."""
    told = app.service.put(
        change_id, status="rejected", rejected_by="303", rejected_username="carol#303", reject_reason="no", **changes
    )
    return PendingChange.model_validate(told).digest


async def rejected(app: App, change_id: int = 42, **changes: Any) -> None:
    """Have carol reject a change of alice, and poll."""
    reject(app, change_id, **changes)
    await app.services.monitor.poll()


def digest_of(app: App, change_id: int = 42) -> str:
    """Return the digest of a change as the service has it."""
    return PendingChange.model_validate(app.service.changes[change_id]).digest
