"""Sources of settings: the environment, ``.env``, and files with one secret each."""

import stat
from collections.abc import Container, Mapping
from pathlib import Path
from typing import Any, override

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource, PydanticBaseSettingsSource

from bot.settings.model import FILE_SUFFIX, SECRETS, SettingProblem, Settings, variable_of

UNREAD = "unread-secret"
"""Placeholder for a secret with an unusable file, so that it is not reported as missing too."""


def filled(variables: Mapping[str, str | None]) -> dict[str, str]:
    """Drop blank variables: an empty one means the default."""
    return {name: text for name, text in variables.items() if text and text.strip()}


class Guard:
    """Permission check of secret files: only the bot's user may be able to read them.

    Files under ``credentials`` are not checked: systemd restricts that folder to one service with an access list,
    which shows as permissions of the group (systemd's documentation, System and Service Credentials).
    """

    def __init__(self, *, is_strict: bool, credentials: str | None = None) -> None:
        self.problems: list[SettingProblem] = []
        self._is_strict = is_strict
        self._credentials = Path(credentials) if credentials else None

    def admits(self, setting: str, path: Path) -> bool:
        """Return whether a secret may be read from this file; if not, note a problem of ``setting``.

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
        """Record a problem for the operator; its texts must not contain a value."""
        self.problems.append(SettingProblem(setting, what, remedy))


def env_file_variables(path: Path, guard: Guard) -> dict[str, str]:
    """Read ``.env``, which need not exist; one with secrets is checked like a secret file."""
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
    """Settings source of collected variables, matched to fields like the environment's."""

    def __init__(self, settings_cls: type[BaseSettings], variables: Mapping[str, str]) -> None:
        super().__init__(settings_cls)
        # Only names in capitals, as documented: with `curator_x` beside `CURATOR_X` the winner would be random.
        self.env_vars = {name.lower(): text for name, text in variables.items() if name == name.upper()}

    @override
    def prepare_field_value(self, field_name: str, field: FieldInfo, value: Any, value_is_complex: bool) -> Any:
        """Wrap secrets: with PYDANTIC_SETTINGS_DEBUG the library logs the values of its sources."""
        prepared = super().prepare_field_value(field_name, field, value, value_is_complex)
        return SecretStr(prepared) if field_name in SECRETS and prepared is not None else prepared


class SecretFiles(PydanticBaseSettingsSource):
    """Settings source of the files named by ``CURATOR_X_FILE`` variables; read last."""

    def __init__(
        self, settings_cls: type[BaseSettings], variables: Mapping[str, str], guard: Guard, given: Container[str]
    ) -> None:
        """Start with the variables that name files, and the fields that another source gives."""
        super().__init__(settings_cls)
        self._variables = variables
        self._guard = guard
        self._given = given

    @override
    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[SecretStr | None, str, bool]:
        """Return the secret; None if no file is named or the field is no secret. Never complex."""
        name = f"{variable_of(field_name)}{FILE_SUFFIX}"
        if field_name not in SECRETS or name not in self._variables:
            return None, field_name, False
        if field_name in self._given:
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
        """Return the secrets that have a file, by field."""
        read = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: secret for name, secret in read.items() if secret is not None}
