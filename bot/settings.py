"""What an operator decides, read once from environment, ``.env`` and secret files, by the root alone."""

import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

PREFIX: Final = "CURATOR_"
FILE_SUFFIX: Final = "_FILE"
EXIT_CODE: Final = 78
"""EX_CONFIG of sysexits."""


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
class SettingProblem:
    """One setting that cannot be used.

    Attributes:
        setting: the variable as the operator writes it (``CURATOR_SERVICE_URL``), or a file's path.
        what: what is wrong, never with the value.
        remedy: what to do about it.
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


@dataclass(frozen=True, slots=True)
class _Remedy:
    """What an operator does when the field it annotates is missing or wrong."""

    text: str


def _split(value: object) -> object:
    """Take ``101,202`` or, as the service itself wants its lists, ``["101","202"]``; blanks are dropped."""
    if not isinstance(value, str):
        return value
    if value.strip().startswith("["):
        try:
            parsed = json.loads(value)
        except ValueError:
            raise ValueError("is neither numbers with commas nor a JSON list") from None
        return [str(item) for item in parsed]
    return [item for item in map(str.strip, value.split(",")) if item]


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _base_url(value: str) -> str:
    """Check that keys can be sent there: https, or http on loopback alone, and nothing but host and path."""
    try:
        parts = urlsplit(value.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is not an address") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise ValueError("is not an http(s) address")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("holds more than a host and a path")
    if parts.scheme == "http" and not _is_loopback(host):
        raise ValueError("would send people's keys unencrypted: http is for loopback alone")
    return parts.geturl()


def _without_slash(url: str) -> str:
    return url.rstrip("/")


def _with_slash(url: str) -> str:
    # Relative paths replace the last segment of an address that has no trailing slash.
    return f"{url.rstrip('/')}/"


def _not_blank(value: SecretStr) -> SecretStr:
    stripped = value.get_secret_value().strip()
    if not stripped:
        raise ValueError("is empty")
    return SecretStr(stripped)


def _key_shape(value: SecretStr) -> SecretStr:
    if re.fullmatch(r"[A-Za-z0-9_-]{10,64}", value.get_secret_value()) is None:
        raise ValueError("is not shaped like an AI-Horde key")
    return value


type Secret = Annotated[SecretStr, AfterValidator(_not_blank)]
type HordeUserId = Annotated[str, Field(pattern=r"^\d+$")]
type Listed[T] = Annotated[tuple[T, ...], BeforeValidator(_split)]


class Settings(BaseModel):
    """Everything an operator decides; making one reads nothing from anywhere (:func:`load_settings` does).

    Field ``x`` is the variable ``CURATOR_X``; a secret may stand in the file that ``CURATOR_X_FILE`` names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    discord_token: Annotated[
        Secret,
        _Remedy(
            "At https://discord.com/developers/applications open your application, Bot, Reset Token. "
            "(`python -m bot demo` needs none.)"
        ),
    ]
    """The bot's token."""

    credential_keys: Annotated[Secret, _Remedy("Make one with `python -m bot keys generate`.")]
    """What people's keys are encrypted with: ``k<id>:<base64url>``, comma-separated, first is primary."""

    service_url: Annotated[
        str,
        AfterValidator(_base_url),
        AfterValidator(_without_slash),
        _Remedy("Such as https://models.aihorde.net/api"),
    ] = "https://models.aihorde.net/api"
    """The model reference service's base address, without a trailing slash."""

    ai_horde_url: Annotated[
        str,
        AfterValidator(_base_url),
        AfterValidator(_with_slash),
        _Remedy("Such as https://aihorde.net/api/"),
    ] = "https://aihorde.net/api/"
    """AI-Horde's base address, with a trailing slash."""

    database_path: Path = Path("data/curator.db")
    """The SQLite file."""

    reader_key: Annotated[
        Secret,
        AfterValidator(_key_shape),
        _Remedy("Use 0000000000, the anonymous key, or a key of your own."),
    ] = SecretStr("0000000000")
    """The AI-Horde key that only watches the queue; a service of generation 3 needs an approver's."""

    requestor_ids: Annotated[Listed[HordeUserId], _Remedy("AI-Horde user ids with commas: 101,102")] = ()
    """Who may propose, for a service that cannot tell roles. Empty: nobody."""

    approver_ids: Annotated[Listed[HordeUserId], _Remedy("AI-Horde user ids with commas: 201,202")] = ()
    """Who may approve (and propose), for a service that cannot tell roles. Empty: nobody."""

    role_ttl_s: Annotated[float, Field(ge=1, le=60, allow_inf_nan=False), _Remedy("Seconds, 1 to 60.")] = 60
    """Seconds after which a person's roles are asked for again."""

    poll_interval_s: Annotated[float, Field(ge=1, le=3600, allow_inf_nan=False), _Remedy("Seconds, 1 to 3600.")] = 20
    """Seconds between two looks at the queue."""

    guild_ids: Annotated[Listed[Annotated[int, Field(gt=0)]], _Remedy("Discord server ids with commas.")] = ()
    """The Discord servers that may use the bot. Empty: any that invited it."""

    draft_days: Annotated[int, Field(ge=1, le=3650), _Remedy("Whole days, 1 to 3650.")] = 30
    """Days after which a draft that nobody touched is deleted."""

    log_level: Annotated[LogLevel, _Remedy("One of debug, info, warning, error.")] = LogLevel.INFO
    """How much is logged."""

    log_format: Annotated[LogFormat, _Remedy("console or json.")] = LogFormat.CONSOLE
    """For eyes, or for a collector of logs."""

    @property
    def role_ttl(self) -> timedelta:
        """:attr:`role_ttl_s` as a span of time."""
        return timedelta(seconds=self.role_ttl_s)

    @property
    def poll_interval(self) -> timedelta:
        """:attr:`poll_interval_s` as a span of time."""
        return timedelta(seconds=self.poll_interval_s)


