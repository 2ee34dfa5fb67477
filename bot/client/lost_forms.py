"""Forms that were open during a restart: rebuilt from their custom id, or given back."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, cast

import discord
import structlog
from discord import ui

from bot.client.interactions import UNDELIVERED, acknowledge, show_card
from bot.client.types import Interaction
from bot.errors import BotError
from bot.ui.error_messages.lost_answers import form_lost, key_form_lost
from bot.ui.forms.base import FORM_ID, SECRET_FORM, Form

type Rebuild = Callable[[Interaction, str], Awaitable[Form | None]]
"""Builds a form from the part of its key after the first colon; ``None`` if that is not possible any more."""

log = structlog.get_logger(__name__)


async def answer_lost_form(interaction: Interaction, builders: Mapping[str, Rebuild]) -> None:
    """Handle the submit of a form that is not in memory, after a restart or a long wait.

    ``builders`` build forms, by the first part of their key.
    """
    data = cast("dict[str, Any]", interaction.data or {})
    found = FORM_ID.fullmatch(str(data.get("custom_id", "")))
    kind, _, rest = found["key"].partition(":") if found is not None else (SECRET_FORM, "", "")
    components = data.get("components") or []
    form = await _rebuilt(interaction, builders.get(kind), rest)
    log.info("lost_form_submitted", kind=kind, rebuilt=form is not None)
    if form is not None:
        fitted = list(_fitted(form, components))
        resolved: Any = data.get("resolved") or {}
        form._dispatch_submit(interaction, fitted, resolved)  # noqa: SLF001 - as the library does
        return
    await acknowledge(interaction)
    # A form of an earlier version has no key: it may be the one that asks for an API key, so nothing is repeated.
    card = key_form_lost() if kind == SECRET_FORM else form_lost(dict(_answers(components)))
    await show_card(interaction, card)


async def _rebuilt(interaction: Interaction, build: Rebuild | None, rest: str) -> Form | None:
    try:
        return None if build is None else await build(interaction, rest)
    except Exception as error:
        is_foreseen = isinstance(error, (BotError, ValueError, *UNDELIVERED))  # ValueError: an id that no form has
        log.info("form_rebuild_failed", reason=type(error).__name__, exc_info=None if is_foreseen else error)
        return None


def _fitted(form: Form, components: list[dict[str, Any]]) -> Iterator[Any]:
    """Yield the answers as the form's fields read them; a menu and a text field may differ."""
    fields = {item.custom_id: item for item in form.walk_children() if isinstance(item, ui.TextInput | ui.Select)}
    for component in components:
        answer = dict(component.get("component", component))
        match fields.get(answer.get("custom_id", "")):
            case ui.TextInput() if "value" not in answer:
                answer["value"] = ", ".join(answer.get("values") or ())
            case ui.Select() if "values" not in answer:
                answer["values"] = [answer["value"]] if answer.get("value") else []
        yield {**component, "component": answer} if "component" in component else answer


def _answers(components: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield id and text of each answered field."""
    for component in components:
        field = component.get("component", component)
        answer = field.get("value") or ", ".join(map(str, field.get("values") or ()))
        if answer and field.get("type") != discord.ComponentType.file_upload.value:
            yield str(field.get("custom_id", "")), str(answer)
