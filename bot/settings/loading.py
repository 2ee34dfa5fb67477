"""Loading of settings; invalid values become problems with remedies."""

import os
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from bot.settings.model import (
    FILE_SUFFIX,
    PREFIX,
    SECRETS,
    Remedy,
    SettingProblem,
    Settings,
    SettingsError,
    variable_of,
)
from bot.settings.sources import Guard, SecretFiles, Variables, env_file_variables, filled

NOT_GIVEN: Final = "not-given"
"""Value of a required setting that a command does not need."""

MISSPELT_FROM: Final = 0.9
"""Likeness to a setting's name from which a variable is refused as misspelt; others are only named."""


def unknown_settings(
    environ: Mapping[str, str] | None = None, *, env_file: Path | None = Path(".env")
) -> list[tuple[str, str]]:
    """Return unknown ``CURATOR_`` variables, each with the nearest setting's name.

    They are no error: container platforms add variables that begin with the name of a service.
    """
    from_file = env_file_variables(env_file, Guard(is_strict=False)) if env_file is not None else {}
    return _unknown({**from_file, **filled(os.environ if environ is None else environ)}, cutoff=0)


def load_settings(
    environ: Mapping[str, str] | None = None,
    *,
    env_file: Path | None = Path(".env"),
    is_sharing_allowed: bool = False,
    not_needed: Collection[str] = (),
) -> Settings:
    """Read the settings; the environment wins over ``.env``, an empty variable counts as absent.

    A ``${NAME}`` in ``.env`` is replaced as that format has it; a ``$`` without braces is a ``$``.

    Args:
        environ: the environment; ``None`` is this process's own.
        env_file: the file of defaults; it need not exist. ``None`` reads none.
        is_sharing_allowed: take secrets from files that others may read too (for odd mounts).
        not_needed: required fields that the caller does not use; a missing one is ``NOT_GIVEN``.

    Raises:
        SettingsError: with every problem at once, each with its remedy and without its value.
    """
    environment = filled(os.environ if environ is None else environ)
    guard = Guard(is_strict=not is_sharing_allowed, credentials=environment.get("CREDENTIALS_DIRECTORY"))
    from_file = env_file_variables(env_file, guard) if env_file is not None else {}
    problems = _misspelt({**from_file, **environment})
    environment = {**_stand_ins(not_needed, {**from_file, **environment}), **environment}
    settings = None
    try:
        settings = Settings.model_validate(_values(environment, from_file, guard))
    except ValidationError as error:
        invalid = error.errors(include_input=False, include_url=False, include_context=False)
        problems += [
            _problem(str(item["loc"][0]), item["msg"], is_missing=item["type"] == "missing") for item in invalid
        ]
    problems += guard.problems
    if settings is None or problems:
        raise SettingsError(tuple(sorted(set(problems), key=lambda problem: problem.setting)))
    return settings


def _stand_ins(fields: Collection[str], given: Mapping[str, str]) -> dict[str, str]:
    names = (variable_of(field) for field in fields)
    return {name: NOT_GIVEN for name in names if name not in given and f"{name}{FILE_SUFFIX}" not in given}


def _values(environment: Mapping[str, str], from_file: Mapping[str, str], guard: Guard) -> dict[str, Any]:
    """Return the values by field: the environment wins over ``.env``, then secret files."""
    given = {**Variables(Settings, from_file)(), **Variables(Settings, environment)()}
    return {**SecretFiles(Settings, {**from_file, **environment}, guard, given)(), **given}


def _misspelt(names: Iterable[str]) -> list[SettingProblem]:
    """Return a problem for each name that is almost a setting's."""
    return [
        SettingProblem(name, "is no setting", f"Did you mean {nearest}?")
        for name, nearest in _unknown(names, cutoff=MISSPELT_FROM)
    ]


def _unknown(names: Iterable[str], *, cutoff: float) -> list[tuple[str, str]]:
    """Return the prefixed names that are no setting, each with the nearest setting's name."""
    fields = [variable_of(field) for field in Settings.model_fields]
    known = [*fields, *(f"{variable_of(field)}{FILE_SUFFIX}" for field in SECRETS)]
    unknown = [name for name in names if name.startswith(PREFIX) and name not in known]
    near = ((name, get_close_matches(name, known, n=1, cutoff=cutoff)) for name in unknown)
    return [(name, found[0]) for name, found in near if found]


def _problem(field: str, message: str, *, is_missing: bool) -> SettingProblem:
    remedy = next((item.text for item in Settings.model_fields[field].metadata if isinstance(item, Remedy)), "")
    name = variable_of(field)
    if field in SECRETS:
        remedy = f"Set it, or {name}{FILE_SUFFIX} to the path of a file that holds it. {remedy}"
    return SettingProblem(name, "is missing" if is_missing else message.removeprefix("Value error, "), remedy)
