"""Rotation to a new credential key, row by row, across relinks and kills of the process."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from storage import rotation as module
from storage.database import Database, Row, Transaction
from storage.errors import KeyInUseError, MissingKeyError
from storage.keyring import CredentialKey, generate_key, parse_keys
from storage.keyring_check import unlock
from storage.links import Link, Links
from storage.rotation import Batch, Rotation, retire, rows_by_key

type LinkUser = Callable[..., Awaitable[Link]]
type Begin = Callable[[], Awaitable[tuple[Rotation, Links]]]

PEOPLE = range(1000, 1007)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 3)


@pytest.fixture
def new() -> CredentialKey:
    return parse_keys(generate_key())[0]


async def _rotation(
    database: Database, new: CredentialKey, old: tuple[CredentialKey, ...], url: str
) -> tuple[Rotation, Links]:
    keyring = await unlock(database, (new, *old))
    return Rotation(database, keyring, url), Links(database, keyring, url)


@pytest.fixture
def begin(database: Database, new: CredentialKey, keys: tuple[CredentialKey, ...], service_url: str) -> Begin:
    """Begins a rotation to the new key; returns it, and the links as both keys open them."""
    return lambda: _rotation(database, new, keys, service_url)


@pytest.fixture
async def _linked(links: Links, link_user: LinkUser) -> None:
    """All of PEOPLE are linked under the old key."""
    for user_id in PEOPLE:
        await link_user(links, user_id)


async def _finish(rotation: Rotation) -> int:
    moved = 0
    while not (batch := await rotation.step()).is_last:
        moved += batch.moved
    return moved


async def _opens_for_all(links: Links) -> bool:
    keys = [await links.key(user_id) for user_id in PEOPLE]
    return [key.get_secret_value() for key in keys if key] == [f"the-key-of-user-{user_id:06}" for user_id in PEOPLE]


@pytest.mark.usefixtures("_linked")
async def test_after_a_rotation_the_old_key_is_not_needed_and_can_go(
    database: Database,
    keys: tuple[CredentialKey, ...],
    new: CredentialKey,
    service_url: str,
    begin: Begin,
) -> None:
    rotation, linked = await begin()
    with pytest.raises(KeyInUseError, match=f"with k{keys[0].key_id};") as refusal:
        await retire(database, keys[0].key_id)
    assert refusal.value.rows == len(PEOPLE)
    assert await _finish(rotation) == len(PEOPLE)
    assert await rotation.step() == Batch(0, (), is_last=True)
    await rotation.finish()
    assert await _opens_for_all(linked)
    assert dict(await rotation.rows()) == {new.key_id: len(PEOPLE), keys[0].key_id: 0}
    assert await retire(database, keys[0].key_id)
    assert not await retire(database, keys[0].key_id), "it is not known any more"
    alone = Links(database, await unlock(database, (new,)), service_url)
    assert await _opens_for_all(alone)


async def test_the_old_key_cannot_be_left_out_before_it_is_retired(
    database: Database,
    new: CredentialKey,
    links: Links,
    link_user: LinkUser,
) -> None:
    await link_user(links, 1000)
    with pytest.raises(MissingKeyError):
        await unlock(database, (new,))


@pytest.mark.parametrize("steps", range(4))
async def test_broken_off_after_any_batch_it_goes_on_where_it_was(
    path: Path, keys: tuple[CredentialKey, ...], new: CredentialKey, link_user: LinkUser, service_url: str, steps: int
) -> None:
    async with await Database.open(path) as before:
        old_links = Links(before, await unlock(before, keys), service_url)
        for user_id in PEOPLE:
            await link_user(old_links, user_id)
        broken_off, _ = await _rotation(before, new, keys, service_url)
        moved = sum([(await broken_off.step()).moved for _ in range(steps)])
    async with await Database.open(path) as after:
        again, linked = await _rotation(after, new, keys, service_url)
        assert await _finish(again) == len(PEOPLE) - moved
        assert await _opens_for_all(linked)


@pytest.mark.usefixtures("_linked")
async def test_a_user_who_links_again_meanwhile_keeps_the_newer_key(
    database: Database,
    link_user: LinkUser,
    monkeypatch: pytest.MonkeyPatch,
    begin: Begin,
) -> None:
    rotation, linked = await begin()
    replace = module._replace

    def overtaken(transaction: Transaction, row: Row, sealed: bytes, key_id: int) -> int:
        if row["user_id"] == PEOPLE[0]:  # between the reading and the writing of this row, another task wrote it
            transaction.execute("UPDATE link SET sealed_key = x'00' WHERE user_id = ?", (PEOPLE[0],))
        return replace(transaction, row, sealed, key_id)

    monkeypatch.setattr(module, "_replace", overtaken)
    assert (await rotation.step()).moved == 2
    row = await database.read_one("SELECT sealed_key FROM link WHERE user_id = ?", (PEOPLE[0],))
    assert row is not None
    assert row["sealed_key"] == b"\0"
    await link_user(linked, PEOPLE[0])
    await _finish(rotation)
    assert await _opens_for_all(linked)


@pytest.mark.usefixtures("_linked")
async def test_a_row_that_no_key_opens_is_named_and_stops_nothing(
    database: Database,
    keys: tuple[CredentialKey, ...],
    begin: Begin,
) -> None:
    await database.transaction(
        lambda transaction: transaction.execute("UPDATE link SET generation = 9 WHERE user_id = ?", (PEOPLE[1],))
    )
    rotation, _ = await begin()
    batch = await rotation.step()
    assert (batch.moved, batch.unreadable) == (2, (PEOPLE[1],))
    assert await _finish(rotation) == len(PEOPLE) - 3
    assert dict(await rows_by_key(database))[keys[0].key_id] == 1


async def test_what_the_old_key_sealed_is_in_neither_file_nor_log_afterwards(
    database: Database,
    links: Links,
    file_bytes: Callable[[], bytes],
    now: datetime,
    begin: Begin,
) -> None:
    await links.put(1, horde_user_id="1", horde_username="a#1", key=SecretStr("x" * 22), roles=frozenset(), now=now)
    row = await database.read_one("SELECT sealed_key FROM link")
    assert row is not None
    sealed = bytes(row["sealed_key"])
    await database.checkpoint()
    assert sealed in file_bytes()
    rotation, _ = await begin()
    await _finish(rotation)
    await rotation.finish()
    assert sealed not in file_bytes()
