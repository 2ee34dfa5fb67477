"""Operator settings, read once from environment, ``.env`` and secret files."""

from bot.settings.loading import NOT_GIVEN, load_settings, unknown_settings
from bot.settings.model import (
    EXIT_CODE,
    FILE_SUFFIX,
    PREFIX,
    SECRETS,
    LogFormat,
    LogLevel,
    SettingProblem,
    Settings,
    SettingsError,
)

__all__ = [
    "EXIT_CODE",
    "FILE_SUFFIX",
    "NOT_GIVEN",
    "PREFIX",
    "SECRETS",
    "LogFormat",
    "LogLevel",
    "SettingProblem",
    "Settings",
    "SettingsError",
    "load_settings",
    "unknown_settings",
]
