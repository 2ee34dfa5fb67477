"""Sentences of the checks of addresses."""

from collections.abc import Callable, Mapping

from bot.services.checks import CheckCode
from bot.ui.cards.check_facts import VALUE, CheckFacts
from bot.ui.text import ADDRESS_MAX, NAME_TITLE


def _subject(facts: CheckFacts) -> str:
    """Return what the address belongs to: a field, or a file."""
    return f"**{facts.plain('label')}:**" if facts.has("label") else f"**Link** of {facts.code('file')}:"


def _link(facts: CheckFacts) -> str:
    if not facts.has("value"):
        return f"{_subject(facts)} no address.{facts.end}"
    return f"{_subject(facts)} {facts.code('value', VALUE)} is not an https address.{facts.instead}"


def _credential(facts: CheckFacts) -> str:
    host = f" of {facts.code('host')}" if facts.has("host") else ""
    return (
        f"**Credential in an address:** {facts.code('part')}{host}, in {facts.code('label')}. Anyone could use it. "
        f"The bot did not keep its value.{facts.end}"
    )


def _host_unknown(facts: CheckFacts) -> str:
    usual = "Usual are huggingface.co and civitai.com."
    after = f"{usual} Approvers may ask why." if facts.is_draft else usual
    return f"**File host not known:** {facts.code('host')}. {after}"


def _no_file(facts: CheckFacts) -> str:
    return f"{_subject(facts)} {facts.code('value', VALUE)} is a page without a file.{facts.instead}"


def _page(facts: CheckFacts) -> str:
    return (
        f"{_subject(facts)} `/{facts.plain('view')}/` is a page about the file, not the file. "
        f"Correct: {facts.code('mended', ADDRESS_MAX)}."
    )


def _query(facts: CheckFacts) -> str:
    other = "another file format" if facts.plain("key") == "format" else "a part that is not the model"
    return f"{_subject(facts)} {facts.code('key')} is {facts.code('value')}, {other}."


def _url_other(facts: CheckFacts) -> str:
    of = f", the page of live {facts.plain('model', NAME_TITLE)}" if facts.has("model") else ""
    return f"**Link:** {facts.code('value', VALUE)}{of} is not of this model.{facts.instead}"


LINK_WORDS: Mapping[CheckCode, Callable[[CheckFacts], str]] = {
    CheckCode.LINK: _link,
    CheckCode.HOMEPAGE: _link,
    CheckCode.CREDENTIAL: _credential,
    CheckCode.HOST_UNKNOWN: _host_unknown,
    CheckCode.LINK_PLACEHOLDER: lambda facts: (
        f"{_subject(facts)} {facts.code('value', VALUE)} is a placeholder, or not one single address.{facts.instead}"
    ),
    CheckCode.LINK_PAGE: _page,
    CheckCode.LINK_NO_FILE: _no_file,
    CheckCode.LINK_OPEN_CHOICE: lambda facts: (
        f"{_subject(facts)} Civitai picks one of several files. Add `fileId`, or `type`, `format`, `size` and `fp`."
    ),
    CheckCode.LINK_QUERY: _query,
    CheckCode.LINK_EXTENSION: lambda facts: (
        f"**File type differs:** the name is {facts.code('file')}, the link ends in {facts.code('value')}. "
        "Check the sha256 too."
    ),
    CheckCode.LINK_ALMOST: lambda facts: (
        f"**File name almost equal:** the name is {facts.code('file')}, the link ends in {facts.code('value')}."
    ),
    CheckCode.LINK_OTHER_FILE: lambda facts: (
        f"{_subject(facts)} it names {facts.code('value')}, a file of live {facts.plain('model', NAME_TITLE)}."
    ),
    CheckCode.LINK_TAKEN: lambda facts: f"{_subject(facts)} live {facts.plain('model', NAME_TITLE)} has the same link.",
    CheckCode.HOMEPAGE_VERSION: lambda facts: (
        f"**Homepage:** it shows version {facts.code('value')}, the file is of another one.{facts.instead}"
    ),
    CheckCode.HOMEPAGE_OTHER: lambda facts: f"**Homepage:** it is that of live {facts.plain('model', NAME_TITLE)}.",
    CheckCode.URL_OTHER: _url_other,
}
"""Sentences by kind."""
