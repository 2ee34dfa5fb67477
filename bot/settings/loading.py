"""Loading of settings from the operator's sources; invalid values become problems with remedies."""

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import override

from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from bot.settings.model import FILE_SUFFIX, PREFIX, SECRETS, Remedy, Settings, variable_of
from bot.settings.problems import SettingProblem, SettingsError
from bot.settings.sources import Guard, SecretFiles, Variables, env_file_variables, filled


def load_settings(
    environ: Mapping[str, str] | None = None,
    *,
    env_file: Path | None = Path(".env"),
    allow_insecure_permissions: bool = False,
) -> Settings:
    """Read the settings; the environment wins over ``.env``, an empty variable counts as absent.

    A ``${NAME}`` in ``.env`` is replaced as that format has it; a ``$`` without braces is a ``$``.

    Args:
        environ: the environment; ``None`` is this process's own.
        env_file: the file of defaults; it need not exist. ``None`` reads none.
        allow_insecure_permissions: take secrets from files that others may read too (for odd mounts).

    Raises:
        SettingsError: with every problem at once, each with its remedy and without its value.
    """
    environment = filled(os.environ if environ is None else environ)
    guard = Guard(is_strict=not allow_insecure_permissions, credentials=environment.get("CREDENTIALS_DIRECTORY"))
    from_file = env_file_variables(env_file, guard) if env_file is not None else {}
    problems = _misspelt({**from_file, **environment})
    settings = None
    try:
        read = _reader(environment, from_file, guard).model_validate({})
        # As one made in code: its class says nothing of where it came from, so equal settings are equal.
        settings = Settings.model_validate(dict(read))
    except ValidationError as error:
        invalid = error.errors(include_input=False, include_url=False, include_context=False)
        problems += [
            _problem(str(item["loc"][0]), item["msg"], is_missing=item["type"] == "missing") for item in invalid
        ]
    problems += guard.problems
    if settings is None or problems:
        raise SettingsError(tuple(sorted(set(problems), key=lambda problem: problem.setting)))
    return settings


def _reader(environment: Mapping[str, str], from_file: Mapping[str, str], guard: Guard) -> type[Settings]:
    """Return a settings class that reads the operator's sources, the first one first."""

    class OperatorSettings(Settings):
        """Settings from the environment, then ``.env``, then secret files."""

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
            return (
                Variables(settings_cls, environment),
                Variables(settings_cls, from_file),
                SecretFiles(settings_cls, {**from_file, **environment}, guard),
            )

    return OperatorSettings


def _misspelt(names: Iterable[str]) -> list[SettingProblem]:
    """Return a problem for each name that is almost a setting's; ignore all other names."""
    fields = [variable_of(field) for field in Settings.model_fields]
    known = [*fields, *(f"{variable_of(field)}{FILE_SUFFIX}" for field in SECRETS)]
    unknown = [name for name in names if name.startswith(PREFIX) and name not in known]
    near = ((name, get_close_matches(name, known, n=1, cutoff=0.9)) for name in unknown)
    return [SettingProblem(name, "is no setting", f"Did you mean {found[0]}?") for name, found in near if found]


def _problem(field: str, message: str, *, is_missing: bool) -> SettingProblem:
    remedy = next((item.text for item in Settings.model_fields[field].metadata if isinstance(item, Remedy)), "")
    name = variable_of(field)
    if field in SECRETS:
        remedy = f"Set it, or {name}{FILE_SUFFIX} to the path of a file that holds it. {remedy}"
    return SettingProblem(name, "is missing" if is_missing else message.removeprefix("Value error, "), remedy)
