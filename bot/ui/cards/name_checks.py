"""Sentences of the checks of names."""

from collections.abc import Callable, Mapping

from bot.services.checks import CheckCode
from bot.ui.cards.check_facts import CheckFacts
from bot.ui.text import NAME_TITLE


def _length(facts: CheckFacts) -> str:
    if not facts.count("invisible"):
        return f"**Name:** {facts.count('characters')} characters; 100 at most."
    return f"**Name:** {facts.count('characters')} characters, {facts.count('invisible')} of them invisible."


def _slash(facts: CheckFacts) -> str:
    lost = "show" if facts.count("can_change") else "show, change"
    return f"**Name contains /:** this service cannot {lost} or delete it by name later."


def _said(sentence: str) -> Callable[[CheckFacts], str]:
    return lambda facts: f"**Name:** {sentence}.{facts.instead}"


NAME_WORDS: Mapping[CheckCode, Callable[[CheckFacts], str]] = {
    CheckCode.NAME_EMPTY: lambda _: "**Name:** empty.",
    CheckCode.NAME_BACKSLASH: lambda _: "**Name:** has a backslash.",
    CheckCode.NAME_LONG: _length,
    CheckCode.NAME_INVISIBLE: _length,
    CheckCode.NAME_TAKEN: lambda _: "**Name is taken:** a live model has it. Propose an update.",
    CheckCode.NAME_UNKNOWN: lambda _: "**No live model has this name.**",
    CheckCode.NAME_BACKEND: lambda facts: (
        f"**Name:** begins with {facts.code('prefix')}, which the service adds by itself.{facts.instead}"
    ),
    CheckCode.NAME_SLASH: _slash,
    CheckCode.NAME_UNREACHABLE: lambda facts: (
        f"**Name contains /:** this service takes no {facts.plain('operation')} of such a model. "
        "Ask the people who run it."
    ),
    CheckCode.NAME_SPACES: _said("has spaces at an end"),
    CheckCode.NAME_ADDRESS: _said("it is an address, not a name"),
    CheckCode.NAME_TWICE: _said("it is written twice"),
    CheckCode.NAME_PATH: _said("it is a path, not a name"),
    CheckCode.NAME_PARTS: _said("a text model is named owner/model, with one /"),
    CheckCode.NAME_FILE: _said("it is the name of a file"),
    CheckCode.NAME_ALIKE: lambda facts: (
        f"**Name:** live {facts.plain('model', NAME_TITLE)} has almost the same. It may be the same model."
    ),
    CheckCode.NAME_TAKES_BACKEND: lambda facts: (
        f"**Name:** live {facts.plain('model', NAME_TITLE)} has the entry {facts.code('value')}. This model would "
        "take it over."
    ),
    CheckCode.NAME_OTHER_TASK: lambda facts: (
        f"**Name:** {facts.code('value')} stands for models that write no text. Text workers could not use it."
    ),
    CheckCode.NAME_PACKAGING: lambda facts: (
        f"**Name:** {facts.code('value')} is a packaging of the model, not the model.{facts.instead}"
    ),
    CheckCode.NAME_NO_OWNER: _said("it has no owner, and the link shows one"),
}
"""Sentences by kind."""
