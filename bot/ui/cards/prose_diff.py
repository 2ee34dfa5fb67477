"""Word diff of two texts: removed words struck, added words bold, with some context."""

from difflib import SequenceMatcher

from bot.ui.text import plain, shorten, units

CONTEXT_WORDS = 4
CARD_LENGTH = 420
COMPARED_LENGTH = 6000
"""Compared characters of each text; the cost is the product of both lengths."""
RUN_LENGTH = 160
ELLIPSIS = "…"


REWRITTEN_SHARE = 0.5
"""Least share of the longer text that stays; with less, single words say nothing."""
WORDS_MIN = 4
"""Words below which a text is compared word by word in any case."""


def is_rewritten(old: str, new: str) -> bool:
    """Return whether more than half of a text is new: better read before and after."""
    before, after = shorten(old, COMPARED_LENGTH)[0].split(), shorten(new, COMPARED_LENGTH)[0].split()
    longer = max(len(before), len(after))
    if longer < WORDS_MIN or not before or not after:
        return False
    matches = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return sum(match.size for match in matches) < longer * REWRITTEN_SHARE


def prose_diff(old: str, new: str, *, length: int = CARD_LENGTH, context: int | None = CONTEXT_WORDS) -> str:
    """Return one line of markup of at most ``length`` characters, plus a mark if it was cut.

    ``context`` is the number of unchanged words on each side of a change, ``None`` for all.
    """
    (before, cut_before), (after, cut_after) = shorten(old, COMPARED_LENGTH), shorten(new, COMPARED_LENGTH)
    pieces = _pieces(before.split(), after.split(), context)
    kept: list[str] = []
    used = 0
    for index, piece in enumerate(pieces):
        used += units(piece) + 1
        if used > length:
            return " ".join([*kept, f"{ELLIPSIS} (+{len(pieces) - index} parts)"])
        kept.append(piece)
    if cut_before or cut_after:
        kept.append(ELLIPSIS)
    return " ".join(kept)


def _pieces(before: list[str], after: list[str], context: int | None) -> list[str]:
    pieces: list[str] = []
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for index, (kind, old_from, old_to, new_from, new_to) in enumerate(steps):
        if kind == "equal":
            is_first, is_last = index == 0, index == len(steps) - 1
            pieces += _unchanged(after[new_from:new_to], context, is_first=is_first, is_last=is_last)
            continue
        if old_to > old_from:
            pieces.append(f"~~{plain(' '.join(before[old_from:old_to]), RUN_LENGTH)}~~")
        if new_to > new_from:
            pieces.append(f"**{plain(' '.join(after[new_from:new_to]), RUN_LENGTH)}**")
    return pieces


def _unchanged(words: list[str], context: int | None, *, is_first: bool, is_last: bool) -> list[str]:
    if context is None:
        return [_inert(words)]
    if is_first and is_last:
        return [_inert(words[: context * 2])]
    if is_first:
        return [*([ELLIPSIS] if len(words) > context else []), _inert(words[-context:])]
    if is_last:
        return [_inert(words[:context]), *([ELLIPSIS] if len(words) > context else [])]
    if len(words) <= context * 2:
        return [_inert(words)]
    return [_inert(words[:context]), ELLIPSIS, _inert(words[-context:])]


def _inert(words: list[str]) -> str:
    text = " ".join(words)
    return plain(text, len(text))
