"""Texts of the checks: one line per failure or warning, one line for all passed checks."""

from collections.abc import Callable, Iterable, Mapping

from bot.reference.models import Operation, PendingChange
from bot.services.changes import ChangeFacts
from bot.services.checks import Check, CheckCode, Verdict
from bot.services.checks.run import DESCRIPTION_LENGTH_MAX
from bot.ui.cards.check_facts import CheckFacts
from bot.ui.cards.file_checks import FILE_WORDS
from bot.ui.cards.link_checks import LINK_WORDS
from bot.ui.cards.name_checks import NAME_WORDS
from bot.ui.cards.value_checks import VALUE_WORDS
from bot.ui.glyphs import Glyph, Theme
from bot.ui.text import NAME_LIST, NAME_TITLE, REQUESTOR, code, horde_name, plain, plural
from bot.ui.use import use_line

BUDGET = 900
NAMED_PASSES_MAX = 3
PLACES_SHOWN = 6
REFUSAL = 160
"""Maximum length of the service's own message about a field."""

_PASSES: Mapping[CheckCode, str] = {
    CheckCode.NAME_FREE: "name is free",
    CheckCode.MODEL_EXISTS: "model exists",
    CheckCode.NO_OTHER_CHANGE: "no other open change",
    CheckCode.NAME_REACHABLE: "name can be addressed",
    CheckCode.FILES_GOOD: "links, names and hashes of its files",
    CheckCode.BASELINE_KNOWN: "baseline is known",
    CheckCode.NSFW_ANSWERED: "NSFW is answered",
}


def check_lines(
    checks: Iterable[Check], theme: Theme, *, is_draft: bool, links: Mapping[int, str] | None = None
) -> tuple[str, ...]:
    """Return a line per failure and warning, and one for all passed checks; equal lines once.

    Args:
        checks: failures first.
        theme: glyphs.
        is_draft: whether the reader can correct them; the texts then name buttons.
        links: URLs of the cards of other changes, by id.
    """
    lines = []
    passed = []
    for check in checks:
        if check.verdict is Verdict.PASS:
            passed.append(check)
        else:
            glyph = theme.glyph(Glyph.FAIL if check.verdict is Verdict.FAIL else Glyph.WARN)
            lines.append(f"{glyph} {sentence(check, is_draft=is_draft, links=links)}")
    if passed:
        lines.append(f"{theme.glyph(Glyph.PASS)} {_passed(passed)}")
    return tuple(dict.fromkeys(lines))


def concern_lines(facts: ChangeFacts, theme: Theme) -> tuple[str, ...]:
    """Return the fails and warnings of a change, and the use of a model that it alters."""
    links = {change_id: card.url for change_id, card in facts.rival_cards.items()}
    concerns = [check for check in facts.checks if check.verdict is not Verdict.PASS]
    lines = check_lines(concerns, theme, is_draft=False, links=links)
    is_said = any(check.code is CheckCode.CONSENSUS for check in concerns)
    usage = facts.usage if not is_said and facts.change.operation is Operation.DELETE else None
    return lines if usage is None else (*lines, use_line(usage, theme))


def rival_lines(facts: ChangeFacts, theme: Theme) -> tuple[str, ...]:
    """Return a warning for each other open change of the model, for decided changes."""
    lines = []
    for rival in facts.rivals:
        card = facts.rival_cards.get(rival.change_id)
        said = _rival(
            rival.change_id, _name(rival), plain(facts.change.model_name, NAME_TITLE), card.url if card else None
        )
        lines.append(f"{theme.glyph(Glyph.WARN)} {said}")
    return tuple(lines)


def sentence(check: Check, *, is_draft: bool, links: Mapping[int, str] | None = None) -> str:
    """Return the text of a failure or warning."""
    return _WORDS[check.code](CheckFacts(check, is_draft=is_draft, links=links))


def _passed(passed: list[Check]) -> str:
    count = f"{len(passed)} check{'s pass' if len(passed) > 1 else ' passes'}"
    if len(passed) > NAMED_PASSES_MAX:
        return count
    return f"{count}: {'; '.join(_PASSES.get(check.code, check.code.value) for check in passed)}"


