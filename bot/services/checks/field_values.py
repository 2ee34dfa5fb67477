"""Checks of values: their kind, order and vocabulary, and texts that are no prose; pure."""

import difflib
import html
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.services.checks.checked_record import CheckedRecord, is_number
from bot.services.checks.results import Check, CheckCode, Fix, Place, Verdict, at_field, fix_at
from bot.services.forms.fields import LIST_KEYS, NUMBER_KEYS, REQUIREMENT_KEYS, Field, Kind, Section
from bot.services.forms.fields_table import fields_of
from bot.services.forms.fields_text import split_list, truth_of
from bot.services.forms.json_text import json_or_none
from bot.services.forms.quantities import number_of, read_count, read_size, read_tokens, read_whole

SAMPLERS = (
    "k_lms", "k_heun", "k_euler", "k_euler_a", "k_dpm_2", "k_dpm_2_a", "k_dpm_fast", "k_dpm_adaptive",
    "k_dpmpp_2s_a", "k_dpmpp_2m", "k_dpmpp_sde", "dpmsolver", "DDIM", "lcm", "uni_pc", "uni_pc_bh2", "res_multistep",
)  # fmt: skip
"""Samplers of the AI Horde."""
SCHEDULERS = ("karras", "normal", "simple", "exponential", "sgm_uniform", "ddim_uniform", "beta", "kl_optimal")

_LISTS = frozenset({Kind.WORDS, Kind.LINES, Kind.LINKS, Kind.CHOICES})
_NUMBERS = {Kind.COUNT: read_count, Kind.TOKENS: read_tokens, Kind.WHOLE: read_whole, Kind.SIZE: read_size}
_TEXTS = frozenset({Kind.LINE, Kind.PROSE, Kind.LINK, Kind.CHOICE, Kind.BASELINE, Kind.EXPRESSION})
_OBJECTS = frozenset({Kind.PAIRS, Kind.TEXT_PAIRS, Kind.CLAIMS})
_NEAR = 0.6

_ARTEFACT = re.compile(
    r"\\[nrt\"']|\"\"|&(?:amp|lt|gt|quot|nbsp|#\d+);|</?(?:p|br|b|i|a|div|span|strong|em|ul|li|h\d|img)\b[^<>]*>",
    re.IGNORECASE,
)
_EMPTY_WORDS = frozenset({"todo", "tbd", "fixme", "n/a", "na", "none", "null", "-", "description", "test", "..."})
_LEWD = re.compile(r"\b(?:hentai|porn\w*|nsfw|xxx|erotic\w*|lewd|nud(?:e|es|ity))\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:no|not|non|without|sfw)\b|\bcan(?:no|')t\b", re.IGNORECASE)


def check_values(subject: CheckedRecord) -> Iterable[Check]:
    """Check the values that are new or changed."""
    for one in fields_of(subject.category, subject.dialect):
        value = one.value(subject.record, subject.dialect)
        if value is not None and value != one.value(subject.before, subject.dialect):
            yield from _kind(one, value, subject)
    if subject.is_changed("config"):
        yield from _config(subject)
    if subject.is_changed("requirements"):
        yield from _requirements(subject)
    if subject.is_changed("settings"):
        yield from _pairs(subject, "settings", subject.record.get("settings"))
    yield from _flags(subject)
    yield from _description(subject)


def _wrong_kind(one: Field, subject: CheckedRecord, value: Any, expected: str, corrected: Any = None) -> Check:
    place: Place = one.place(subject.dialect)
    facts = {"label": one.label, "value": _as_json(value), "expected": expected}
    fix = fix_at(one.label, place, corrected)
    said = "" if corrected is None else _as_json(corrected)
    return at_field(subject, one.key, CheckCode.VALUE_KIND, Verdict.FAIL, fix, corrected=said, **facts)


def _kind(one: Field, value: Any, subject: CheckedRecord) -> Iterable[Check]:
    """Yield a fail for a value of another kind than the field's."""
    if one.kind in _LISTS:
        if isinstance(value, str):
            at_commas = one.kind is Kind.WORDS
            yield _wrong_kind(one, subject, value, "a list", split_list(value, at_commas=at_commas) or None)
        elif not isinstance(value, list):
            yield _wrong_kind(one, subject, value, "a list")
    elif one.kind in _NUMBERS:
        if isinstance(value, str):
            yield _wrong_kind(one, subject, value, "a number", _NUMBERS[one.kind](value))
        elif not is_number(value):
            yield _wrong_kind(one, subject, value, "a number")
    elif one.kind is Kind.YES_NO and not isinstance(value, bool) and not one.is_required:
        yield _wrong_kind(one, subject, value, "true or false", truth_of(value))
    elif one.kind in _OBJECTS and not isinstance(value, Mapping):
        parsed = json_or_none(value) if isinstance(value, str) else None
        yield _wrong_kind(one, subject, value, "an object", parsed if isinstance(parsed, dict) else None)
    elif one.kind in _TEXTS and not isinstance(value, str):
        yield _wrong_kind(one, subject, value, "a text", str(value) if is_number(value) else None)


