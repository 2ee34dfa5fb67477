"""Exit codes for the supervisor and texts for the operator when the bot does not start; no network."""

import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import Result

from bot.operator.exit_codes import ExitCode
from storage.keyring import generate_key
from tests.harness.command_line import TOKEN, first_start, typed

pytestmark = pytest.mark.usefixtures("complete")


def lines(result: Result) -> dict[str, str]:
    """Return the result of each part: part -> ok or FAIL."""
    return {line.split()[1]: line.split()[0] for line in result.stdout.splitlines()}


def test_a_check_without_a_token_checks_all_but_discord(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CURATOR_DISCORD_TOKEN")
    monkeypatch.setenv("CURATOR_POLL_SECONDS", "5")
    result = typed("check")
    assert lines(result)["database"] == "ok"
    assert "Discord   not tried: set CURATOR_DISCORD_TOKEN" in result.stdout
    assert "CURATOR_POLL_SECONDS is no setting, the nearest is CURATOR_POLL_INTERVAL_S" in result.stdout


def test_a_missing_setting_is_a_matter_of_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CURATOR_DISCORD_TOKEN")
    result = typed("run")
    assert result.exit_code == ExitCode.CONFIGURATION
    assert "CURATOR_DISCORD_TOKEN" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_key_that_is_none_is_not_repeated(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("CURATOR_CREDENTIAL_KEYS", "k1:not-a-key-but-secret-all-the-same")
    result = typed(command)
    assert result.exit_code == ExitCode.CONFIGURATION
    assert "not-a-key-but-secret" not in result.output


def test_without_any_connection_each_part_reports_it() -> None:
    result = typed("check")
    assert result.exit_code == ExitCode.UNAVAILABLE
    assert lines(result) == {
        "settings": "ok",
        "database": "ok",
        "service": "FAIL",
        "AI-Horde": "FAIL",
        "Discord": "FAIL",
    }
    assert TOKEN not in result.output
    assert "Traceback" not in result.output


def test_a_run_without_discord_ends_as_unavailable_and_changes_nothing() -> None:
    result = typed("run")
    assert result.exit_code == ExitCode.UNAVAILABLE
    assert "Discord cannot be reached" in result.output
    assert TOKEN not in result.output


def test_a_check_before_the_first_start_makes_no_database_and_names_its_place(database: Path) -> None:
    result = typed("check")
    assert lines(result)["database"] == "ok"
    assert f"{database}: there is none yet" in result.stdout
    assert not database.parent.exists()


@pytest.mark.parametrize("command", ["keys list", "keys rotate", "keys retire k4", "backup copy.db"])
def test_a_command_about_a_database_at_a_wrong_place_is_refused_and_makes_none(database: Path, command: str) -> None:
    result = typed(*command.split())
    assert result.exit_code == ExitCode.CONFIGURATION
    assert f"there is no database at {database}" in result.stderr
    assert not database.parent.exists()


@pytest.mark.parametrize("command", ["run", "check"])
def test_another_key_than_the_databases_is_refused(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    first_start()
    monkeypatch.setenv("CURATOR_CREDENTIAL_KEYS", generate_key().get_secret_value())
    result = typed(command)
    assert result.exit_code == ExitCode.CONFIGURATION
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_damaged_database_is_said_to_be(database: Path, command: str) -> None:
    first_start()
    database.write_bytes(b"not a database, but long enough to be taken for one" * 100)
    result = typed(command)
    assert result.exit_code == ExitCode.DATA_DAMAGED
    assert str(database) in result.output.replace("\n", "")


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_database_that_others_may_read_is_refused(database: Path, command: str) -> None:
    first_start()
    database.chmod(0o644)
    assert typed(command).exit_code == ExitCode.CONFIGURATION


@pytest.mark.parametrize("command", ["keys list", "keys rotate", "keys retire k4", "backup copy.db", "check"])
def test_on_a_mount_without_permissions_every_command_can_be_had(database: Path, command: str) -> None:
    first_start()
    database.chmod(0o644)
    assert "chmod 600" in typed(*command.split()).output
    result = typed(*command.split(), "--allow-insecure-permissions")
    assert "chmod 600" not in result.output
    assert "Traceback" not in result.output


def test_a_new_key_is_printed_and_fits_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = typed("keys", "generate"), typed("keys", "generate")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout != second.stdout
    monkeypatch.setenv("CURATOR_CREDENTIAL_KEYS", first.stdout.strip())
    assert lines(typed("check"))["database"] == "ok"


def test_help_names_every_command_and_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CURATOR_DISCORD_TOKEN")
    result = typed("--help")
    assert result.exit_code == 0
    for command in ("run", "check", "demo", "keys", "backup", "sync-commands"):
        assert command in result.stdout


def test_the_version_is_told_without_any_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CURATOR_DISCORD_TOKEN")
    result = typed("--version")
    assert (result.exit_code, result.stdout) == (0, f"horde-curator {version('horde-curator')}\n")


def test_the_demo_without_what_it_needs_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "simcord", None)  # as where only the bot itself was installed
    result = typed("demo")
    assert result.exit_code == ExitCode.CONFIGURATION
    assert "simcord" in result.stderr
    assert "make demo" in result.stderr
    assert "Traceback" not in result.output


def test_commands_are_not_told_where_discord_cannot_be_reached() -> None:
    result = typed("sync-commands")
    assert result.exit_code == ExitCode.UNAVAILABLE
    assert TOKEN not in result.output
    assert "Traceback" not in result.output


def test_leaving_a_server_without_a_connection_changes_nothing() -> None:
    result = typed("operator", "leave", "999999999999999999")
    assert result.exit_code == ExitCode.UNAVAILABLE
    assert "Not done: Discord cannot be reached" in result.output
    assert TOKEN not in result.output
