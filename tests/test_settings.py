from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.identity.errors import KeyShapeError
from bot.identity.horde import checked_key
from bot.settings import PREFIX, SECRETS, LogLevel, Settings, SettingsError, load_settings

CANARY = "canary-7Qx2-never-shown"
NEEDED = {"CURATOR_DISCORD_TOKEN": "a-token", "CURATOR_CREDENTIAL_KEYS": "k1:a-key"}
EXAMPLE = Path(__file__).parents[1] / ".env.example"


def loaded(**more: str) -> Settings:
    return load_settings({**NEEDED, **more}, env_file=None)


def problems_of(environ: dict[str, str], **how: Any) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ, **{"env_file": None, **how})
    assert caught.value.exit_code == 78
    assert all(problem.remedy for problem in caught.value.problems)
    assert all(problem.setting in str(caught.value) for problem in caught.value.problems)
    return {problem.setting: problem.what for problem in caught.value.problems}


def test_the_defaults_are_the_public_service_and_no_one_on_the_lists() -> None:
    settings = loaded()
    assert settings.service_url == "https://models.aihorde.net/api"
    assert settings.ai_horde_url == "https://aihorde.net/api/"
    assert settings.reader_key == SecretStr("0000000000")
    assert (settings.requestor_ids, settings.approver_ids, settings.guild_ids) == ((), (), ())
    assert settings.database_path == Path("data/curator.db")
    assert (settings.role_ttl.total_seconds(), settings.poll_interval.total_seconds()) == (60, 20)
    assert (settings.draft_days, settings.log_level, settings.log_format) == (30, LogLevel.INFO, "console")


def test_without_settings_both_secrets_are_asked_for_and_where_to_get_them_is_said() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({}, env_file=None)
    text = str(caught.value)
    assert {problem.setting for problem in caught.value.problems} == set(NEEDED)
    assert "discord.com/developers" in text
    assert "python -m bot keys generate" in text
    assert "CURATOR_DISCORD_TOKEN_FILE" in text


def test_an_empty_variable_counts_as_absent() -> None:
    assert loaded(CURATOR_ROLE_TTL_S=" ").role_ttl_s == 60
    assert problems_of({**NEEDED, "CURATOR_DISCORD_TOKEN": "  "}) == {"CURATOR_DISCORD_TOKEN": "is missing"}


@pytest.mark.parametrize("env_file", [b"CURATOR_LOG_LEVEL=debug\n", b"\xff\xfeCURATOR"])
def test_making_settings_reads_nothing(env_file: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_bytes(env_file)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CURATOR_LOG_LEVEL", "debug")
    monkeypatch.setenv("CURATOR_READER_KEY_FILE", str(tmp_path / "absent"))
    settings = Settings(discord_token=SecretStr("x"), credential_keys=SecretStr("y"))
    assert settings.log_level is LogLevel.INFO


def test_settings_that_were_read_are_the_same_as_settings_made_in_code() -> None:
    made = Settings(discord_token=SecretStr("a-token"), credential_keys=SecretStr("k1:a-key"))
    assert loaded() == made
    assert type(loaded()) is Settings


def test_the_environment_of_the_process_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {**NEEDED, "CURATOR_LOG_LEVEL": "debug"}.items():
        monkeypatch.setenv(name, text)
    assert load_settings(env_file=None).log_level is LogLevel.DEBUG


def test_settings_cannot_be_changed_while_the_bot_runs() -> None:
    with pytest.raises(ValueError, match="frozen"):
        loaded().role_ttl_s = 1


@pytest.mark.parametrize("text", ["101,102", " 101 , ,102, ", '["101", "102"]', "[101, 102]"])
def test_ids_come_with_commas_or_as_the_service_writes_them(text: str) -> None:
    assert loaded(CURATOR_APPROVER_IDS=text).approver_ids == ("101", "102")


def test_guild_ids_are_numbers() -> None:
    assert loaded(CURATOR_GUILD_IDS="1, 2").guild_ids == (1, 2)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CURATOR_SERVICE_URL", "http://models.example.org/api"),
        ("CURATOR_SERVICE_URL", f"https://{CANARY}@models.example.org/api"),
        ("CURATOR_SERVICE_URL", f"https://models.example.org/api?apikey={CANARY}"),
        ("CURATOR_SERVICE_URL", "https://models.example.org:99999/api"),
        ("CURATOR_SERVICE_URL", "https://["),
        ("CURATOR_SERVICE_URL", "models.example.org"),
        ("CURATOR_AI_HORDE_URL", "ftp://aihorde.net/api/"),
        ("CURATOR_AI_HORDE_URL", "http://127.0.0.1.example.org/"),
        ("CURATOR_READER_KEY", f"{CANARY} with blanks"),
        ("CURATOR_REQUESTOR_IDS", f"101,{CANARY}"),
        ("CURATOR_REQUESTOR_IDS", f'["{CANARY}'),
        ("CURATOR_GUILD_IDS", f"{CANARY}"),
        ("CURATOR_GUILD_IDS", "0"),
        ("CURATOR_CIVITAI_TOKEN", f"{CANARY} with blanks"),
        ("CURATOR_CIVITAI_URL", "http://civitai.example.org"),
        ("CURATOR_HUGGING_FACE_URL", f"https://{CANARY}@huggingface.example.org"),
        ("CURATOR_ASK_FILE_HOSTS", CANARY),
        ("CURATOR_ROLE_TTL_S", "0"),
        ("CURATOR_ROLE_TTL_S", "61"),
        ("CURATOR_ROLE_TTL_S", "nan"),
        ("CURATOR_POLL_INTERVAL_S", "inf"),
        ("CURATOR_DRAFT_DAYS", "1.5"),
        ("CURATOR_LOG_LEVEL", CANARY),
        ("CURATOR_LOG_FORMAT", CANARY),
    ],
)
def test_a_wrong_value_is_named_by_its_setting_and_never_repeated(name: str, text: str) -> None:
    problems = problems_of({**NEEDED, name: text})
    assert set(problems) == {name}
    assert CANARY not in str(problems)