def _config(subject: CheckedRecord) -> Iterable[Check]:
    """Yield a fail for a list of files that is none."""
    config: Any = subject.record.get("config")
    wrong: dict[str, tuple[Any, str]] = {}
    if config is not None and not isinstance(config, Mapping):
        wrong["config"] = config, "an object"
    for key in ("download", "files") if isinstance(config, Mapping) else ():
        listed = config.get(key, [])
        if not isinstance(listed, list) or not all(isinstance(entry, Mapping) for entry in listed):
            wrong[f"config.{key}"] = listed, "a list of objects"
    for label, (value, expected) in wrong.items():
        facts = {"label": label, "value": _as_json(value), "expected": expected, "corrected": ""}
        yield Check(CheckCode.VALUE_KIND, Verdict.FAIL, facts, Section.FILES)


def _requirements(subject: CheckedRecord) -> Iterable[Check]:
    given = subject.record.get("requirements")
    if not isinstance(given, Mapping):
        return
    for key in given:
        if key not in REQUIREMENT_KEYS:
            near = difflib.get_close_matches(str(key).casefold(), REQUIREMENT_KEYS, 1, _NEAR)
            renamed = {(near[0] if name == key else name): item for name, item in given.items()} if near else None
            fix = fix_at(str(key), ("requirements",), renamed)
            facts = {"value": str(key), "corrected": near[0] if near else ""}
            yield at_field(subject, "requirements", CheckCode.KEY_UNKNOWN, Verdict.FAIL, fix, **facts)
    yield from _pairs(subject, "requirements", given)
    for low, high in (("min_steps", "max_steps"), ("min_cfg_scale", "max_cfg_scale"), ("min_cfg_scale", "cfg_scale"),
                      ("cfg_scale", "max_cfg_scale")):  # fmt: skip
        least, most = given.get(low), given.get(high)
        if is_number(least) and is_number(most) and least > most:
            facts = {"least": f"{low} {least}", "most": f"{high} {most}"}
            yield at_field(subject, "requirements", CheckCode.VALUE_ORDER, Verdict.FAIL, None, **facts)
    for key, known in (("samplers", SAMPLERS), ("schedulers", SCHEDULERS)):
        yield from _names(subject, key, given.get(key), known)


def _names(subject: CheckedRecord, key: str, listed: Any, known: tuple[str, ...]) -> Iterable[Check]:
    """Yield a warning for each unknown sampler or scheduler."""
    for at, name in enumerate(listed if isinstance(listed, list) else ()):
        if name not in known:
            folded = {_plain_word(one): one for one in known}
            word = _plain_word(str(name))
            near = folded.get(word) or folded.get(f"k{word}") or _near(word, folded)
            fix = fix_at(str(name), ("requirements", key, at), near)
            facts = {"label": key, "value": str(name), "corrected": near or ""}
            yield at_field(subject, "requirements", CheckCode.SAMPLER_UNKNOWN, Verdict.WARN, fix, **facts)


def _plain_word(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold().replace("+", "p"))


def _near(word: str, folded: Mapping[str, str]) -> str | None:
    found = difflib.get_close_matches(word, folded, 1, 0.8)
    return folded[found[0]] if found else None


def _pairs(subject: CheckedRecord, field: str, given: Any) -> Iterable[Check]:
    """Yield a fail for each value of another kind than its key's."""
    for key, value in given.items() if isinstance(given, Mapping) else ():
        expected: str = ""
        corrected: Any = None
        if key in LIST_KEYS and not isinstance(value, list):
            expected, corrected = "a list", [value] if isinstance(value, str | int | float) else None
            if isinstance(value, str):
                corrected = split_list(value.strip("[]").replace('"', "").replace("'", "")) or None
        elif key in NUMBER_KEYS and not is_number(value):
            expected, corrected = "a number", number_of(value) if isinstance(value, str) else _decimal(value)
        if expected:
            fix = fix_at(key, (field, key), corrected)
            facts = {"label": key, "value": _as_json(value), "expected": expected}
            said = "" if corrected is None else _as_json(corrected)
            yield at_field(subject, field, CheckCode.VALUE_KIND, Verdict.FAIL, fix, corrected=said, **facts)