def _sentence_end(facts: CheckFacts) -> str:
    return f"{facts.edit}." if facts.edit else ""


def _consensus(facts: CheckFacts) -> str:
    workers = plural(facts.count("workers"), "worker")
    serve = "serves" if facts.count("workers") == 1 else "serve"
    return (
        f"**Needs consensus:** rank {facts.count('rank')} of {facts.count('models')}. "
        f"{facts.count('month'):,} {facts.plain('unit')} in the last 30 days; {workers} {serve} it now. "
        "Ask in the thread first."
    )


def _refused(facts: CheckFacts) -> str:
    said = facts.plain("said", REFUSAL).rstrip(".")
    return f"**The service refused** {facts.code('field')}: {said}.{_sentence_end(facts)}"


def _places(facts: CheckFacts) -> str:
    places = facts.lines("places")
    more = f" +{len(places) - PLACES_SHOWN}" if len(places) > PLACES_SHOWN else ""
    return ", ".join(code(place, NAME_LIST) for place in places[:PLACES_SHOWN]) + more


def _not_kept(facts: CheckFacts) -> str:
    return f"**This service does not store:** {_places(facts)}."


def _other_change(facts: CheckFacts) -> str:
    change_id = facts.count("change_id")
    return _rival(
        change_id, facts.plain("requestor", REQUESTOR), facts.plain("name", NAME_TITLE), facts.links.get(change_id)
    )


def _rival(change_id: int, who: str, name: str, url: str | None) -> str:
    opened = f" [Open #{change_id}]({url})" if url else ""
    return f"**#{change_id} by {who} also changes {name}.** The one applied later overwrites the earlier.{opened}"


def _name(change: PendingChange) -> str:
    return horde_name(change.requested_username, change.requested_by)


_WORDS: Mapping[CheckCode, Callable[[CheckFacts], str]] = {
    **LINK_WORDS,
    **FILE_WORDS,
    **NAME_WORDS,
    **VALUE_WORDS,
    CheckCode.REQUIRED: lambda facts: f"**{facts.plain('label')} is missing.**{_sentence_end(facts)}",
    CheckCode.OTHER_CHANGE: _other_change,
    CheckCode.DESCRIPTION_LONG: lambda facts: (
        f"**Description:** {facts.count('characters')} characters; "
        f"{DESCRIPTION_LENGTH_MAX} at most.{_sentence_end(facts)}"
    ),
    CheckCode.BASELINE_CHANGED: lambda facts: (
        "**Baseline changes:** workers load the model differently. Test one image "
        f"{'first' if facts.is_draft else 'before approving'}."
    ),
    CheckCode.CONSENSUS: _consensus,
    CheckCode.LICENCE_UNKNOWN: lambda facts: f"**Licence not known:** {facts.code('value')}.{_sentence_end(facts)}",
    CheckCode.REFUSED: _refused,
    CheckCode.CATEGORY: lambda facts: (
        f"**This service does not take this kind of model:** {facts.category}. It is too old; the draft is kept."
    ),
    CheckCode.NOT_KEPT: _not_kept,
    CheckCode.FIELDS_LEFT_OUT: lambda facts: f"**Not in the file:** {_places(facts)}. They stay as they are.",
    CheckCode.FIELDS_REMOVED: lambda facts: f"**Removed, because they are not in the file:** {_places(facts)}.",
    CheckCode.UNREAD: lambda facts: (
        f"**{facts.plain('label')}:** {facts.code('value')} cannot be read.{_sentence_end(facts)}"
    ),
    CheckCode.FORMAT: lambda facts: (
        f"**Written for the format {facts.code('value')},** which this service no longer takes. The bot cannot "
        "convert it. Copy it from *More* → *Raw JSON* and propose it again."
    ),
    CheckCode.TEXT_MODEL: lambda _: (
        "**This service cannot apply text models** in its v2 format. Its operator can choose the legacy format."
    ),
}
