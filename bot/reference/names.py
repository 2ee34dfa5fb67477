"""What a model may be called, and which names a path can carry."""

from bot.reference.errors import InvalidRequestError

_FORBIDDEN_CHARACTERS = "\\"


class InvalidModelNameError(InvalidRequestError, ValueError):
    """The service refuses this name for any model; said before anything is sent."""


class UnaddressableNameError(InvalidRequestError):
    """A model may be called this, but no path of the service reaches it.

    Attributes:
        model_name: The name as given; for people only after escaping.
    """

    def __init__(self, model_name: str) -> None:
        super().__init__("The service cannot address a model of this name by path.")
        self.model_name = model_name


def validate_model_name(model_name: str) -> str:
    """Return the name as it is, or refuse it as the service would (its texts, 8.6.2).

    Raises:
        InvalidModelNameError: Nothing but whitespace, a backslash, or text that is no valid Unicode.
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


def is_addressable(model_name: str) -> bool:
    """Whether a path reaches the model: a slash would split it, and dots are walked by every client."""
    return bool(model_name) and "/" not in model_name and model_name not in {".", ".."} and _is_encodable(model_name)


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