def test_every_problem_is_told_at_once() -> None:
    assert set(problems_of({"CURATOR_LOG_LEVEL": "loud", "CURATOR_DRAFT_DAYS": "x"})) == {
        *NEEDED,
        "CURATOR_LOG_LEVEL",
        "CURATOR_DRAFT_DAYS",
    }


@pytest.mark.parametrize("name", [*NEEDED, "CURATOR_READER_KEY"])
def test_a_failing_start_shows_no_secret_in_any_form(name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({**NEEDED, name: f"{CANARY}!", "CURATOR_LOG_LEVEL": "loud"}, env_file=None)
    error: BaseException | None = caught.value
    while error is not None:
        assert CANARY not in f"{error!r} {error}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def test_secrets_are_hidden_in_every_rendering() -> None:
    settings = loaded(CURATOR_DISCORD_TOKEN=CANARY, CURATOR_READER_KEY=CANARY)
    assert CANARY not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert {name for name, field in Settings.model_fields.items() if "Secret" in str(field.annotation)} == SECRETS


def test_the_librarys_own_debugging_shows_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PYDANTIC_SETTINGS_DEBUG", "1")
    caplog.set_level("DEBUG")
    path, env_file = tmp_path / "secret", tmp_path / ".env"
    for written in (path, env_file):
        written.write_text(f"{CANARY}-file" if written is path else f"CURATOR_CREDENTIAL_KEYS={CANARY}-env-file\n")
        written.chmod(0o600)
    environ = {"CURATOR_DISCORD_TOKEN": CANARY, "CURATOR_READER_KEY_FILE": str(path)}
    assert load_settings(environ, env_file=env_file).reader_key == SecretStr(f"{CANARY}-file")
    assert CANARY not in caplog.text


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:19800/api", "http://localhost/api", "http://[::1]:1/api", "http://127.9.9.9/api"],
)
def test_plain_http_is_for_loopback(url: str) -> None:
    assert loaded(CURATOR_SERVICE_URL=f"{url}/").service_url == url
    assert loaded(CURATOR_AI_HORDE_URL=url).ai_horde_url == f"{url}/"


