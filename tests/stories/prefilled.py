"""Fills a form as a person does who leaves alone what stands in it."""

from typing import Any

from simcord.actors import MemberActor
from simcord.builders import UserHandle
from simcord.results import InteractionResult

from tests.harness.messages import Node, fields_of, labels_of


async def edit(
    member: MemberActor | UserHandle, shown: InteractionResult, answers: dict[str, object]
) -> InteractionResult:
    """Change some fields of the form that opened, by their labels, and submit it with the others as they stand."""
    labels = labels_of(shown)
    standing = {custom_id: value for custom_id, field in fields_of(shown).items() if (value := _standing(field))}
    submitted: InteractionResult = await member.submit_modal(
        shown, {**standing, **{labels[label]: value for label, value in answers.items()}}
    )
    return submitted


def _standing(field: Node) -> Any:
    options = [option["value"] for option in field.get("options", ()) if option.get("default")]
    if field["type"] == 21:  # a radio group takes one value, a menu a list of them
        return options[0] if options else None
    return options or field.get("value")


def standing_in(shown: InteractionResult, label: str) -> Any:
    """Return the value of one field of the form that opened."""
    return _standing(fields_of(shown)[labels_of(shown)[label]])
