"""Checks of a record's pages: homepage, address of a text model, showcases; pure."""

import re
from collections.abc import Iterable
from typing import Any

from bot.reference.models import CanonicalFormat
from bot.services.checks.addresses import CIVITAI, HUGGING_FACE, Address, read_address
from bot.services.checks.checked_record import CheckedRecord
from bot.services.checks.links import bad_address
from bot.services.checks.results import Check, CheckCode, Verdict, at_field, fix_at
from bot.services.forms.fields import Field, Kind, lookup
from bot.services.forms.fields_table import fields_of

_WORD = re.compile(r"[a-z]{3,}|[0-9]+[a-z]{2,}")
_NAME_PARTS = 2
_DOWNLOAD = ("api", "download", "models")


def check_pages(subject: CheckedRecord) -> Iterable[Check]:
    """Check every address that is not of a file."""
    for one in fields_of(subject.category, subject.dialect):
        value = one.value(subject.record, subject.dialect)
        if not value or value == one.value(subject.before, subject.dialect):
            continue
        if one.kind is Kind.LINK:
            yield from _page(one, str(value), subject)
        elif one.kind is Kind.LINKS and isinstance(value, list):
            yield from _pages(one, value, subject)
    if subject.is_changed("homepage", "name"):
        yield from _homepage(subject)
    if subject.is_changed("homepage", "config"):
        yield from _version_of_page(subject)
    if subject.category == "text_generation" and subject.is_changed("url", "name"):
        yield from _url(subject)


def _page(one: Field, text: str, subject: CheckedRecord) -> Iterable[Check]:
    if (bad := bad_address(text)) is not None:
        code = CheckCode.HOMEPAGE if bad[0] is CheckCode.LINK else bad[0]
        place = one.place(subject.dialect)
        fix = fix_at(one.label, place, bad[1])
        yield at_field(subject, one.key, code, Verdict.FAIL, fix, label=one.label, value=text, corrected=bad[1] or "")


def _pages(one: Field, links: list[Any], subject: CheckedRecord) -> Iterable[Check]:
    """Yield the first bad address of a list."""
    known = one.value(subject.before, subject.dialect)
    for at, link in enumerate(links):
        if isinstance(known, list) and link in known:
            continue
        text = str(link)
        if (bad := bad_address(text)) is not None:
            code = CheckCode.HOMEPAGE if bad[0] is CheckCode.LINK else bad[0]
            fix = fix_at(one.label, (*one.place(subject.dialect), at), bad[1])
            facts = {"label": one.label, "value": text, "corrected": bad[1] or ""}
            yield at_field(subject, one.key, code, Verdict.FAIL, fix, **facts)
            return
        if subject.dialect is CanonicalFormat.LEGACY and "huggingface" in text:  # refused in legacy only (8.6.2)
            yield at_field(subject, one.key, CheckCode.VALUE_UNKNOWN, value="huggingface", label=one.label)
            return


def _homepage(subject: CheckedRecord) -> Iterable[Check]:
    """Yield a warning for the homepage of a live model with another name."""
    address = _address(subject, "homepage")
    if address is None or subject.live is None or not address.parts:
        return
    others = subject.live.others(subject.live.pages.get(address.page_key), subject.name)
    if others and not any(words_of(subject.name) & words_of(other) for other in others):
        yield at_field(subject, "homepage", CheckCode.HOMEPAGE_OTHER, Verdict.WARN, model=others[0])


def _version_of_page(subject: CheckedRecord) -> Iterable[Check]:
    """Yield a warning for a Civitai page of another version than the file's."""
    page = _address(subject, "homepage")
    version = "" if page is None or not page.is_on(CIVITAI) else page.query.get("modelversionid", "")
    if page is None or not version.isdigit():
        return
    files = filter(None, (read_address(file.url) for file in subject.files))
    downloads = {file.base for file in files if file.is_on(CIVITAI) and file.parts[:3] == _DOWNLOAD}
    if not downloads or version in downloads:
        return
    own = next(iter(downloads)) if len(downloads) == 1 else ""
    corrected = page.text.replace(version, own) if own and page.text.count(version) == 1 else None
    fix = fix_at("homepage", ("homepage",), corrected)
    facts = {"value": version, "file": own, "corrected": corrected or ""}
    yield at_field(subject, "homepage", CheckCode.HOMEPAGE_VERSION, Verdict.WARN, fix, **facts)


def _url(subject: CheckedRecord) -> Iterable[Check]:
    """Yield a warning for a text model's address of another model."""
    address = _address(subject, "url")
    if address is None or not address.is_on(HUGGING_FACE) or len(address.parts) < _NAME_PARTS:
        return
    linked, name = "/".join(address.parts[:_NAME_PARTS]), subject.name.strip()
    if linked.casefold() == name.casefold():
        return
    index = subject.live
    others = () if index is None else index.others(index.pages.get(address.page_key), name)
    if not others and index is not None:
        others = index.others(index.text_names.get(linked.casefold()), name)
    if others or _is_unlike(linked, name):
        corrected = f"https://huggingface.co/{name}" if name.count("/") == 1 else None
        fix = fix_at("link", ("url",), corrected)
        facts = {"value": linked, "model": others[0] if others else "", "corrected": corrected or ""}
        yield at_field(subject, "url", CheckCode.URL_OTHER, Verdict.WARN, fix, **facts)


def words_of(name: str) -> set[str]:
    """Return the words of a name in lower case, for comparison."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return set(_WORD.findall(spaced.casefold())) | set(_WORD.findall(name.casefold()))


def _is_unlike(linked: str, name: str) -> bool:
    """Return whether owner and model of two names have no word in common."""
    owner, _, model = linked.partition("/")
    own, _, rest = name.rpartition("/")
    is_same_owner = not own or owner.casefold() == own.casefold()
    return not is_same_owner and not words_of(model) & words_of(rest) and not words_of(owner) & words_of(own)


def _address(subject: CheckedRecord, key: str) -> Address | None:
    value = lookup(subject.record, key)
    return read_address(value) if isinstance(value, str) else None
