"""List of the queue."""

from bot.reference.models import ChangeStatus
from bot.services.pages import ListFilter
from bot.services.queue.listing import QueuePage
from bot.ui.components import Accent, Markup, Sheet
from bot.ui.glyphs import Theme
from bot.ui.list_ids import ListKind
from bot.ui.pager import category_menu, page_words, status_menu, with_pager
from bot.ui.queue.items import item_lines, option, unreadable_line
from bot.ui.text import NAME_LIST, horde_name, joined, listed, plain, relative


def queue_list(page: QueuePage, theme: Theme) -> Markup:
    """Draw a page of the queue."""
    filtered = joined(filter_words(page.wanted, page.requestor_name), _searched(page))
    heading = joined(_counted(page), "newest first", page_words(page))
    sheet = Sheet(Accent.SLATE).text(
        "## Queue", f"-# {heading}" if page.entries else _empty(page, theme), f"-# {filtered}" if filtered else ""
    )
    sheet.rule()
    for item in page.entries:
        sheet.text(*item_lines(item, theme)).gap()
    return with_pager(
        sheet,
        ListKind.QUEUE,
        page,
        [option(item, theme) for item in page.entries],
        status_menu(ListKind.QUEUE, page, theme),
        category_menu(ListKind.QUEUE, page),
        max_chosen=len(page.entries) if page.may_decide else 1,
    )


def status_words(wanted: ListFilter) -> str:
    """Return the statuses of a filter: ``pending``, ``approved or applied``; empty for any."""
    words = [status.value for status in ChangeStatus if status in wanted.statuses]
    if len(words) == len(ChangeStatus):
        return ""
    return listed(words, "or")


def filter_words(wanted: ListFilter, requestor_name: str | None) -> str:
    """Return the parts of a filter that no menu shows; empty if there are none."""
    return joined(
        f"name contains {plain(wanted.model, NAME_LIST)}" if wanted.model else "",
        f"by {horde_name(requestor_name, wanted.requestor)}" if wanted.requestor else "",
        f"with the words {plain(wanted.words, NAME_LIST)}" if wanted.words else "",
    )


def _counted(page: QueuePage) -> str:
    words = status_words(page.wanted)
    return f"{page.total:,} {words or ('change' if page.total == 1 else 'changes')}"


def _searched(page: QueuePage) -> str:
    """Say how many changes were searched for words, if not all."""
    if not page.wanted.words or page.searched >= page.matching:
        return ""
    is_open = bool(page.wanted.statuses) and all(status.is_open for status in page.wanted.statuses)
    limits = "" if is_open else ", of decided ones only the newest"
    return f"searched {page.searched:,} of {page.matching:,}{limits}"


def _empty(page: QueuePage, theme: Theme) -> str:
    if page.total:
        return unreadable_line(page.total, theme)
    words = status_words(page.wanted)
    is_filtered = page.wanted.categories or page.wanted.model or page.wanted.requestor or page.wanted.words
    if words:
        text = f"Nothing {'here ' if is_filtered else ''}is {words}."
    else:
        text = "Nothing in the queue matches." if is_filtered else "The queue is empty."
    last = f" Last decision {relative(page.last_decision_at)}." if page.last_decision_at is not None else ""
    return f"{text}{last}"
