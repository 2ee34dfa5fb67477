"""An attacker who can write the file, but has no key: any change to a sealed key is noticed."""

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from pydantic import SecretStr

from storage.database import Database
from storage.errors import UnreadableKeyError
from storage.keyring import CredentialKey, Keyring, generate_key, parse_keys
from storage.keyring_check import unlock
from storage.links import Link, Links

RITA, ABE, OTHER = 1111, 2222, 3333


@dataclass(frozen=True)
class Scene:
    """Rita has linked twice, Abe once; ``former`` is Rita's first sealed key, as an old copy of the file has it."""

    database: Database
    keys: tuple[CredentialKey, ...]
    former: bytes
    service_url: str

    async def sealed(self, user_id: int) -> bytes:
        row = await self.database.read_one("SELECT sealed_key FROM link WHERE user_id = ?", (user_id,))
        assert row is not None
        return bytes(row["sealed_key"])

    async def set(self, column: str, value: str | bytes | int, user_id: int = RITA) -> None:
        def write(transaction: sqlite3.Connection) -> None:
            sql = f"UPDATE link SET {column} = ? WHERE user_id = ?"  # noqa: S608 - column names of this file
            assert transaction.execute(sql, (value, user_id)).rowcount == 1

        await self.database.transaction(write)

    async def links(self, *, service_url: str = "", install_id: bytes = b"") -> Links:
        keyring = Keyring(self.keys, install_id) if install_id else await unlock(self.database, self.keys)
        return Links(self.database, keyring, service_url or self.service_url)


@pytest.fixture
async def scene(database: Database, service_url: str, link_user: Callable[..., Awaitable[Link]]) -> Scene:
    keys = parse_keys(generate_key()) + parse_keys(generate_key())
    links = Links(database, await unlock(database, keys), service_url)
    await link_user(links, RITA, key="the-first-key-01234567")
    row = await database.read_one("SELECT sealed_key FROM link")
    assert row is not None
    await link_user(links, RITA, key="the-second-key-0123456")
    await link_user(links, ABE)
    return Scene(database, keys, bytes(row["sealed_key"]), service_url)


async def _swapped_row(scene: Scene) -> tuple[Links, int]:
    await scene.set("sealed_key", await scene.sealed(ABE))
    return await scene.links(), RITA


async def _moved_to_another_discord_user(scene: Scene) -> tuple[Links, int]:
    await scene.set("user_id", OTHER)
    return await scene.links(), OTHER


async def _edited_horde_account(scene: Scene) -> tuple[Links, int]:
    await scene.set("horde_user_id", "999")
    return await scene.links(), RITA


async def _rolled_back_key(scene: Scene) -> tuple[Links, int]:
    await scene.set("sealed_key", scene.former)
    return await scene.links(), RITA


async def _rolled_back_generation(scene: Scene) -> tuple[Links, int]:
    await scene.set("generation", 1)
    return await scene.links(), RITA


async def _flipped_bit(scene: Scene) -> tuple[Links, int]:
    sealed = bytearray(await scene.sealed(RITA))
    sealed[-20] ^= 1
    await scene.set("sealed_key", bytes(sealed))
    return await scene.links(), RITA


async def _other_known_key_id(scene: Scene) -> tuple[Links, int]:
    sealed = await scene.sealed(RITA)
    await scene.set("sealed_key", sealed[:1] + scene.keys[1].key_id.to_bytes(4) + sealed[5:])
    return await scene.links(), RITA


async def _unknown_key_id(scene: Scene) -> tuple[Links, int]:
    sealed = await scene.sealed(RITA)
    unknown = max(key.key_id for key in scene.keys) ^ 0x5A5A5A5A
    await scene.set("sealed_key", sealed[:1] + unknown.to_bytes(4) + sealed[5:])
    return await scene.links(), RITA


async def _truncated(scene: Scene) -> tuple[Links, int]:
    await scene.set("sealed_key", (await scene.sealed(RITA))[:-1])
    return await scene.links(), RITA


async def _other_installation(scene: Scene) -> tuple[Links, int]:
    return await scene.links(install_id=b"another install!"), RITA


async def _changed_origin(scene: Scene) -> tuple[Links, int]:
    return await scene.links(service_url="https://models.example.evil/api"), RITA


@pytest.mark.parametrize(
    "tamper",
    [
        _swapped_row,
        _moved_to_another_discord_user,
        _edited_horde_account,
        _rolled_back_key,
        _rolled_back_generation,
        _flipped_bit,
        _other_known_key_id,
        _unknown_key_id,
        _truncated,
        _other_installation,
        _changed_origin,
    ],
)
async def test_a_tampered_key_is_refused_for_that_person_alone(
    scene: Scene, tamper: Callable[[Scene], Awaitable[tuple[Links, int]]]
) -> None:
    untouched = await scene.links()
    assert await untouched.key(RITA) == SecretStr("the-second-key-0123456")
    links, user_id = await tamper(scene)
    with pytest.raises(UnreadableKeyError) as refusal:
        await links.key(user_id)
    assert refusal.value.user_id == user_id
    assert user_id in (await links.try_sample()).unreadable
    if tamper not in (_other_installation, _changed_origin):
        assert await links.key(ABE) is not None
        assert (await links.try_sample()).unreadable == (user_id,)


@pytest.mark.parametrize("url", ["http://models.example/api", "https://models.example:8443/api", "https://example/api"])
async def test_a_key_given_for_one_origin_never_opens_for_another(scene: Scene, url: str) -> None:
    links = await scene.links(service_url=url)
    with pytest.raises(UnreadableKeyError):
        await links.key(RITA)
    assert await (await scene.links(service_url="https://MODELS.example:443/v2")).key(RITA) is not None


async def test_a_user_whose_key_does_not_open_may_simply_link_again(
    scene: Scene, link_user: Callable[..., Awaitable[Link]]
) -> None:
    links, user_id = await _flipped_bit(scene)
    await link_user(links, user_id, key="the-third-key-01234567")
    assert await links.key(user_id) == SecretStr("the-third-key-01234567")
