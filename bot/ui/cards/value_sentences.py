"""Sentences of the checks of names, values and texts."""

from collections.abc import Callable, Mapping

from bot.reference.records import CHARACTERS_MAX, DEPTH_MAX, VALUES_MAX
from bot.services.checks import CheckCode
from bot.ui.cards.check_facts import VALUE, CheckFacts
from bot.ui.text import NAME_TITLE


def _meant(facts: CheckFacts) -> str:
    return f" Did you mean {facts.code('corrected')}?" if facts.has("corrected") else ""


def _unknown(label: str) -> Callable[[CheckFacts], str]:
    return lambda facts: f"**{label} not known:** {facts.code('value')}.{_meant(facts)}"


def _variant(label: str) -> Callable[[CheckFacts], str]:
    def words(facts: CheckFacts) -> str:
        value, usual = facts.code("value"), facts.code("corrected")
        if value == usual:
            return f"**{label}:** {value} has extra spaces."
        return f"**{label}:** {value} is usually written {usual}."

    return words


def _inpainting(facts: CheckFacts) -> str:
    if facts.count("named"):
        return "**Inpainting:** the name says yes, the field does not."
    if facts.has("file"):
        return f"**Inpainting:** the file {facts.code('file')} is for inpainting, the field says no."
    return "**Inpainting:** the field says yes, the name does not."


def _parameters(facts: CheckFacts) -> str:
    return f"**Parameters:** {facts.code('value')} does not fit the name.{facts.instead}"


def _empty(facts: CheckFacts) -> str:
    if facts.has("value"):
        return f"**Description:** {facts.code('value')} does not describe the model."
    return "**Description** is empty."


def _length(facts: CheckFacts) -> str:
    if not facts.count("invisible"):
        return f"**Name:** {facts.count('characters')} characters; 100 at most."
    return f"**Name:** {facts.count('characters')} characters, {facts.count('invisible')} of them invisible."


def _slash(facts: CheckFacts) -> str:
    lost = "show" if facts.count("can_change") else "show, change"
    return f"**Name contains /:** this service cannot {lost} or delete it by name later."


def _name_problem(sentence: str) -> Callable[[CheckFacts], str]:
    return lambda facts: f"**Name:** {sentence}.{facts.instead}"


VALUE_WORDS: Mapping[CheckCode, Callable[[CheckFacts], str]] = {
    CheckCode.BASELINE_UNKNOWN: _unknown("Baseline"),
    CheckCode.STYLE_UNKNOWN: _unknown("Style"),
    CheckCode.VALUE_UNKNOWN: lambda facts: (
        f"**{facts.plain('label')}:** the service does not take {facts.code('value')}.{_meant(facts)}"
    ),
    CheckCode.BASELINE_UNUSED: lambda facts: (
        f"**Needs consensus:** no live model has the baseline {facts.code('value')}. Workers with an older library "
        "would lose every image model."
    ),
    CheckCode.VALUE_KIND: lambda facts: (
        f"**{facts.plain('label')}:** {facts.code('value', VALUE)} is not {facts.plain('expected')}.{facts.instead}"
    ),
    CheckCode.VALUE_ORDER: lambda facts: (
        f"**Requirements:** {facts.code('least')} is more than {facts.code('most')}. No request can meet that."
    ),
    CheckCode.VALUE_MISPLACED: lambda facts: (
        f"**{facts.plain('label')}:** {facts.code('value', VALUE)} belongs in another field.{facts.instead}"
    ),
    CheckCode.KEY_UNKNOWN: lambda facts: f"**Requirements:** {facts.code('value')} is not known.{_meant(facts)}",
    CheckCode.SAMPLER_UNKNOWN: lambda facts: (
        f"**Requirements:** {facts.code('value')} is not one of the known {facts.plain('label')}.{_meant(facts)}"
    ),
    CheckCode.PARAMETERS_NAME: _parameters,
    CheckCode.FORMAT_VARIANT: _variant("Instruct format"),
    CheckCode.STYLE_VARIANT: _variant("Style"),
    CheckCode.TAG_VARIANT: _variant("Tags"),
    CheckCode.TAG_COMMA: lambda facts: f"**Tags:** {facts.code('value')} has a comma and would become several tags.",
    CheckCode.INPAINTING: _inpainting,
    CheckCode.NSFW: lambda facts: f"**NSFW is not answered.**{facts.end}",
    CheckCode.NSFW_WORDS: lambda facts: f"**NSFW:** the answer is no, but its texts contain {facts.code('value')}.",
    CheckCode.TEXT_ARTEFACT: lambda facts: (
        f"**Description:** {facts.code('value')} is shown as it is. Write a line break or the plain character."
    ),
    CheckCode.DESCRIPTION_EMPTY: _empty,
    CheckCode.WHY_EMPTY: lambda facts: f"**No reason yet.** Approvers read it first.{facts.end}",
    CheckCode.RECORD_LARGE: lambda _: (
        f"**Not checked:** the record has more than {VALUES_MAX:,} values, {CHARACTERS_MAX:,} characters of text or "
        f"{DEPTH_MAX} levels. No model needs that."
    ),
    CheckCode.CHECK_FAILED: lambda _: "**Not checked:** the bot failed at this record, and its log says why.",
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
    CheckCode.NAME_SPACES: _name_problem("has spaces at an end"),
    CheckCode.NAME_ADDRESS: _name_problem("it is an address, not a name"),
    CheckCode.NAME_TWICE: _name_problem("it is written twice"),
    CheckCode.NAME_PATH: _name_problem("it is a path, not a name"),
    CheckCode.NAME_PARTS: _name_problem("a text model is named owner/model, with one /"),
    CheckCode.NAME_FILE: _name_problem("it is the name of a file"),
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
    CheckCode.NAME_NO_OWNER: _name_problem("it has no owner, and the link shows one"),
}
