"""Checks of words: baselines, styles, formats, tags, size in a text model's name; pure."""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.reference.models import CanonicalFormat
from bot.reference.names import folded_name
from bot.services.checks.addresses import HUGGING_FACE, distance, https_of, read_address
from bot.services.checks.checked_record import CheckedRecord, is_number
from bot.services.checks.live_index import LiveIndex
from bot.services.checks.results import Check, CheckCode, Verdict, at_field, fix_at
from bot.services.forms.fields_text import baseline_name, legacy_baseline

_TEXT = "text_generation"
_SDXL, _SD1, _SD2 = "stable_diffusion_xl", "stable_diffusion_1", "stable_diffusion_2_768"
_ALIASES: Mapping[str, str] = {
    **dict.fromkeys(("sdxl", "xl", "sdxl10", "sdxl09", "sdxlturbo", "sdxllightning", "sdxlhyper", "sdxlbase"), _SDXL),
    **dict.fromkeys(("pony", "ponyxl", "ponydiffusion", "illustrious", "illustriousxl", "noobai", "noobaixl"), _SDXL),
    **dict.fromkeys(("sd1", "sd14", "sd15", "sdv15", "sdv1", "stablediffusion", "stablediffusion14"), _SD1),
    **dict.fromkeys(("stablediffusion15", "stablediffusionv15", "stablediffusionv1"), _SD1),
    **dict.fromkeys(("sd2", "sd20", "sd21", "sdv2", "sdv21", "stablediffusion2", "stablediffusion21"), _SD2),
    **dict.fromkeys(("sd21768", "sd20768", "stablediffusionv2"), _SD2),
    **dict.fromkeys(("cascade", "stablecascade10"), "stable_cascade"),
    **dict.fromkeys(("flux", "flux1"), "flux_1"),
    **dict.fromkeys(("flux1d", "flux1dev", "fluxd"), "flux_dev"),
    **dict.fromkeys(("flux1s", "flux1schnell", "fluxs"), "flux_schnell"),
    **dict.fromkeys(("qwen", "qwenimage1"), "qwen_image"),
    **dict.fromkeys(("zimage", "zturbo"), "z_image_turbo"),
}
"""Baselines by names that people and hosts use, without case and punctuation."""

CONVERTED = frozenset({"stable diffusion 1", "stable diffusion 2", "stable diffusion 2 512"})
"""Legacy spellings that the service converts; it keeps any other as it is (8.6.2)."""

_NUMBER = re.compile(
    r"(?<![a-z0-9.])(?P<experts>\d{1,4}x)?(?P<number>\d{1,6}(?:[._]\d{1,6})?)b(?P<rest>\d?)(?![a-z0-9])", re.IGNORECASE
)
_ACTIVE = re.compile(r"(?<![a-z0-9])a\d+(?:[._]\d+)?b(?![a-z0-9])", re.IGNORECASE)
_BILLION = 10**9
_PARAMETERS_MIN = 10**7
_LEAST, _MOST = 0.4, 2.5


def check_vocabulary(subject: CheckedRecord) -> Iterable[Check]:
    """Check the words of a text model; those of an image model are checked with its choices."""
    if subject.category != _TEXT:
        return
    if subject.is_changed("parameters", "parameters_count", "name"):
        yield from _parameters(subject)
    if subject.is_changed("baseline"):
        yield from _misplaced(subject)
    index = subject.live
    if index is None:
        return
    for key, code in (("instruct_format", CheckCode.FORMAT_VARIANT), ("style", CheckCode.STYLE_VARIANT)):
        value = subject.record.get(key)
        if isinstance(value, str) and value and subject.is_changed(key):
            yield from _variant(subject, key, code, value, (key,))
    tags = subject.record.get("tags")
    if isinstance(tags, list) and subject.is_changed("tags"):
        yield from _tags(subject, tags)


def meant_baseline(typed: str, known: Iterable[str], dialect: CanonicalFormat) -> str | None:
    """Return the baseline meant by a common name, a variant or a typing error, or None."""
    names = tuple(known)
    word = _folded(typed)
    found = next((name for name in names if _folded(name) == word), None) or _ALIASES.get(word)
    if found not in names:
        near = difflib.get_close_matches(word, {_folded(name): name for name in names}, 1, 0.85)
        found = next((name for name in names if near and _folded(name) == near[0]), None)
    if found is None:
        return None
    return legacy_baseline(found) if dialect is CanonicalFormat.LEGACY else found


def nearest(typed: str, known: Iterable[str]) -> str | None:
    """Return the known value meant by another case, a plural or a typing error, or None."""
    folded = {_folded(value): value for value in known}
    word = _folded(typed)
    found = folded.get(word) or folded.get(word.rstrip("s")) or folded.get(f"{word}s")
    near = [] if found or not word else difflib.get_close_matches(word, folded, 1, 0.8)
    return found or (folded[near[0]] if near else None)


