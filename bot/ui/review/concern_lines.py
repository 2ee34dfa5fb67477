"""Lines about the concerns of a change, in questions about one and about several."""

from collections.abc import Iterator, Sequence

from bot.services.changes import ChangeFacts, Claim
from bot.services.checks import CheckCode, Verdict
from bot.services.review.outcomes import Concerns, DecisionResult
from bot.services.review.presses import DecisionVerb
from bot.ui import custom_ids
from bot.ui.cards.card_endings import newer_line, request_lines
from bot.ui.cards.checks import check_lines, use_beside_checks, warning_lines
from bot.ui.cards.host_lines import result_lines
from bot.ui.cards.states import operation_word, title_of
from bot.ui.components import Button, button, folded
from bot.ui.custom_ids import ChangeVerb
from bot.ui.glyphs import Glyph, Theme
from bot.ui.text import NAME_LIST, REQUESTOR, joined, plain, plural, relative

OPEN_MAX = 5
"""*Open* buttons in one row (Discord's limit)."""

LINES_BUDGET = 2000
"""Characters of all concerns in a question about several changes."""


def facts_lines(facts: ChangeFacts, theme: Theme) -> list[str]:
    """Return the fails, warnings, use and claim of a single change."""
    lines = list(warning_lines(facts, theme))
    if facts.resubmitted_as is not None:
        lines.insert(0, newer_line(facts.change, facts.resubmitted_as, theme))
    lines[:0] = request_lines(facts.requests, theme)
    return lines if facts.claim is None else [*lines, claim_line(facts.claim, theme)]


def concern_lines(result: DecisionResult, theme: Theme, own_name: str, share: int, *, is_dense: bool) -> Iterator[str]:
    """Return the concerns of one of ``share`` changes in a message; dense: in one short line.

    A claim of the reader (``own_name``) is not named.
    """
    concerns = result.concerns
    if concerns is None:
        return
    if is_dense:
        if words := _short(concerns, own_name):
            yield f"-# {words}"
        return
    lines = [*result_lines(concerns.doubts, theme), *check_lines(concerns.checks, theme, is_draft=False)]
    if concerns.replaced_by is not None and result.change is not None:
        lines.insert(0, newer_line(result.change, concerns.replaced_by, theme))
    lines[:0] = request_lines(concerns.requests, theme)
    if concerns.is_delete:
        lines.append(f"{theme.glyph(Glyph.WARN)} **Deletes the model.**")
        lines += filter(None, [use_beside_checks(concerns.usage, concerns.checks, theme)])
    if concerns.claim is not None and concerns.claim.horde_username != own_name:
        lines.append(claim_line(concerns.claim, theme))
    yield from folded(lines, max(160, LINES_BUDGET // share))


def claim_line(claim: Claim, theme: Theme) -> str:
    """Return the line about another approver's claim."""
    who = plain(claim.horde_username, REQUESTOR)
    ends = relative(claim.until)
    return f"{theme.glyph(Glyph.WARN)} **Claimed by {who}:** ask before you decide it. The claim ends {ends}."


def separate_decision_line(results: Sequence[DecisionResult], verb: DecisionVerb) -> str:
    """Say that changes are not decided together with the others, and how to decide them."""
    numbers = ", ".join(f"#{result.change_id}" for result in results)
    each = "it" if len(results) == 1 else "each"
    if verb is DecisionVerb.APPLY:
        return f"**Not applied together:** {numbers}. Open {each}, read it, and apply it by itself."
    return f"**Not approved together:** {numbers}. Open {each}, read it, and decide it by itself."


def open_buttons(results: Sequence[DecisionResult]) -> list[Button]:
    """Return *Open #42* for the first changes that are decided by themselves."""
    return [
        button(f"Open #{one.change_id}", custom_ids.change(ChangeVerb.OPEN, one.change_id, one.digest))
        for one in results[:OPEN_MAX]
        if one.digest
    ]


def several_lines(results: Sequence[DecisionResult], theme: Theme) -> str:
    """Return a line for each change, with its concerns in short, for a form."""
    lines = []
    for result in results:
        change = result.change
        name = "" if change is None else f" {operation_word(change.operation)} · {plain(title_of(change), NAME_LIST)}"
        words = _short(result.concerns, "") if result.concerns is not None else ""
        lines.append(f"**#{result.change_id}**{name}{f' · {theme.glyph(Glyph.WARN)} {words}' if words else ''}")
    return "\n".join(lines)


def _short(concerns: Concerns, own_name: str) -> str:
    verdicts = [check.verdict for check in concerns.checks]
    fails, warnings = verdicts.count(Verdict.FAIL), verdicts.count(Verdict.WARN)
    codes = {check.code for check in concerns.checks}
    claim = concerns.claim
    return joined(
        f"replaced by #{concerns.replaced_by}" if concerns.replaced_by is not None else "",
        "needs changes" if concerns.requests else "",
        "deletes the model" if concerns.is_delete else "",
        f"{plural(fails, 'check')} fail{'s' if fails == 1 else ''}" if fails else "",
        "needs consensus" if CheckCode.CONSENSUS in codes else "",
        "another change of the model" if CheckCode.OTHER_CHANGE in codes else "",
        "its file host reports a problem" if concerns.is_doubted else "",
        plural(warnings, "warning") if warnings else "",
        f"claimed by {plain(claim.horde_username, REQUESTOR)}" if claim and claim.horde_username != own_name else "",
    )
