"""A key in the clear is never in the file; a key that was given up is not even there sealed."""

import base64
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from storage.database import Database, Transaction
from storage.errors import AccountTakenError, UnreadableKeyError, WipeError
from storage.links import Link, Links
from tests.harness.full_disk import files_no_larger_than

type LinkUser = Callable[..., Awaitable[Link]]

RITA, ABE = 1111, 2222


def _forms(secret: str) -> set[bytes]:
    """Return the secret plain, reversed, in other cases, as base64, hex and quoted."""
    raw = secret.encode()
    encoded = {base64.b64encode(b"\0" * shift + raw)[4 * (shift > 0) : -4] for shift in range(3)}
    forms = {raw, raw[::-1], raw.lower(), raw.upper(), raw.hex().encode(), quote(secret).encode(), *encoded}
    return {form for form in forms if form}


def _hide(transaction: Transaction, form: bytes) -> None:
    transaction.execute("INSERT INTO meta (name, value) VALUES (hex(randomblob(8)), ?)", (form,))


async def _sealed(database: Database, user_id: int) -> bytes:
    row = await database.read_one("SELECT sealed_key FROM link WHERE user_id = ?", (user_id,))
    assert row is not None
    return bytes(row["sealed_key"])


async def test_the_key_is_nowhere_in_file_log_or_any_log_line(
    database: Database,
    links: Links,
    link_user: LinkUser,
    canary: SecretStr,
    file_bytes: Callable[[], bytes],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = canary.get_secret_value()
    link = await link_user(links, RITA, key=secret)
    with pytest.raises(AccountTakenError) as refusal:
        await link_user(links, ABE, horde_user_id=str(RITA), key=secret)
    assert await links.key(RITA) == canary
    await link_user(links, RITA, key=secret)
    shown = f"{caplog.text}{link!r}{refusal.value!r}{links!r}{await links.key(RITA)!r}{await links.get(RITA)}"
    for form in _forms(secret):
        assert form not in file_bytes()
        assert form not in shown.encode()
    await database.checkpoint()
    assert all(form not in file_bytes() for form in _forms(secret))


async def test_the_search_itself_would_find_it(
    database: Database, canary: SecretStr, file_bytes: Callable[[], bytes]
) -> None:
    for form in _forms(canary.get_secret_value()):
        await database.transaction(partial(_hide, form=form))
    assert all(form in file_bytes() for form in _forms(canary.get_secret_value()))


async def test_unlinking_wipes_the_sealed_key_from_file_and_log(
    database: Database, links: Links, link_user: LinkUser, file_bytes: Callable[[], bytes]
) -> None:
    await link_user(links, RITA)
    await link_user(links, ABE)
    sealed, kept = await _sealed(database, RITA), await _sealed(database, ABE)
    assert sealed in file_bytes()
    await links.delete(RITA)
    assert sealed not in file_bytes()
    assert kept in file_bytes()


async def test_linking_again_wipes_the_former_sealed_key(
    database: Database, links: Links, link_user: LinkUser, file_bytes: Callable[[], bytes]
) -> None:
    await link_user(links, RITA)
    former = await _sealed(database, RITA)
    await link_user(links, RITA, key="another-key-012345678901")
    assert former not in file_bytes()
    assert await _sealed(database, RITA) in file_bytes()


async def test_an_unreadable_key_is_told_without_a_byte_of_it(
    database: Database, links: Links, link_user: LinkUser, canary: SecretStr
) -> None:
    await link_user(links, RITA, key=canary.get_secret_value())
    await database.transaction(lambda transaction: transaction.execute("UPDATE link SET generation = 9").rowcount)
    with pytest.raises(UnreadableKeyError) as refusal:
        await links.key(RITA)
    error: BaseException | None = refusal.value
    while error is not None:
        assert canary.get_secret_value() not in repr(error)
        error = error.__cause__


async def test_a_disk_without_room_for_the_wiping_has_deleted_all_the_same_and_wipes_later(
    database: Database, links: Links, link_user: LinkUser, file_bytes: Callable[[], bytes]
) -> None:
    await database.transaction(lambda transaction: transaction.execute("CREATE TABLE filling (content TEXT) STRICT"))
    for content in ("x" * 500_000, "y"):
        await database.transaction(partial(_fill, content=content))
    await link_user(links, RITA)
    sealed = await _sealed(database, RITA)
    await database.checkpoint()

    def erase_last(transaction: Transaction) -> None:
        transaction.execute("DELETE FROM link")
        transaction.execute("DELETE FROM filling WHERE content = 'y'")  # a page at the end of the file

    with (
        files_no_larger_than(100_000),
        pytest.raises(WipeError, match=f"^{database.path} could not be written: the disk f"),
    ):
        await database.erase(erase_last)
    assert await links.get(RITA) is None
    assert not await links.delete(RITA)
    assert sealed not in file_bytes()


async def test_a_disk_that_is_full_at_the_wiping_is_called_full(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL

    def fail(_: sqlite3.Connection) -> None:
        raise full

    monkeypatch.setattr("storage.database.checkpoint", fail)
    with pytest.raises(WipeError, match="the disk is full"):
        await database.erase(lambda transaction: transaction.execute("DELETE FROM link").rowcount)


def _fill(transaction: Transaction, *, content: str) -> None:
    transaction.execute("INSERT INTO filling VALUES (?)", (content,))
