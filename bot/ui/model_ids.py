"""The ids of the menus and buttons under lists of models: each names its list by number, and the page it stands on."""

from enum import StrEnum


class ModelVerb(StrEnum):
    """What a menu or button under a list of models does."""

    CHOOSE = "choose"
    CATEGORY = "category"
    PREVIOUS = "previous"
    NEXT = "next"


_FIELDS = r"(?P<filter_id>[1-9][0-9]{0,17}):(?P<page>[0-9]{1,9})"

MODEL_TEMPLATE = rf"models:(?P<verb>{'|'.join(ModelVerb)}):{_FIELDS}"


def model_template(verb: ModelVerb) -> str:
    """The template of one verb, for a class that serves only that."""
    return rf"models:{verb}:{_FIELDS}"


def in_models(verb: ModelVerb, filter_id: int, page: int) -> str:
    """The id of a menu or button under a list of models."""
    return f"models:{verb}:{filter_id}:{page}"
