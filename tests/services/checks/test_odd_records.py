"""No record, however wrong or large, stops its checks or blocks the event loop."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.deployment import CATEGORIES
from bot.reference.models import CanonicalFormat, Operation
from bot.services.checks import CheckCode, Verdict, has_fail
from bot.services.checks.run import run_checks
from bot.ui.cards.checks import sentence
from tests.services.checks.checked_records import BASELINES, IMAGE, SHA, codes, file, subject

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
ENTRY = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("file_name", "file_url", "sha256sum", "path", "size_bytes"), JSON)
)
PART = st.lists(ENTRY | JSON, max_size=3) | JSON
RECORD = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("name", "baseline", "nsfw", "style", "description", "homepage", "parameters"), JSON),
        "config": st.fixed_dictionaries({}, optional={"download": PART, "files": PART}) | JSON,
    },
)


@given(
    record=RECORD,
    name=st.text(max_size=12),
    category=st.sampled_from(CATEGORIES) | st.text(max_size=5),
    operation=st.sampled_from(Operation),
    dialect=st.sampled_from(CanonicalFormat),
    is_known=st.booleans(),
)
def test_any_json_record_gets_verdicts_fails_first(
    record: dict[str, Any],
    name: str,
    category: str,
    operation: Operation,
    dialect: CanonicalFormat,
    is_known: bool,  # noqa: FBT001 - hypothesis hands it over by name
) -> None:
    checks = run_checks(
        subject(
            record,
            name=name,
            category=category,
            operation=operation,
            dialect=dialect,
            live_names=frozenset({name}) if is_known else None,
            baselines=BASELINES if is_known else None,
        )
    )
    order = [list(Verdict).index(check.verdict) for check in checks]
    assert order == sorted(order)
    assert has_fail(checks) is any(check.verdict is Verdict.FAIL for check in checks)
    assert all(isinstance(value, str | int) for check in checks for value in check.facts.values())


PAIRS: dict[str, Any] = {
    "less than nothing": [1, -5],
    "true": [True, 2],
    "letters": ["1", "5"],
    "three": [1, 2, 3],
}


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
@pytest.mark.parametrize("field", ["requirements", "settings"])
def test_a_list_in_place_of_a_number_is_named_and_not_corrected_unless_it_is_one(field: str, pair: list[Any]) -> None:
    checks = run_checks(subject({**IMAGE, **file(), field: {"cfg_scale": pair, "temperature": pair}}))
    found = [check for check in checks if check.code is CheckCode.VALUE_KIND]
    assert found
    assert all(check.fix is None for check in found)


def test_a_decimal_comma_that_made_a_list_of_a_number_is_corrected() -> None:
    checks = run_checks(subject({**IMAGE, **file(), "requirements": {"cfg_scale": [7, 5]}}))
    fix = next(check.fix for check in checks if check.code is CheckCode.VALUE_KIND)
    assert fix is not None
    assert [value for _, value in fix.edits] == [7.5]


def _nested(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


LARGE: dict[str, dict[str, Any]] = {
    "keys of requirements": {"requirements": {f"min_step{number}": 1 for number in range(20_000)}},
    "tags with commas": {"tags": ["a,b"] * 20_000},
    "files": {"config": {"download": [{"file_name": "a.ckpt", "file_url": "x"}] * 20_000}},
    "a text": {"description": "<p>" + " " * 300_000},
    "texts": {"showcases": ["word " * 40] * 1_900},
    "an address": file(file_url="https://a.io/" + "," * 300_000),
    "levels": {"settings": {"deep": _nested(60)}},
}


@pytest.mark.parametrize("values", LARGE.values(), ids=LARGE)
@pytest.mark.parametrize("dialect", CanonicalFormat)
def test_a_record_larger_than_any_model_needs_is_refused_without_comparing_its_values(
    values: dict[str, Any], dialect: CanonicalFormat
) -> None:
    looked_at = subject({**IMAGE, **values}, dialect=dialect)
    began = time.process_time()
    assert [check.code for check in run_checks(looked_at)] == [CheckCode.RECORD_LARGE]
    assert time.process_time() - began < 0.5, "the event loop would stand still"


WORST: dict[str, dict[str, Any]] = {
    "separators in an address": file(file_url="https://a.io/" + "," * 45_000),
    "spaces in a text": {"description": "<p>" + " " * 45_000},
    "long names of one file": file(file_name="a" * 20_000 + ".ckpt", file_url=f"https://a.io/{'b' * 20_000}.ckpt"),
    "files of one name": {"config": {"download": [{"file_name": "a.ckpt"}] * 600}},
    "hashes without downloads": {
        "config": {
            "download": [{"file_name": f"{n}.ckpt"} for n in range(300)],
            "files": [{"path": f"x{n}.ckpt"} for n in range(300)],
        }
    },
}


@pytest.mark.parametrize("values", WORST.values(), ids=WORST)
@pytest.mark.parametrize("dialect", CanonicalFormat)
def test_the_largest_record_that_is_checked_is_checked_at_once(
    values: dict[str, Any], dialect: CanonicalFormat
) -> None:
    looked_at = subject({**IMAGE, **values}, dialect=dialect)
    began = time.process_time()
    assert CheckCode.RECORD_LARGE not in codes(looked_at)
    assert time.process_time() - began < 1, "the event loop would stand still"


@pytest.mark.parametrize("address", ["https://[", "https://exa mple.com", "https:///x", "https://\u2100.example", ""])
def test_an_address_that_cannot_be_taken_apart_is_no_address(address: str) -> None:
    assert CheckCode.LINK in {check.code for check in run_checks(subject({**IMAGE, **file(file_url=address)}))}


SIZES: dict[str, Any] = {
    "a float": 1.0,
    "a large float": 1.5e9,
    "infinite": float("inf"),
    "no number": float("nan"),
    "very long": 10**4000,
    "a text": "2 GB",
    "a list": [7],
}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_an_odd_size_of_a_replaced_file_is_described_in_words(size: Any) -> None:
    record = {**IMAGE, **file(sha256sum=SHA[::-1]), "size_on_disk_bytes": size}
    live = {**IMAGE, **file(), "size_on_disk_bytes": size}
    for one in (subject(record), subject(record, operation=Operation.UPDATE, live_record=live)):
        lines = [sentence(check, is_draft=True) for check in run_checks(one) if check.verdict is not Verdict.PASS]
        assert all(lines)
