"""Where settings come from: the environment, ``.env``, and files that hold one secret; may read those alone."""

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, override

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource, PydanticBaseSettingsSource

from bot.settings.model import FILE_SUFFIX, SECRETS, Settings, variable_of
from bot.settings.problems import SettingProblem

UNREAD = "unread-secret"
"""Stands for a secret whose file has a problem, which is then not followed by "is missing"."""


def filled(variables: Mapping[str, str | None]) -> dict[str, str]:
    """Drop the variables that hold nothing but blanks: an operator who empties one means its default."""
    return {name: text for name, text in variables.items() if text and text.strip()}


class Guard:
    """Lets secrets be taken only from files that are for the bot's user alone, and notes every other file.

    Files under ``credentials`` are taken as they are: systemd keeps that folder for one service alone, by means of
    an access list, which shows as permissions of the group (systemd's documentation, System and Service Credentials).
    """

    def __init__(self, *, is_strict: bool, credentials: str | None = None) -> None:
        self.problems: list[SettingProblem] = []
        self._is_strict = is_strict
        self._credentials = Path(credentials) if credentials else None

    def admits(self, setting: str, path: Path) -> bool:
        """Whether a secret may be taken from this file; a problem of ``setting`` if not.

        Raises:
            OSError: no such file.
        """
        is_private = not stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
        if self._credentials is not None and path.is_relative_to(self._credentials):
            return True
        if self._is_strict and not is_private:
            self.note(setting, "holds a secret that other users of this machine may read", f"chmod 600 {path}")
        return is_private or not self._is_strict

    def note(self, setting: str, what: str, remedy: str) -> None:
        """Keep a problem for the operator; none of the texts may hold a value."""
        self.problems.append(SettingProblem(setting, what, remedy))


def env_file_variables(path: Path, guard: Guard) -> dict[str, str]:
    """What ``.env`` says (it need not exist); a file with a secret in it is guarded like any file of secrets."""
    try:
        lines = DotEnvSettingsSource(Settings, env_file=path, case_sensitive=True).env_vars
        variables = filled(lines)
        if any(variable_of(field) in variables for field in SECRETS):
            guard.admits(str(path), path)
    except (OSError, UnicodeDecodeError):
        guard.note(str(path), "cannot be read as text", "Check its owner and its contents.")
        return {}
    return variables


class Variables(EnvSettingsSource):
    """Variables that were gathered before, matched to fields as the library matches the environment's."""

    def __init__(self, settings_cls: type[BaseSettings], variables: Mapping[str, str]) -> None:
        super().__init__(settings_cls)
        # Only names as they are documented: `curator_x` beside `CURATOR_X` would leave to chance which one counts.
        self.env_vars = {name.lower(): text for name, text in variables.items() if name == name.upper()}

    @override
    def prepare_field_value(self, field_name: str, field: FieldInfo, value: Any, value_is_complex: bool) -> Any:
        """Seal secrets at once: the library logs what its sources yield where PYDANTIC_SETTINGS_DEBUG is set."""
        prepared = super().prepare_field_value(field_name, field, value, value_is_complex)
        return SecretStr(prepared) if field_name in SECRETS and prepared is not None else prepared


class SecretFiles(PydanticBaseSettingsSource):
    """The files that ``CURATOR_X_FILE`` variables name; asked last, since a secret is given once."""

    def __init__(self, settings_cls: type[BaseSettings], variables: Mapping[str, str], guard: Guard) -> None:
        super().__init__(settings_cls)
        self._variables = variables
        self._guard = guard

    @override
    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[SecretStr | None, str, bool]:
        """The secret, or None where no file is named or the field is no secret; never complex."""
        name = f"{variable_of(field_name)}{FILE_SUFFIX}"
        if field_name not in SECRETS or name not in self._variables:
            return None, field_name, False
        if field_name in self.current_state:
            self._guard.note(name, f"is set together with {variable_of(field_name)}", "Keep one of the two.")
            return None, field_name, False
        return SecretStr(self._read(name, Path(self._variables[name].strip()))), field_name, False

    def _read(self, name: str, path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8") if self._guard.admits(name, path) else UNREAD
        except (OSError, UnicodeDecodeError):
            what = "names a file that cannot be read as text"
            self._guard.note(name, what, "Check the path and the file's owner.")
            return UNREAD

    @override
    def __call__(self) -> dict[str, SecretStr]:
        """Field -> secret, for those that have a file."""
        read = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: secret for name, secret in read.items() if secret is not None}
