"""Keys and database either belong together, or the bot does not start."""

from collections.abc import Awaitable, Callable

import pytest
from pydantic import SecretBytes

from storage.database import Database
from storage.errors import IncompleteInstallationError, MissingKeyError, RetiredKeyError, WrongKeyError
from storage.keyring import CredentialKey, Keyring, generate_key, parse_keys
from storage.keyring_check import unlock
from storage.links import Link, Links
from storage.rotation import retire

type Keys = tuple[CredentialKey, ...]
type LinkUser = Callable[..., Awaitable[Link]]


async def test_the_same_keys_unlock_again_and_again(
    database: Database, keys: Keys, link_user: LinkUser, service_url: str
) -> None:
    await link_user(Links(database, await unlock(database, keys), service_url), 1)
    links = Links(database, await unlock(database, keys), service_url)
    key = await links.key(1)
    assert key is not None
    assert key.get_secret_value() == "the-key-of-user-000001"
    assert (await database.read("SELECT count(*) FROM key_check"))[0][0] == 1


async def test_a_missing_key_is_named_with_the_links_that_need_it(
    database: Database, keys: Keys, link_user: LinkUser, service_url: str
) -> None:
    keyring = await unlock(database, keys)
    await link_user(Links(database, keyring, service_url), 1)
    await link_user(Links(database, keyring, service_url), 2)
    with pytest.raises(MissingKeyError) as refusal:
        await unlock(database, parse_keys(generate_key()))
    assert (refusal.value.exit_code, refusal.value.key_id, refusal.value.rows) == (78, keys[0].key_id, 2)
    assert (await database.read("SELECT count(*) FROM key_check"))[0][0] == 1, "nothing was written"


@pytest.mark.parametrize("linked", [0, 3])
async def test_a_key_with_the_right_id_and_wrong_bytes_is_refused(
    database: Database, keys: Keys, link_user: LinkUser, service_url: str, linked: int
) -> None:
    keyring = await unlock(database, keys)
    for user_id in range(1, linked + 1):
        await link_user(Links(database, keyring, service_url), user_id)
    wrong = [CredentialKey(keys[0].key_id, SecretBytes(bytes(range(1, 33))))]
    with pytest.raises(WrongKeyError, match=f"^credential key k{keys[0].key_id} is not the key") as refusal:
        await unlock(database, wrong)
    assert (refusal.value.exit_code, refusal.value.rows) == (78, linked)


async def test_a_new_key_may_stand_second_then_first(
    database: Database, keys: Keys, link_user: LinkUser, service_url: str
) -> None:
    new = parse_keys(generate_key())
    await link_user(Links(database, await unlock(database, keys), service_url), 1)
    assert (await unlock(database, keys + new)).primary_id == keys[0].key_id
    keyring = await unlock(database, new + keys)
    assert keyring.primary_id == new[0].key_id
    await link_user(Links(database, keyring, service_url), 2)
    links = Links(database, keyring, service_url)
    assert (await links.try_sample()).unreadable == ()
    rows = await database.read("SELECT key_id FROM link ORDER BY user_id")
    assert [row["key_id"] for row in rows] == [keys[0].key_id, new[0].key_id]


@pytest.mark.parametrize(
    ("sql", "missing"),
    [
        ("DELETE FROM meta WHERE name = 'install_id'", "installation id"),
        ("DELETE FROM key_check", "check value of k"),
    ],
)
async def test_a_file_that_lost_what_its_keys_were_sealed_with_is_refused(
    database: Database, keys: Keys, link_user: LinkUser, service_url: str, sql: str, missing: str
) -> None:
    await link_user(Links(database, await unlock(database, keys), service_url), 1)
    await database.transaction(lambda transaction: transaction.execute(sql).rowcount)
    with pytest.raises(IncompleteInstallationError, match=f"holds links but no {missing}") as refusal:
        await unlock(database, keys)
    assert refusal.value.exit_code == 78


async def test_a_file_without_links_that_lost_its_installation_id_is_refused(database: Database, keys: Keys) -> None:
    await unlock(database, keys)
    await database.execute("DELETE FROM meta WHERE name = 'install_id'")
    with pytest.raises(IncompleteInstallationError, match="installation id"):
        await unlock(database, keys)


async def test_a_check_value_cannot_be_carried_over_from_another_installation(database: Database, keys: Keys) -> None:
    await unlock(database, keys)
    foreign = Keyring(keys, b"another install!").seal_check(keys[0].key_id)
    await database.transaction(
        lambda transaction: transaction.execute("UPDATE key_check SET sealed = ?", (foreign,)).rowcount
    )
    with pytest.raises(WrongKeyError):
        await unlock(database, keys)


async def test_each_installation_has_an_id_of_its_own(database: Database, keys: Keys) -> None:
    await unlock(database, keys)
    row = await database.read_one("SELECT value FROM meta WHERE name = 'install_id'")
    assert row is not None
    assert len(row["value"]) == 16


async def test_a_retired_key_that_is_still_in_the_settings_is_not_registered_again(
    database: Database, keys: Keys
) -> None:
    new = parse_keys(generate_key())
    await unlock(database, new + keys)
    assert await retire(database, keys[0].key_id)
    await unlock(database, new + keys)  # a start between `keys retire` and its removal from the settings
    assert (await unlock(database, new)).primary_id == new[0].key_id


async def test_a_retired_key_that_is_first_is_refused_with_the_way_out(database: Database, keys: Keys) -> None:
    new = parse_keys(generate_key())
    await unlock(database, new + keys)
    assert await retire(database, keys[0].key_id)
    with pytest.raises(RetiredKeyError, match=f"^credential key k{keys[0].key_id} was retired; put another") as refusal:
        await unlock(database, keys + new)
    assert refusal.value.exit_code == 78


async def test_a_missing_key_that_encrypts_nothing_is_refused_with_the_way_out(database: Database, keys: Keys) -> None:
    new = parse_keys(generate_key())
    await unlock(database, new + keys)
    with pytest.raises(MissingKeyError, match=f"keys retire k{keys[0].key_id}"):
        await unlock(database, new)
