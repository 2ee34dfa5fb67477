"""Makes, lists, rotates and retires the keys that encrypt people's AI-Horde keys; shows none but a new one."""

import re

import typer

from bot.operator.exit_codes import ExitCode
from bot.operator.opened import with_settings
from bot.settings import Settings
from storage.database import Database
from storage.keyring import generate_key, parse_keys
from storage.rotation import Rotation, retire, rows_by_key

_KEY_ID = re.compile(r"k?([1-9][0-9]{0,9})", re.ASCII)


def print_new_key() -> int:
    """Print a new key, for ``CURATOR_CREDENTIAL_KEYS``; it is stored nowhere."""
    typer.echo(generate_key().get_secret_value())
    return ExitCode.OK


async def list_keys(*, is_sharing_allowed: bool) -> int:
    """Print a line a key: its id, how many links need it, and whether the settings hold it."""
    return await with_settings(_list, is_sharing_allowed=is_sharing_allowed)


async def rotate_keys(*, is_sharing_allowed: bool) -> int:
    """Seal everybody's key with the first credential key; begun anew, it goes on where it was broken off."""
    when_locked = "Stop the bot first; a running one rotates by itself at its start."
    return await with_settings(_rotate, is_sharing_allowed=is_sharing_allowed, when_locked=when_locked)


async def retire_key(name: str, *, is_sharing_allowed: bool) -> int:
    """Forget a key that no link needs any more, so that it can be taken out of the settings and destroyed."""
    match = _KEY_ID.fullmatch(name.strip())
    if match is None:
        typer.echo("Not done: a key is named by its id, such as k7; `keys list` shows them.", err=True)
        return ExitCode.CONFIGURATION
    key_id = int(match[1])

    async def command(settings: Settings, is_sharing_allowed: bool) -> int:  # noqa: FBT001 - a Command
        return await _retire(settings, key_id, is_sharing_allowed=is_sharing_allowed)

    return await with_settings(command, is_sharing_allowed=is_sharing_allowed)


async def _list(settings: Settings, is_sharing_allowed: bool) -> int:  # noqa: FBT001 - a Command
    given = [key.key_id for key in parse_keys(settings.credential_keys)]
    async with await Database.open(settings.database_path, is_sharing_allowed=is_sharing_allowed) as database:
        rows = dict(await rows_by_key(database))
    for key_id in [*given, *(key_id for key_id in rows if key_id not in given)]:
        place = "first: seals what is new" if key_id == given[0] else "opens what it sealed"
        links = rows.get(key_id, 0)
        state = place if key_id in given else "not in CURATOR_CREDENTIAL_KEYS"
        typer.echo(f"k{key_id}  {links:>7} {'link ' if links == 1 else 'links'}  {state}")
    return ExitCode.OK


async def _rotate(settings: Settings, is_sharing_allowed: bool) -> int:  # noqa: FBT001 - a Command
    from bot.connections import connect  # noqa: PLC0415 - loads the HTTP clients, which no other command about keys needs

    async with connect(settings, is_sharing_allowed=is_sharing_allowed) as connections:
        rotation = Rotation(connections.database, connections.keyring, settings.service_url)
        first = connections.keyring.primary_id
        due = sum(count for key_id, count in (await rotation.rows()).items() if key_id != first)
        moved, unreadable = 0, 0
        with typer.progressbar(length=due, label=f"sealing with k{first}") as bar:
            while not (batch := await rotation.step()).is_last:
                moved += batch.moved
                unreadable += len(batch.unreadable)
                bar.update(batch.moved + len(batch.unreadable))
        await rotation.finish()
        left = {key_id: count for key_id, count in (await rotation.rows()).items() if key_id != first}
    done = f"{moved} {'link is' if moved == 1 else 'links are'} sealed with k{first} now."
    typer.echo(done if due else f"Nothing to do: k{first} seals every link already.")
    if unreadable:
        typer.echo(f"{unreadable} open with no key and were left as they are: these people have to link again.")
    for key_id, count in left.items():
        if not count:
            typer.echo(f"k{key_id} seals nothing any more: `keys retire k{key_id}`, then take it out of the settings.")
    return ExitCode.OK


async def _retire(settings: Settings, key_id: int, *, is_sharing_allowed: bool) -> int:
    given = [key.key_id for key in parse_keys(settings.credential_keys)]
    if key_id == given[0]:
        typer.echo(f"Not done: k{key_id} stands first and seals what is new. Put another key first.", err=True)
        return ExitCode.CONFIGURATION
    async with await Database.open(settings.database_path, is_sharing_allowed=is_sharing_allowed) as database:
        is_forgotten = await retire(database, key_id)
    if not is_forgotten:
        typer.echo(f"Not done: this database does not know k{key_id}; `keys list` shows what it knows.", err=True)
        return ExitCode.CONFIGURATION
    typer.echo(
        f"k{key_id} is retired. Take it out of CURATOR_CREDENTIAL_KEYS and destroy it: backups from before the "
        "rotation can then be read by nobody."
    )
    return ExitCode.OK
