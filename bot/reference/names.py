"""Rules for model names, and names that can be part of a path."""

import re
import unicodedata

from bot.reference.errors import InvalidRequestError

BACKEND_PREFIXES = ("aphrodite/", "koboldcpp/")
"""Prefixes of the entries that the service generates for each text model; it refuses such names (8.6.2)."""

_SEPARATORS = re.compile(r"[\s_-]+")
_FORBIDDEN_CHARACTERS = "\\"


class InvalidModelNameError(InvalidRequestError, ValueError):
    """The service refuses this name for any model; raised before anything is sent."""


class UnaddressableNameError(InvalidRequestError):
    """The name is allowed, but cannot be part of a path of the service.

    Attributes:
        model_name: the name as given; escape it before showing it.
    """

    def __init__(self, model_name: str) -> None:
        super().__init__("The service cannot address a model of this name by path.")
        self.model_name = model_name


def validate_model_name(model_name: str) -> str:
    """Return the name unchanged, or refuse it as the service would (its texts, 8.6.2).

    Raises:
        InvalidModelNameError: only whitespace, a backslash, or invalid Unicode.
    """
    if not model_name.strip():
        raise InvalidModelNameError("Model name must not be empty or whitespace-only.")
    if any(character in model_name for character in _FORBIDDEN_CHARACTERS):
        raise InvalidModelNameError(
            f"Model name must not contain invalid characters {_FORBIDDEN_CHARACTERS}: '{model_name}'"
        )
    if not _is_encodable(model_name):
        raise InvalidModelNameError("Model name must be valid Unicode text.")
    return model_name


def folded_name(name: str) -> str:
    """Fold case, Unicode form, white space, hyphens and underscores; dots stay."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", name).casefold())


def backend_tail(name: str) -> str:
    """Return the part of a text model's name in its ``koboldcpp/`` entry (8.6.2)."""
    return name.partition("/")[2] or name


def is_addressable(model_name: str) -> bool:
    """Return whether the name can be in a path: slashes split it, HTTP clients resolve dots."""
    return bool(model_name) and "/" not in model_name and model_name not in {".", ".."} and _is_encodable(model_name)


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
