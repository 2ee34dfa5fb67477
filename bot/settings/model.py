"""Operator settings as a frozen value, and their problems; ``loading`` reads them."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, override

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.settings.values import HordeUserId, Listed, Secret, base_url, key_shape, token_shape, with_slash, without_slash

PREFIX: Final = "CURATOR_"
FILE_SUFFIX: Final = "_FILE"

EXIT_CODE: Final = 78
"""EX_CONFIG of sysexits."""


class LogLevel(StrEnum):
    """Log level; libraries that log keys at ``debug`` stay at ``info`` at every level."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """Log format: readable text, or JSON for a log collector."""

    CONSOLE = "console"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Remedy:
    """Remedy for a missing or invalid value of the annotated field."""

    text: str


_Days = Annotated[int, Field(ge=1, le=3650), Remedy("Whole days, 1 to 3650.")]


class Settings(BaseSettings):
    """All settings of an operator; the constructor reads no source (:func:`load_settings` does).

    Field ``x`` is the variable ``CURATOR_X``; a secret may be in the file named by ``CURATOR_X_FILE``.
    """

    # No `env_file` here: the library would open it for every `Settings(...)` constructed in code.
    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        enable_decoding=False,  # lists come with commas too, which are no JSON
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
    )

    discord_token: Annotated[
        Secret,
        Remedy(
            "At https://discord.com/developers/applications open your application, Bot, Reset Token. "
            "(`python -m bot demo` needs none.)"
        ),
    ]
    """The bot's token."""

    credential_keys: Annotated[Secret, Remedy("Make one with `python -m bot keys generate`.")]
    """Keys that encrypt users' AI-Horde keys: ``k<id>:<base64url>``, comma-separated, the first is primary."""

    service_url: Annotated[
        str,
        AfterValidator(base_url),
        AfterValidator(without_slash),
        Remedy("Such as https://models.aihorde.net/api"),
    ] = "https://models.aihorde.net/api"
    """The model reference service's base address, without a trailing slash."""

    ai_horde_url: Annotated[
        str,
        AfterValidator(base_url),
        AfterValidator(with_slash),
        Remedy("Such as https://aihorde.net/api/"),
    ] = "https://aihorde.net/api/"
    """AI-Horde's base address, with a trailing slash."""

    database_path: Path = Path("data/curator.db")
    """The SQLite file."""

    reader_key: Annotated[
        Secret,
        AfterValidator(key_shape),
        Remedy("Use 0000000000, the anonymous key, or a key of your own."),
    ] = SecretStr("0000000000")
    """AI-Horde key for polling the queue; a service of generation 3 needs an approver's."""

    requestor_ids: Annotated[Listed[HordeUserId], Remedy("AI-Horde user ids with commas: 101,102")] = ()
    """Accounts that may propose, for a service without roles. Empty: no account."""

    approver_ids: Annotated[Listed[HordeUserId], Remedy("AI-Horde user ids with commas: 201,202")] = ()
    """Accounts that may approve and propose, for a service without roles. Empty: no account."""

    ask_file_hosts: Annotated[bool, Remedy("true or false.")] = True
    """Query Hugging Face and Civitai for proposals from a link."""

    verify_weekly: Annotated[bool, Remedy("true or false.")] = False
    """Check the files of all live models with their hosts, spread over each week, and post a digest."""

    civitai_token: Annotated[
        Secret | None,
        AfterValidator(lambda value: value if value is None else token_shape(value)),
        Remedy("At https://civitai.com/user/account under API Keys, or leave it out."),
    ] = None
    """The operator's token for Civitai's API; without one, requests are anonymous."""

    hugging_face_url: Annotated[
        str, AfterValidator(base_url), AfterValidator(without_slash), Remedy("Leave it out.")
    ] = "https://huggingface.co"
    """Hugging Face's address, without a trailing slash; another one is for tests."""

    civitai_url: Annotated[str, AfterValidator(base_url), AfterValidator(without_slash), Remedy("Leave it out.")] = (
        "https://civitai.com"
    )
    """Civitai's address, without a trailing slash; another one is for tests."""

    role_ttl_s: Annotated[float, Field(ge=1, le=60, allow_inf_nan=False), Remedy("Seconds, 1 to 60.")] = 60
    """Seconds until cached roles of a person are stale."""

    poll_interval_s: Annotated[float, Field(ge=1, le=3600, allow_inf_nan=False), Remedy("Seconds, 1 to 3600.")] = 20
    """Seconds between two polls of the queue."""

    guild_ids: Annotated[Listed[Annotated[int, Field(gt=0)]], Remedy("Discord server ids with commas.")] = ()
    """Discord servers that may use the bot. Empty: any server that invited it."""

    draft_days: _Days = 30
    """Days after which an unused draft is deleted."""

    link_idle_days: _Days = 180
    """Days after which the key of an inactive person is deleted."""

    health_port: Annotated[
        int | None, Field(ge=1, le=65535), Remedy("A free port of this machine, 1 to 65535, or leave it out.")
    ] = None
    """Loopback port for ``/healthz`` and ``/metrics``; None turns both off."""

    log_level: Annotated[LogLevel, Remedy("One of debug, info, warning, error.")] = LogLevel.INFO
    """Log level."""

    log_format: Annotated[LogFormat, Remedy("console or json.")] = LogFormat.CONSOLE
    """Log format."""

    @property
    def role_ttl(self) -> timedelta:
        """Return :attr:`role_ttl_s` as a ``timedelta``."""
        return timedelta(seconds=self.role_ttl_s)

    @property
    def poll_interval(self) -> timedelta:
        """Return :attr:`poll_interval_s` as a ``timedelta``."""
        return timedelta(seconds=self.poll_interval_s)

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the constructor's arguments only; ``loading`` adds the operator's sources."""
        return (init_settings,)


SECRETS: Final = frozenset({"discord_token", "credential_keys", "reader_key", "civitai_token"})
"""Fields that may also be read from a file."""


def variable_of(field: str) -> str:
    """Return a field's variable: ``CURATOR_LOG_LEVEL`` for ``log_level``."""
    return f"{PREFIX}{field.upper()}"


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """Invalid setting.

    Attributes:
        setting: the variable as the operator writes it (``CURATOR_SERVICE_URL``), or a file's path.
        what: description of the problem, without the value.
        remedy: how to fix it.
    """

    setting: str
    what: str
    remedy: str


class SettingsError(Exception):
    """The program cannot start with these settings.

    Its text is for the operator's terminal: a line for each problem, none with a value.
    """

    exit_code: Final = EXIT_CODE

    def __init__(self, problems: tuple[SettingProblem, ...]) -> None:
        self.problems = problems
        lines = (f"  {problem.setting}: {problem.what}\n      {problem.remedy}" for problem in problems)
        super().__init__("\n".join(("The settings cannot be used as they are:", *lines)))
