"""Live models that differ from their hosts' files, with buttons that propose a change."""

from bot.services.hosts.host_findings import HostVerdict
from bot.services.models.verification import RefutedModel, Verification, name_digest
from bot.ui import custom_ids
from bot.ui.cards.host_lines import host_lines
from bot.ui.choice_names import category_words
from bot.ui.components import Accent, Markup, Sheet, button
from bot.ui.custom_ids import VerifyVerb
from bot.ui.glyphs import Glyph, Theme
from bot.ui.text import NAME_LIST, joined, plain, plural

SHOWN_MAX = 7
"""Models of one message: each takes five of its forty components."""
LINES_BUDGET = 380


def verification_view(found: Verification, theme: Theme, *, is_weekly: bool = False) -> Markup:
    """Draw a verification; in the post of the weekly check ``waiting`` counts further findings."""
    count = len(found.refuted) + (found.waiting if is_weekly else 0)
    sheet = Sheet(Accent.AMBER if found.refuted else Accent.GREEN if found.checked else Accent.GREY)
    is_complete = not (found.waiting or found.unanswered)
    heading = "All checked files are as recorded" if is_complete else "No finding so far"
    if not found.checked:
        heading = "Nothing was checked"
    if count:
        heading = f"{plural(count, 'live model')} to look at"
    sheet.text(f"## {heading}", f"-# {_counts(found, is_weekly=is_weekly)}")
    for model in found.refuted[:SHOWN_MAX]:
        sheet.rule()
        _draw(sheet, model, theme)
    more = count - len(found.refuted[:SHOWN_MAX])
    lines = [f"-# {more} more: {theme.command('model verify')}" if more > 0 else ""]
    if found.waiting and not is_weekly:
        lines.append(
            f"{theme.glyph(Glyph.WARN)} {plural(found.waiting, 'model')} not checked yet: use the command again."
        )
    if not (found.checked or found.unanswered or found.waiting):
        lines.append("No live model here has a file on Hugging Face or Civitai, or the operator has turned that off.")
    if found.unanswered:
        lines.append(f"{theme.glyph(Glyph.WARN)} Of {plural(found.unanswered, 'model')} the host could not be asked.")
    return sheet.rule().text(*lines).view()


def _counts(found: Verification, *, is_weekly: bool) -> str:
    if is_weekly:
        return "Asked over the last week, and again now"
    return joined(f"{plural(found.checked, 'model')} checked", f"{found.waiting} not yet" if found.waiting else "")


def _draw(sheet: Sheet, model: RefutedModel, theme: Theme) -> None:
    *lines, when = host_lines(model.findings, theme)
    sheet.text(
        f"**{plain(model.name, NAME_LIST)}** · {category_words(model.category)}", *lines, when, budget=LINES_BUDGET
    )
    is_gone = all(each.verdict in (HostVerdict.GONE, HostVerdict.GONE_OR_PRIVATE) for each in model.findings)
    digest = name_digest(model.name)
    update = button("Propose update", custom_ids.verify(VerifyVerb.UPDATE, model.category, digest))
    delete = button("Propose delete", custom_ids.verify(VerifyVerb.DELETE, model.category, digest))
    sheet.row(*((delete, update) if is_gone else (update, delete)))