def is_unused_baseline(subject: CheckedRecord) -> bool:
    """Return whether no live image model has the record's baseline."""
    baseline, index = subject.record.get("baseline"), subject.live
    if subject.category != "image_generation" or index is None or not index.baselines or not isinstance(baseline, str):
        return False
    return baseline_name(baseline) not in {baseline_name(one) for one in index.baselines}


def _folded(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def _parameters(subject: CheckedRecord) -> Iterable[Check]:
    stated = subject.record.get("parameters", subject.record.get("parameters_count"))
    if not is_number(stated) or stated < 1:
        return
    numbers = _numbers(subject.name.rpartition("/")[2])
    expected = int(max(numbers, default=0) * _BILLION)
    is_like = any(_LEAST <= stated / (number * _BILLION) <= _MOST for number in numbers if number)
    if stated < _PARAMETERS_MIN or (numbers and not is_like):
        verdict = Verdict.FAIL if stated < _PARAMETERS_MIN else Verdict.WARN
        corrected = expected or None
        if not expected and 1 <= stated <= 1000:  # noqa: PLR2004 - billions, most likely
            corrected = int(stated * _BILLION)
        fix = fix_at("parameters", ("parameters",), corrected)
        facts = {"value": str(stated), "corrected": "" if corrected is None else str(corrected)}
        yield at_field(subject, "parameters", CheckCode.PARAMETERS_NAME, verdict, fix, **facts)


def _numbers(model: str) -> list[float]:
    """Return the billions of parameters in a name; none for a mixture's active ones alone."""
    found = []
    for match in _NUMBER.finditer(_ACTIVE.sub("", model)):
        number = float(match["number"].replace("_", ".") + (f".{match['rest']}" if match["rest"] else ""))
        if match["experts"]:
            number *= int(match["experts"][:-1])
        found.append(number)
    return found


def _misplaced(subject: CheckedRecord) -> Iterable[Check]:
    """Yield a warning for an address as baseline."""
    baseline = subject.record.get("baseline")
    fixed = https_of(baseline) if isinstance(baseline, str) else None
    address = None if fixed is None else read_address(fixed)
    if address is None or ("://" not in str(baseline) and not address.is_on(HUGGING_FACE)):
        return
    is_model = address.is_on(HUGGING_FACE) and len(address.parts) > 1
    corrected = "/".join(address.parts[:2]) if is_model else None
    fix = fix_at("baseline", ("baseline",), corrected)
    facts = {"label": "Baseline", "value": str(baseline), "corrected": corrected or ""}
    yield at_field(subject, "baseline", CheckCode.VALUE_MISPLACED, Verdict.WARN, fix, **facts)


def _tags(subject: CheckedRecord, tags: list[Any]) -> Iterable[Check]:
    for at, tag in enumerate(tags):
        if not isinstance(tag, str):
            continue
        if "," in tag and subject.dialect is CanonicalFormat.LEGACY:
            split = [part.strip() for part in tag.split(",") if part.strip()]
            fix = fix_at("tags", ("tags",), [*tags[:at], *split, *tags[at + 1 :]])
            yield at_field(subject, "tags", CheckCode.TAG_COMMA, Verdict.WARN, fix, value=tag)
        else:
            yield from _variant(subject, "tags", CheckCode.TAG_VARIANT, tag, ("tags", at))


def _variant(
    subject: CheckedRecord, key: str, code: CheckCode, value: str, place: tuple[str | int, ...]
) -> Iterable[Check]:
    """Warn about a word that differs from a more frequent live one in case or one letter."""
    usual = None if subject.live is None else _usual(value, subject.live, key)
    if usual is None and key == "instruct_format" and value != value.strip():
        usual = value.strip()
    if usual is not None:
        fix = fix_at(f"{key} {value}"[:40], place, usual)
        yield at_field(subject, key, code, Verdict.WARN, fix, value=value, corrected=usual)


def _usual(value: str, index: LiveIndex, key: str) -> str | None:
    counts = index.words[key]
    value = value.strip()
    own = counts[value]
    same = index.folded_words[key].get(folded_name(value), ())
    best = max((one for one in same if one != value and counts[one] > own), key=counts.__getitem__, default=None)
    if best is not None or own > 1 or len(value) < 5:  # noqa: PLR2004 - short words have neighbours
        return best
    digits = re.findall(r"\d+", value)
    near = difflib.get_close_matches(value, [one for one in counts if counts[one] > max(own, 2)], 1, 0.8)
    if not near or re.findall(r"\d+", near[0]) != digits:
        return None
    return near[0] if _is_one_letter(value.casefold(), near[0].casefold()) else None


def _is_one_letter(one: str, other: str) -> bool:
    return distance(one, other, 1) <= 1 and one.rstrip("s") != other.rstrip("s")
