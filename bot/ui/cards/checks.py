"""Texts of the checks: one line per failure or warning, one line for all passed checks."""

from collections.abc import Callable, Iterable, Mapping

from bot.reference.models import Operation
from bot.services.changes import ChangeFacts, MessageLink
from bot.services.checks import Check, CheckCode, Verdict
from bot.services.checks.checked_record import named_rivals
from bot.services.checks.run import DESCRIPTION_LENGTH_MAX
from bot.services.usage import UsageFacts
from bot.ui.cards.check_facts import CheckFacts
from bot.ui.cards.file_sentences import FILE_WORDS
from bot.ui.cards.record import use_line
from bot.ui.cards.states import requestor
from bot.ui.cards.value_sentences import VALUE_WORDS
from bot.ui.glyphs import Glyph, Theme
from bot.ui.text import NAME_LIST, NAME_TITLE, REQUESTOR, code, first, plain, plural

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
    checks: Iterable[Check], theme: Theme, *, is_draft: bool, cards: Mapping[int, MessageLink] | None = None
) -> tuple[str, ...]:
    """Return a line per failure and warning, and one for all passed checks; equal lines once.

    On a draft, whose reader can correct them, the lines name buttons. ``cards`` are those of other changes, by id.
    """
    lines = []
    passed = []
    for check in checks:
        if check.verdict is Verdict.PASS:
            passed.append(check)
        else:
            glyph = theme.glyph(Glyph.FAIL if check.verdict is Verdict.FAIL else Glyph.WARN)
            lines.append(f"{glyph} {sentence(check, is_draft=is_draft, cards=cards)}")
    if passed:
        lines.append(f"{theme.glyph(Glyph.PASS)} {_passed(passed)}")
    return tuple(dict.fromkeys(lines))


def warning_lines(facts: ChangeFacts, theme: Theme) -> tuple[str, ...]:
    """Return the fails and warnings of a change, and the use of a model that it deletes."""
    concerns = [check for check in facts.checks if check.verdict is not Verdict.PASS]
    lines = check_lines(concerns, theme, is_draft=False, cards=facts.rival_cards)
    use = use_beside_checks(facts.usage, concerns, theme) if facts.change.operation is Operation.DELETE else ""
    return (*lines, use) if use else lines


def use_beside_checks(usage: UsageFacts | None, checks: Iterable[Check], theme: Theme) -> str:
    """Return the use of a model; empty if it is not known, or if the consensus check says it."""
    if usage is None or any(check.code is CheckCode.CONSENSUS for check in checks):
        return ""
    return use_line(usage, theme)


def rival_lines(facts: ChangeFacts, theme: Theme) -> tuple[str, ...]:
    """Return warnings of other open changes of the model, for decided changes."""
    name, warn = plain(facts.change.model_name, NAME_TITLE), theme.glyph(Glyph.WARN)
    lines = []
    for rival, has_newer in named_rivals(facts.rivals):
        card = facts.rival_cards.get(rival.change_id)
        said = _rival(rival.change_id, requestor(rival), name, rival.operation, card, has_newer=has_newer)
        lines.append(f"{warn} {said}")
    return tuple(lines)


def sentence(check: Check, *, is_draft: bool, cards: Mapping[int, MessageLink] | None = None) -> str:
    """Return the text of a failure or warning."""
    return _WORDS[check.code](CheckFacts(check, is_draft=is_draft, cards=cards))


def _passed(passed: list[Check]) -> str:
    count = f"{len(passed)} check{'s pass' if len(passed) > 1 else ' passes'}"
    if len(passed) > NAMED_PASSES_MAX:
        return count
    return f"{count}: {'; '.join(_PASSES.get(check.code, check.code.value) for check in passed)}"


def _consensus(facts: CheckFacts) -> str:
    workers = plural(facts.count("workers"), "worker")
    serve = "serves" if facts.count("workers") == 1 else "serve"
    return (
        f"**Needs consensus:** rank {facts.count('rank')} of {facts.count('models')}. "
        f"{facts.count('month'):,} {facts.plain('unit')} in the last 30 days; {workers} {serve} it now. "
        "Discuss it first."
    )


def _refused(facts: CheckFacts) -> str:
    said = facts.plain("said", REFUSAL).rstrip(".")
    return f"**The service refused** {facts.code('field')}: {said}.{facts.end}"


def _places(facts: CheckFacts) -> str:
    return first([code(place, NAME_LIST) for place in facts.lines("places")], PLACES_SHOWN)


def _not_kept(facts: CheckFacts) -> str:
    return f"**This service does not store:** {_places(facts)}."


def _other_change(facts: CheckFacts) -> str:
    change_id = facts.count("change_id")
    who, name = facts.plain("requestor", REQUESTOR), facts.plain("name", NAME_TITLE)
    card, has_newer = facts.cards.get(change_id), facts.has("has_newer")
    return _rival(change_id, who, name, facts.plain("operation"), card, has_newer=has_newer)


def _rival(change_id: int, who: str, name: str, operation: str, card: MessageLink | None, *, has_newer: bool) -> str:
    does = "deletes" if operation == Operation.DELETE else "also changes"
    newer = " Newer changes of it are open, too." if has_newer else ""
    opened = f" [Open #{change_id}]({card.url})" if card else ""
    return f"**#{change_id} by {who} {does} {name}.** The one applied later overwrites the earlier.{newer}{opened}"


_WORDS: Mapping[CheckCode, Callable[[CheckFacts], str]] = {
    **FILE_WORDS,
    **VALUE_WORDS,
    CheckCode.REQUIRED: lambda facts: f"**Missing:** {facts.plain('label')}.{facts.end}",
    CheckCode.OTHER_CHANGE: _other_change,
    CheckCode.DESCRIPTION_LONG: lambda facts: (
        f"**Description:** {facts.count('characters')} characters; {DESCRIPTION_LENGTH_MAX} at most.{facts.end}"
    ),
    CheckCode.BASELINE_CHANGED: lambda facts: (
        "**Baseline changes:** workers load the model differently. Test one image "
        f"{'first' if facts.is_draft else 'before approving'}."
    ),
    CheckCode.CONSENSUS: _consensus,
    CheckCode.LICENCE_UNKNOWN: lambda facts: f"**Licence not known:** {facts.code('value')}.{facts.end}",
    CheckCode.REFUSED: _refused,
    CheckCode.CATEGORY: lambda facts: (
        f"**This service does not take this kind of model:** {facts.category}. It is too old; the draft is kept."
    ),
    CheckCode.NOT_KEPT: _not_kept,
    CheckCode.FIELDS_LEFT_OUT: lambda facts: f"**Not in the file:** {_places(facts)}. They stay as they are.",
    CheckCode.FIELDS_REMOVED: lambda facts: f"**Removed, because they are not in the file:** {_places(facts)}.",
    CheckCode.UNREAD: lambda facts: f"**{facts.plain('label')}:** {facts.code('value')} cannot be read.{facts.end}",
    CheckCode.FORMAT: lambda facts: (
        f"**Written for the format {facts.code('value')},** which this service no longer takes. The bot cannot "
        "convert it. Copy it from *More* → *Raw JSON* and propose it again."
    ),
    CheckCode.TEXT_MODEL: lambda _: (
        "**This service cannot apply text models** in its v2 format. Its operator can choose the legacy format."
    ),
}