def _as_json(value: Any) -> str:
    """Return a value as the record has it: a text in quotes, so that it differs from a number."""
    return json.dumps(value, ensure_ascii=False)


def _decimal(value: Any) -> float | None:
    """Return the number whose decimal comma made a list of two numbers of it."""
    match value:
        case [int(whole), int(decimals)] if decimals >= 0:
            return number_of(f"{whole}.{decimals}")
    return None


def _flags(subject: CheckedRecord) -> Iterable[Check]:
    """Compare the flags of an image model with its name and words."""
    record = subject.record
    if subject.category == "image_generation" and subject.is_changed("name", "inpainting", "config"):
        yield from _inpainting(subject)
    if record.get("nsfw") is False and subject.is_changed("nsfw", "tags", "description", "name"):
        known = _lewd_words(subject.before) if subject.before.get("nsfw") is False else []
        found = [word for word in _lewd_words(record) if word not in known]
        if found:
            yield at_field(subject, "nsfw", CheckCode.NSFW_WORDS, Verdict.WARN, None, value=found[0])


def _inpainting(subject: CheckedRecord) -> Iterable[Check]:
    """Compare the flag with the name and the files."""
    is_flagged = subject.record.get("inpainting")
    is_named = "inpaint" in subject.name.casefold() and subject.is_changed("name", "inpainting")
    file = next((one for one in subject.changed_files if "inpaint" in f"{one.name} {one.url}".casefold()), None)
    if is_flagged in (None, False) and (is_named or file is not None):
        fix = Fix("inpainting", ((("inpainting",), True),))
        facts: dict[str, str | int] = {"named": 1} if is_named or file is None else {"named": 0, "file": file.shown}
        yield at_field(subject, "inpainting", CheckCode.INPAINTING, Verdict.WARN, fix, **facts)
    elif is_flagged is True and subject.is_changed("name", "inpainting"):
        words = f"{subject.name} {subject.record.get('description')}".casefold()
        if "inpaint" not in words:
            yield at_field(subject, "inpainting", CheckCode.INPAINTING, Verdict.WARN, None, named=0)


def _lewd_words(record: Mapping[str, Any]) -> list[str]:
    """Return the words for sexual content in tags, description and name."""
    tags = record.get("tags")
    words = [str(tag) for tag in tags] if isinstance(tags, list) else []
    sentences = re.split(r"[.!?;\n]", str(record.get("description") or ""))
    words += [sentence for sentence in sentences if not _DENIED.search(sentence)]
    return [match[0] for word in (*words, str(record.get("name") or "")) if (match := _LEWD.search(word))]


def _description(subject: CheckedRecord) -> Iterable[Check]:
    text = subject.record.get("description")
    if not subject.is_changed("description") or not isinstance(text, str | None):
        return
    bare = (text or "").strip()
    if not bare:
        if subject.category == "image_generation":
            yield at_field(subject, "description", CheckCode.DESCRIPTION_EMPTY, Verdict.WARN, None)
    elif bare.casefold() in _EMPTY_WORDS or (
        bare.casefold() == subject.name.casefold() and subject.category != "controlnet"  # its name says what it does
    ):
        yield at_field(subject, "description", CheckCode.DESCRIPTION_EMPTY, Verdict.WARN, None, value=bare)
    elif (match := _ARTEFACT.search(bare)) is not None:
        corrected = _cleaned(bare)
        fix = fix_at("description", ("description",), corrected if corrected != text else None)
        yield at_field(subject, "description", CheckCode.TEXT_ARTEFACT, Verdict.WARN, fix, value=match[0])


def _cleaned(text: str) -> str:
    """Return the text with line breaks and plain characters in place of their escapes."""
    text = text.replace("\\r\\n", "\n").replace("\\n", "\n").replace("\\r", "\n").replace("\\t", " ")
    text = text.replace('\\"', '"').replace("\\'", "'").replace('""', '"')
    text = re.sub(r"<br\s*/?>|</p>", "\n", text, flags=re.IGNORECASE)
    text = html.unescape(re.sub(r"</?[a-z][^<>]*>", "", text, flags=re.IGNORECASE))
    return "\n".join(line.rstrip(" \t") for line in text.split("\n")).strip()
