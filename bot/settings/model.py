"""What an operator decides, as one frozen value; where it is read from is decided in ``loading``."""

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


class LogLevel(StrEnum):
    """How much is logged; libraries that log keys at ``debug`` are held at ``info`` whatever this says."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """For eyes, or for a collector of logs."""

    CONSOLE = "console"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Remedy:
    """What an operator does when the field it annotates is missing or wrong."""

    text: str


class Settings(BaseSettings):
    """Everything an operator decides; making one reads nothing from anywhere (:func:`load_settings` does).

    Field ``x`` is the variable ``CURATOR_X``; a secret may stand in the file that ``CURATOR_X_FILE`` names.
    """

    # `env_file` is not among these: the library would open it for every `Settings(...)` that is made in code.
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
    """What people's keys are encrypted with: ``k<id>:<base64url>``, comma-separated, first is primary."""

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
    """The AI-Horde key that only watches the queue; a service of generation 3 needs an approver's."""

    requestor_ids: Annotated[Listed[HordeUserId], Remedy("AI-Horde user ids with commas: 101,102")] = ()
    """Who may propose, for a service that cannot tell roles. Empty: nobody."""

    approver_ids: Annotated[Listed[HordeUserId], Remedy("AI-Horde user ids with commas: 201,202")] = ()
    """Who may approve (and propose), for a service that cannot tell roles. Empty: nobody."""

    ask_file_hosts: Annotated[bool, Remedy("true or false.")] = True
    """Read Hugging Face and Civitai for proposals from a link; false asks neither."""

    civitai_token: Annotated[
        Secret | None,
        AfterValidator(lambda value: value if value is None else token_shape(value)),
        Remedy("At https://civitai.com/user/account under API Keys, or leave it out."),
    ] = None
    """The operator's token for Civitai's API; without one it is asked anonymously."""

    hugging_face_url: Annotated[
        str, AfterValidator(base_url), AfterValidator(without_slash), Remedy("Leave it out.")
    ] = "https://huggingface.co"
    """Hugging Face's address, without a trailing slash; another one is for tests."""

    civitai_url: Annotated[str, AfterValidator(base_url), AfterValidator(without_slash), Remedy("Leave it out.")] = (
        "https://civitai.com"
    )
    """Civitai's address, without a trailing slash; another one is for tests."""

    role_ttl_s: Annotated[float, Field(ge=1, le=60, allow_inf_nan=False), Remedy("Seconds, 1 to 60.")] = 60
    """Seconds after which a person's roles are asked for again."""

    poll_interval_s: Annotated[float, Field(ge=1, le=3600, allow_inf_nan=False), Remedy("Seconds, 1 to 3600.")] = 20
    """Seconds between two looks at the queue."""

    guild_ids: Annotated[Listed[Annotated[int, Field(gt=0)]], Remedy("Discord server ids with commas.")] = ()
    """The Discord servers that may use the bot. Empty: any that invited it."""

    draft_days: Annotated[int, Field(ge=1, le=3650), Remedy("Whole days, 1 to 3650.")] = 30
    """Days after which a draft that nobody touched is deleted."""

    link_idle_days: Annotated[int, Field(ge=1, le=3650), Remedy("Whole days, 1 to 3650.")] = 180
    """Days after which the key of somebody who did not act is deleted."""

    health_port: Annotated[
        int | None, Field(ge=1, le=65535), Remedy("A free port of this machine, 1 to 65535, or leave it out.")
    ] = None
    """Port on loopback for ``/healthz`` and ``/metrics``; without one there are none."""

    log_level: Annotated[LogLevel, Remedy("One of debug, info, warning, error.")] = LogLevel.INFO
    """How much is logged."""

    log_format: Annotated[LogFormat, Remedy("console or json.")] = LogFormat.CONSOLE
    """For eyes, or for a collector of logs."""

    @property
    def role_ttl(self) -> timedelta:
        """:attr:`role_ttl_s` as a span of time."""
        return timedelta(seconds=self.role_ttl_s)

    @property
    def poll_interval(self) -> timedelta:
        """:attr:`poll_interval_s` as a span of time."""
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
        """Take what the constructor is given and nothing else; the operator's sources join in ``loading``."""
        return (init_settings,)


SECRETS: Final = frozenset({"discord_token", "credential_keys", "reader_key", "civitai_token"})
"""The fields that may also come from a file."""


def variable_of(field: str) -> str:
    """The variable that holds a field: ``CURATOR_LOG_LEVEL`` for ``log_level``."""
    return f"{PREFIX}{field.upper()}"