@pytest.mark.parametrize("field", sorted(SECRETS))
def test_a_secret_may_stand_in_a_file_of_its_own(field: str, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(f"{CANARY}\n")
    path.chmod(0o600)
    name = f"{PREFIX}{field.upper()}"
    environ = {**{key: text for key, text in NEEDED.items() if key != name}, f"{name}_FILE": str(path)}
    assert getattr(load_settings(environ, env_file=None), field) == SecretStr(CANARY)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_secret_that_others_may_read_is_refused_unless_the_operator_insists(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(CANARY)
    path.chmod(mode)
    environ = {"CURATOR_CREDENTIAL_KEYS": "k1:x", "CURATOR_DISCORD_TOKEN_FILE": str(path)}
    with pytest.raises(SettingsError, match=f"chmod 600 {path}") as caught:
        load_settings(environ, env_file=None)
    assert [problem.setting for problem in caught.value.problems] == ["CURATOR_DISCORD_TOKEN_FILE"]
    assert CANARY not in str(caught.value)
    insisted = load_settings(environ, env_file=None, is_sharing_allowed=True)
    assert insisted.discord_token == SecretStr(CANARY)


def test_a_secret_is_given_once(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("x")
    path.chmod(0o600)
    assert set(problems_of({**NEEDED, "CURATOR_DISCORD_TOKEN_FILE": str(path)})) == {"CURATOR_DISCORD_TOKEN_FILE"}
    env_file = tmp_path / ".env"
    env_file.write_text(f"CURATOR_DISCORD_TOKEN_FILE={path}\n")
    assert set(problems_of(NEEDED, env_file=env_file)) == {"CURATOR_DISCORD_TOKEN_FILE"}


def test_a_secret_file_that_is_absent_empty_or_no_text_is_a_problem_of_that_file(tmp_path: Path) -> None:
    empty, binary = tmp_path / "empty", tmp_path / "binary"
    empty.write_text("\n")
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (empty, binary):
        path.chmod(0o600)
    for path in (tmp_path / "absent", tmp_path, binary):
        environ = {"CURATOR_CREDENTIAL_KEYS": "k1:x", "CURATOR_DISCORD_TOKEN_FILE": str(path)}
        how = {"is_sharing_allowed": True}
        assert set(problems_of(environ, **how)) == {"CURATOR_DISCORD_TOKEN_FILE"}
    environ = {"CURATOR_CREDENTIAL_KEYS": "k1:x", "CURATOR_DISCORD_TOKEN_FILE": str(empty)}
    assert problems_of(environ) == {"CURATOR_DISCORD_TOKEN": "is empty"}


def test_the_environment_wins_over_the_env_file(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text(
        "CURATOR_DISCORD_TOKEN='t$oken'\nCURATOR_CREDENTIAL_KEYS=k1:x\n"
        "CURATOR_LOG_LEVEL=debug\nCURATOR_DRAFT_DAYS=5\nOTHER=1\n"
    )
    env_file.chmod(0o600)
    settings = load_settings({"CURATOR_LOG_LEVEL": "error"}, env_file=env_file)
    assert (settings.log_level, settings.draft_days) == (LogLevel.ERROR, 5)
    assert settings.discord_token == SecretStr("t$oken")


def test_an_env_file_with_a_secret_is_for_the_bots_user_alone(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("CURATOR_DRAFT_DAYS=5\n")
    env_file.chmod(0o644)
    assert load_settings(NEEDED, env_file=env_file).draft_days == 5
    env_file.write_text("CURATOR_DISCORD_TOKEN=x\n")
    assert set(problems_of(NEEDED, env_file=env_file)) == {str(env_file)}


def test_an_env_file_that_is_no_text_is_said_to_be_so(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes(b"\xff\xfeCURATOR")
    assert set(problems_of(NEEDED, env_file=env_file)) == {str(env_file)}
    assert load_settings(NEEDED, env_file=tmp_path / "absent") == loaded()


def test_a_misspelt_setting_is_no_silent_default() -> None:
    with pytest.raises(SettingsError, match="Did you mean CURATOR_APPROVER_IDS"):
        loaded(CURATOR_APPROVER_ID="202")
    assert loaded(CURATOR_SOMETHING_ELSE="1") == loaded()


def test_the_example_file_names_every_setting_with_its_default_and_no_other() -> None:
    lines = [line.removeprefix("# ") for line in EXAMPLE.read_text(encoding="utf-8").splitlines()]
    shown = dict(line.split("=", 1) for line in lines if line.startswith(PREFIX))
    plain = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
    assert set(shown) == plain | {f"{PREFIX}{field.upper()}_FILE" for field in SECRETS}
    assert all(shown[name] == "" for name in NEEDED)
    assert loaded(**{name: text for name, text in shown.items() if name in plain - set(NEEDED)}) == loaded()
    written_out = [name for name in plain - set(NEEDED) if shown[name] != ""]
    defaults = {name: getattr(loaded(), name.removeprefix(PREFIX).lower()) for name in plain - set(NEEDED)}
    assert set(written_out) == {name for name, default in defaults.items() if default not in ((), None)}


def test_the_example_file_copied_as_it_is_asks_for_the_two_secrets_and_nothing_else(tmp_path: Path) -> None:
    copy = tmp_path / ".env"
    copy.write_bytes(EXAMPLE.read_bytes())
    assert problems_of({}, env_file=copy) == dict.fromkeys(NEEDED, "is missing")


@given(st.text(max_size=70))
def test_the_reader_key_has_the_shape_that_a_linked_key_has(text: str) -> None:
    try:
        checked_key(text)
    except KeyShapeError:
        with pytest.raises(ValueError, match="reader_key"):
            Settings(discord_token=SecretStr("x"), credential_keys=SecretStr("y"), reader_key=SecretStr(text))
    else:
        Settings(discord_token=SecretStr("x"), credential_keys=SecretStr("y"), reader_key=SecretStr(text))


def test_files_that_systemd_hands_over_are_taken_as_they_are(tmp_path: Path) -> None:
    handed = tmp_path / "credentials" / "token"
    handed.parent.mkdir()
    handed.write_text("a-token\n")
    handed.chmod(0o440)
    environ = {"CURATOR_CREDENTIAL_KEYS": "k1:a-key", "CURATOR_DISCORD_TOKEN_FILE": str(handed)}
    assert set(problems_of(environ)) == {"CURATOR_DISCORD_TOKEN_FILE"}
    settings = load_settings({**environ, "CREDENTIALS_DIRECTORY": str(handed.parent)}, env_file=None)
    assert settings.discord_token == SecretStr("a-token")
