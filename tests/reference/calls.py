"""Calls of the client: a read, and one of each kind of write."""

from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import SecretStr

from bot.reference.client import ReferenceClient
from bot.reference.models import CanonicalFormat, Operation

CANARY = "canary-key-0123456789"
KEY = SecretStr(CANARY)
PAGE = b'{"items": [], "total": 0, "offset": 0, "limit": 500}'


async def read(client: ReferenceClient) -> Any:
    return await client.changes(KEY)


async def write(client: ReferenceClient, record: dict[str, Any] | None = None, name: str = "x") -> Any:
    return await client.propose(
        KEY,
        operation=Operation.CREATE,
        category="blip",
        name=name,
        record=record or {},
        dialect=CanonicalFormat.V2,
    )


async def decide(client: ReferenceClient) -> Any:
    return await client.decide(KEY, approve=[1], title="t")


async def apply(client: ReferenceClient) -> Any:
    return await client.apply(KEY, [1], job_id="j")


WRITES = [write, decide, apply]
type Call = Callable[[ReferenceClient], Awaitable[Any]]