SECRETS: Final = frozenset({"discord_token", "credential_keys", "reader_key"})
"""The fields that may also come from a file."""


def load_settings(
    environ: Mapping[str, str] | None = None,
    *,
    env_file: Path | None = Path(".env"),
    allow_insecure_permissions: bool = False,
) -> Settings:
    """Read the settings; the environment wins over ``.env``, an empty variable counts as absent.

    Args:
        environ: the environment; ``None`` is this process's own.
        env_file: the file of defaults; it need not exist. ``None`` reads none.
        allow_insecure_permissions: take secrets from files that others may read too (for odd mounts).

    Raises:
        SettingsError: with every problem at once, each with its remedy and without its value.
    """
    reading = _Reading(allow_insecure_permissions=allow_insecure_permissions)
    given = reading.env_file(env_file) if env_file is not None else {}
    given |= {name: text for name, text in (os.environ if environ is None else environ).items() if text.strip()}
    values = reading.values({name: text for name, text in given.items() if name.startswith(PREFIX)})
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        invalid = error.errors(include_input=False, include_url=False, include_context=False)
        reading.problems += [
            _problem(str(item["loc"][0]), item["msg"], is_missing=item["type"] == "missing") for item in invalid
        ]
        settings = None
    if settings is None or reading.problems:
        raise SettingsError(tuple(sorted(set(reading.problems), key=lambda problem: problem.setting)))
    return settings


def _problem(field: str, message: str, *, is_missing: bool) -> SettingProblem:
    remedy = next((item.text for item in Settings.model_fields[field].metadata if isinstance(item, _Remedy)), "")
    name = f"{PREFIX}{field.upper()}"
    if field in SECRETS:
        remedy = f"Set it, or {name}{FILE_SUFFIX} to the path of a file that holds it. {remedy}"
    return SettingProblem(name, "is missing" if is_missing else message.removeprefix("Value error, "), remedy)


class _Reading:
    """One pass over the sources, gathering what is wrong with them."""

    def __init__(self, *, allow_insecure_permissions: bool) -> None:
        self.problems: list[SettingProblem] = []
        self._is_strict = not allow_insecure_permissions

    def env_file(self, path: Path) -> dict[str, str]:
        """What ``.env`` says; a file with a secret in it is guarded like any file of secrets."""
        try:
            # No interpolation: a `$` in a token is a `$`.
            lines = dotenv_values(path, interpolate=False) if path.exists() else {}
        except (OSError, UnicodeDecodeError):
            self.problems.append(
                SettingProblem(str(path), "cannot be read as text", "Check its owner and its contents.")
            )
            return {}
        given = {name: text for name, text in lines.items() if text and text.strip()}
        if any(f"{PREFIX}{field.upper()}" in given for field in SECRETS):
            self._is_private(str(path), path)
        return given

    def values(self, given: Mapping[str, str]) -> dict[str, str]:
        """Field -> text, secrets' files read; misspelt names are problems, foreign ones are left alone."""
        fields = {f"{PREFIX}{field.upper()}": field for field in Settings.model_fields}
        files = {f"{PREFIX}{field.upper()}{FILE_SUFFIX}": field for field in SECRETS}
        values = {fields[name]: text for name, text in given.items() if name in fields}
        for name, text in given.items():
            if name in files:
                self._take_file(name, Path(text.strip()), files[name], values)
            elif name not in fields and (near := get_close_matches(name, [*fields, *files], n=1, cutoff=0.9)):
                self.problems.append(SettingProblem(name, "is no setting", f"Did you mean {near[0]}?"))
        return values

    def _take_file(self, name: str, path: Path, field: str, values: dict[str, str]) -> None:
        if field in values:
            what = f"is set together with {name.removesuffix(FILE_SUFFIX)}"
            self.problems.append(SettingProblem(name, what, "Keep one of the two."))
            return
        # Present either way, so that the file's own problem is not followed by "is missing".
        values[field] = "unread-secret"
        try:
            if self._is_private(name, path):
                values[field] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            self.problems.append(
                SettingProblem(name, "names a file that cannot be read as text", "Check the path and the file's owner.")
            )

    def _is_private(self, setting: str, path: Path) -> bool:
        """Whether nobody but the owner may read the file; a problem if not.

        Raises:
            OSError: no such file.
        """
        is_private = not stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
        if self._is_strict and not is_private:
            what = "holds a secret that other users of this machine may read"
            self.problems.append(SettingProblem(setting, what, f"chmod 600 {path}"))
        return is_private or not self._is_strict
