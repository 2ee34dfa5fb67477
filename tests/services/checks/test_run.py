"""Each finding on a record, and that no record, however wrong, stops the one who looks at it."""

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.deployment import CATEGORIES, Deployment
from bot.reference.models import CanonicalFormat, ChangeStatus, Operation, PendingChange, ReplicateMode
from bot.services.checks import Check, CheckCode, CheckedRecord, Verdict, has_fail, with_fix
from bot.services.checks.run import run_checks
from bot.services.forms.fields import Section
from bot.services.forms.fields_table import STYLES
from bot.services.usage import UsageFacts
from bot.ui.cards.checks import sentence
from tests.services.checks.mistakes import MISTAKES

SHA = "9aba26abf0d3f1e8c7b65a4d3c2b1a09f8e7d6c5b4a3928170615243f4e5d6c7"
URL = "https://huggingface.co/pixel/resolve/main/pixel.safetensors"
BASELINES = ("stable_diffusion_1", "stable_diffusion_xl")
IMAGE: dict[str, Any] = {
    "name": "Pixel",
    "baseline": "stable_diffusion_xl",
    "nsfw": False,
    "description": "Pixel art in clear colours.",
}
V2, LEGACY = CanonicalFormat.V2, CanonicalFormat.LEGACY


def file(**changes: Any) -> dict[str, Any]:
    entry = {"file_name": "pixel.safetensors", "file_url": URL, "sha256sum": SHA}
    return {"config": {"download": [{**entry, **changes}]}}


def subject(record: dict[str, Any] | None = None, **changes: Any) -> CheckedRecord:
    values: dict[str, Any] = {
        "operation": Operation.CREATE,
        "category": "image_generation",
        "name": "Pixel",
        "record": {**IMAGE, **file()} if record is None else record,
        "dialect": V2,
        "live_names": frozenset({"Deliberate"}),
        "baselines": BASELINES,
    }
    return CheckedRecord(**{**values, **changes})


def rival(**changes: Any) -> PendingChange:
    values: dict[str, Any] = {
        "change_id": 41,
        "category": "image_generation",
        "model_name": "Pixel",
        "operation": Operation.CREATE,
        "requested_by": "303",
        "requested_username": "carol#303",
        "requested_at": 1_700_000_000,
        "status": ChangeStatus.PENDING,
    }
    return PendingChange(**{**values, **changes})


def codes(looked_at: CheckedRecord) -> set[CheckCode]:
    return {check.code for check in run_checks(looked_at)}


POPULAR: dict[str, str | int] = {"rank": 6, "models": 161, "month": 18402, "workers": 14, "unit": "images"}
FOUND: dict[str, tuple[CheckedRecord, Check]] = {
    "no baseline": (
        subject({"nsfw": False}),
        Check(CheckCode.REQUIRED, Verdict.FAIL, {"label": "Baseline"}, Section.BASICS),
    ),
    "no parameters": (
        subject({}, category="text_generation"),
        Check(CheckCode.REQUIRED, Verdict.FAIL, {"label": "Parameters"}, Section.BASICS),
    ),
    "no name": (subject(name=" \t"), Check(CheckCode.NAME_EMPTY, Verdict.FAIL, {}, Section.BASICS)),
    "backslash": (subject(name="a\\b"), Check(CheckCode.NAME_BACKSLASH, Verdict.FAIL, {}, Section.BASICS)),
    "long name": (
        subject(name="x" * 101),
        Check(CheckCode.NAME_LONG, Verdict.FAIL, {"characters": 101, "invisible": 0}, Section.BASICS),
    ),
    "long name of invisible characters": (
        subject(name="\u200b" * 101),
        Check(CheckCode.NAME_LONG, Verdict.FAIL, {"characters": 101, "invisible": 101}, Section.BASICS),
    ),
    "zero width": (
        subject(name="a\u200bb"),
        Check(CheckCode.NAME_INVISIBLE, Verdict.FAIL, {"characters": 3, "invisible": 1}, Section.BASICS),
    ),
    "half a character": (
        subject(name="a\ud800"),
        Check(CheckCode.NAME_INVISIBLE, Verdict.FAIL, {"characters": 2, "invisible": 1}, Section.BASICS),
    ),
    "slash": (
        subject(name="org/model"),
        Check(CheckCode.NAME_SLASH, Verdict.WARN, {"can_change": 0}, Section.BASICS),
    ),
    "slash where an update has the name in its body": (
        subject(name="org/model", dialect=LEGACY),
        Check(CheckCode.NAME_SLASH, Verdict.WARN, {"can_change": 1}, Section.BASICS),
    ),
    "a backend's prefix, which the service refuses": (
        subject({"parameters": 7}, name="koboldcpp/Org/Model", category="text_generation", dialect=LEGACY),
        Check(CheckCode.NAME_BACKEND, Verdict.FAIL, {"prefix": "koboldcpp/"}, Section.BASICS),
    ),
    "fewer parameters than one, which is refused when it is applied": (
        subject({"parameters": -7}, category="text_generation", dialect=LEGACY),
        Check(CheckCode.VALUE_UNKNOWN, Verdict.FAIL, {"value": "-7", "label": "Parameters"}, Section.BASICS),
    ),
    "slash in what shall go": (
        subject(name="org/model", operation=Operation.DELETE, dialect=LEGACY),
        Check(CheckCode.NAME_UNREACHABLE, Verdict.FAIL, {"operation": "delete"}),
    ),
    "slash in what shall change": (
        subject(name="org/model", operation=Operation.UPDATE),
        Check(CheckCode.NAME_UNREACHABLE, Verdict.FAIL, {"operation": "update"}),
    ),
    "taken": (subject(name="Deliberate"), Check(CheckCode.NAME_TAKEN, Verdict.FAIL, {}, Section.BASICS)),
    "free": (subject(), Check(CheckCode.NAME_FREE, Verdict.PASS)),
    "unknown": (
        subject(operation=Operation.UPDATE),
        Check(CheckCode.NAME_UNKNOWN, Verdict.FAIL, {}, Section.BASICS),
    ),
    "another open change": (
        subject(open_changes=(rival(),)),
        Check(
            CheckCode.OTHER_CHANGE,
            Verdict.WARN,
            {"change_id": 41, "requestor": "carol#303", "name": "Pixel", "operation": "create"},
            None,
        ),
    ),
    "another open change of a user without a name": (
        subject(open_changes=(rival(requested_username=None, operation=Operation.DELETE),)),
        Check(
            CheckCode.OTHER_CHANGE,
            Verdict.WARN,
            {"change_id": 41, "requestor": "303", "name": "Pixel", "operation": "delete"},
            None,
        ),
    ),
    "no digest": (
        subject({**IMAGE, **file(sha256sum=None)}),
        Check(CheckCode.SHA256_MISSING, Verdict.FAIL, {"file": "pixel.safetensors"}, Section.FILES),
    ),
    "a digest that only holds a place": (
        subject({**IMAGE, **file(sha256sum="FIXME")}),
        Check(CheckCode.SHA256_MISSING, Verdict.FAIL, {"file": "pixel.safetensors"}, Section.FILES),
    ),
    "malformed digest": (
        subject({**IMAGE, **file(sha256sum=SHA[:-1])}),
        Check(
            CheckCode.SHA256_MALFORMED,
            Verdict.FAIL,
            {"file": "pixel.safetensors", "value": SHA[:-1], "kind": "63 hex digits, not 64", "corrected": ""},
            Section.FILES,
        ),
    ),
    "a link that is none": (
        subject({**IMAGE, **file(file_url="javascript:alert(1)")}),
        Check(
            CheckCode.LINK,
            Verdict.FAIL,
            {"file": "pixel.safetensors", "value": "javascript:alert(1)", "corrected": ""},
            Section.FILES,
        ),
    ),
    "a homepage that is none": (
        subject({**IMAGE, **file(), "homepage": "ftp://x.example"}),
        Check(
            CheckCode.HOMEPAGE,
            Verdict.FAIL,
            {"value": "ftp://x.example", "label": "Homepage", "corrected": ""},
            Section.DETAILS,
        ),
    ),
    "an unknown host": (
        subject({**IMAGE, **file(file_url="https://nothuggingface.co/a.safetensors")}),
        Check(CheckCode.HOST_UNKNOWN, Verdict.WARN, {"host": "nothuggingface.co"}, Section.FILES),
    ),
    "a file that may hold code": (
        subject({**IMAGE, **file(file_name="pixel.ckpt")}),
        Check(CheckCode.FILE_TYPE, Verdict.WARN, {"file": "pixel.ckpt", "kind": "pickle"}, Section.FILES),
    ),
    "good files": (subject(), Check(CheckCode.FILES_GOOD, Verdict.PASS, {"count": 1})),
    "an unknown baseline": (
        subject({**IMAGE, "baseline": "sdxl"}),
        Check(CheckCode.BASELINE_UNKNOWN, Verdict.FAIL, {"value": "sdxl"}, Section.BASICS),
    ),
    "a setting of a text model that is refused when it is applied": (
        subject(
            {"parameters": 7, "settings": {"temperature": 0.7, "warmth": 1}}, category="text_generation", dialect=LEGACY
        ),
        Check(CheckCode.VALUE_UNKNOWN, Verdict.FAIL, {"value": "warmth", "label": "Settings"}, Section.DETAILS, 1),
    ),
    "fields that the service drops": (
        subject(dropped_paths=("licensing", "config.download.size_bytes")),
        Check(CheckCode.NOT_KEPT, Verdict.WARN, {"places": "licensing\nconfig.download.size_bytes"}),
    ),
    "a category that the service is too old for": (
        subject(
            deployment=Deployment(ReplicateMode.PRIMARY, LEGACY, writable=True, categories=("clip",)), category="lora"
        ),
        Check(CheckCode.CATEGORY, Verdict.FAIL, {"category": "lora"}),
    ),
    "a draft of before a change of format": (
        subject(
            deployment=Deployment(ReplicateMode.PRIMARY, LEGACY, writable=True, categories=("image_generation",)),
        ),
        Check(CheckCode.FORMAT, Verdict.FAIL, {"value": "v2"}),
    ),
    "a v2 record with a legacy baseline": (
        subject({**IMAGE, "baseline": "stable diffusion 1"}),
        Check(CheckCode.BASELINE_UNKNOWN, Verdict.FAIL, {"value": "stable diffusion 1"}, Section.BASICS),
    ),
    "a known baseline": (subject(), Check(CheckCode.BASELINE_KNOWN, Verdict.PASS)),
    "a legacy baseline": (
        subject({**IMAGE, "baseline": "stable diffusion 1"}, dialect=LEGACY),
        Check(CheckCode.BASELINE_KNOWN, Verdict.PASS),
    ),
    "a legacy baseline of another spelling": (
        subject({**IMAGE, "baseline": "stable diffusion 2 512"}, dialect=LEGACY),
        Check(CheckCode.BASELINE_KNOWN, Verdict.PASS),
    ),
    "an unknown style": (
        subject({**IMAGE, "style": "cubist"}),
        Check(CheckCode.STYLE_UNKNOWN, Verdict.FAIL, {"value": "cubist", "label": "Style"}, Section.BASICS),
    ),
    "a showcase that is none": (
        subject({**IMAGE, "showcases": ["https://a.example/1", "x"]}),
        Check(
            CheckCode.HOMEPAGE, Verdict.FAIL, {"value": "x", "label": "Showcases", "corrected": ""}, Section.DETAILS, 1
        ),
    ),
    "a showcase that legacy refuses": (
        subject({**IMAGE, "showcases": ["https://huggingface.co/1"]}, dialect=LEGACY),
        Check(
            CheckCode.VALUE_UNKNOWN,
            Verdict.FAIL,
            {"value": "huggingface", "label": "Showcases"},
            Section.DETAILS,
        ),
    ),
    "a value that is not on the service's list": (
        subject({"type": "x"}, category="clip", dialect=LEGACY),
        Check(CheckCode.VALUE_UNKNOWN, Verdict.FAIL, {"value": "x", "label": "Type"}, Section.DETAILS),
    ),
    "a controlnet without its style": (
        subject({}, category="controlnet", dialect=LEGACY),
        Check(CheckCode.REQUIRED, Verdict.FAIL, {"label": "ControlNet style"}, Section.BASICS),
    ),
    "a description of any length": (
        subject({**IMAGE, "description": "x" * 4001}),
        Check(CheckCode.DESCRIPTION_LONG, Verdict.FAIL, {"characters": 4001}, Section.BASICS),
    ),
    "NSFW is left open": (
        subject({"baseline": "stable_diffusion_xl"}),
        Check(CheckCode.NSFW, Verdict.FAIL, {}, Section.BASICS),
    ),
    "NSFW by a word": (
        subject({**IMAGE, "nsfw": "yes"}),
        Check(CheckCode.NSFW, Verdict.FAIL, {}, Section.BASICS),
    ),
    "NSFW answered": (subject(), Check(CheckCode.NSFW_ANSWERED, Verdict.PASS)),
    "a text model in v2": (
        subject({"parameters": 7}, category="text_generation"),
        Check(CheckCode.TEXT_MODEL, Verdict.FAIL),
    ),
    "another baseline": (
        subject(operation=Operation.UPDATE, live_record={**IMAGE, "baseline": "stable_diffusion_1"}),
        Check(CheckCode.BASELINE_CHANGED, Verdict.WARN, {}, Section.BASICS),
    ),
    "an update of a model that many use": (
        subject(operation=Operation.UPDATE, usage=UsageFacts(6, 161, 18402, 14)),
        Check(CheckCode.CONSENSUS, Verdict.WARN, POPULAR),
    ),
    "a deletion of a model that many use": (
        subject({}, operation=Operation.DELETE, usage=UsageFacts(6, 161, 18402, 14)),
        Check(CheckCode.CONSENSUS, Verdict.WARN, POPULAR),
    ),
    "a deletion of a model that is there": (
        subject({}, name="Live", operation=Operation.DELETE, live_names=frozenset({"Live"})),
        Check(CheckCode.MODEL_EXISTS, Verdict.PASS),
    ),
    "a deletion without another proposal": (
        subject({}, operation=Operation.DELETE),
        Check(CheckCode.NO_OTHER_CHANGE, Verdict.PASS),
    ),
    "a deletion by a name that a path carries": (
        subject({}, operation=Operation.DELETE),
        Check(CheckCode.NAME_REACHABLE, Verdict.PASS),
    ),
    "an unknown licence": (
        subject({**IMAGE, "licensing": {"license_expression": "MIT AND LicenseRef-x"}}, licences=frozenset({"MIT"})),
        Check(CheckCode.LICENCE_UNKNOWN, Verdict.FAIL, {"value": "LicenseRef-x"}, Section.LICENSING),
    ),
}


@pytest.mark.parametrize("case", FOUND)
def test_each_finding_is_made_with_its_facts(case: str) -> None:
    looked_at, expected = FOUND[case]
    assert bare(expected) in [bare(check) for check in run_checks(looked_at)]


def bare(check: Check) -> Check:
    """The check without its correction, which test_mistakes judges."""
    facts = {key: value for key, value in check.facts.items() if key != "corrected"}
    return replace(check, facts=facts, fix=None)


def test_every_code_is_found_by_some_case() -> None:
    of_the_draft = {CheckCode.REFUSED, CheckCode.UNREAD, CheckCode.FIELDS_LEFT_OUT, CheckCode.FIELDS_REMOVED}
    of_the_draft |= {CheckCode.RECORD_LARGE, CheckCode.CHECK_FAILED}
    of_a_mistake = {code for case in MISTAKES for code in case.codes}
    assert {check.code for _, check in FOUND.values()} | of_a_mistake == set(CheckCode) - of_the_draft


@pytest.mark.parametrize(
    ("before", "after", "dialect"),
    [
        ("stable_diffusion_xl", "stable_diffusion_xl", V2),
        ("stable diffusion 1", "stable_diffusion_1", LEGACY),
        ("stable diffusion 2", "stable_diffusion_2_768", LEGACY),
        ("", "stable_diffusion_1", V2),
    ],
)
def test_another_spelling_is_no_other_baseline(before: str, after: str, dialect: CanonicalFormat) -> None:
    looked_at = subject(
        {**IMAGE, "baseline": after}, operation=Operation.UPDATE, live_record={"baseline": before}, dialect=dialect
    )
    assert CheckCode.BASELINE_CHANGED not in codes(looked_at)


@pytest.mark.parametrize(
    ("operation", "usage"),
    [
        (Operation.UPDATE, None),
        (Operation.DELETE, UsageFacts(11, 161, 5000, 3)),
        (Operation.CREATE, UsageFacts(1, 161, 5000, 3)),
        (Operation.UPDATE, UsageFacts(1, 161, 0, 0)),
    ],
)
def test_only_a_change_of_the_ten_most_used_needs_consensus(operation: Operation, usage: UsageFacts | None) -> None:
    assert CheckCode.CONSENSUS not in codes(subject(operation=operation, usage=usage))


@pytest.mark.parametrize(
    "licensing",
    [
        None,
        "MIT",
        {},
        {"license_expression": None},
        {"license_expression": "NOASSERTION"},
        {"license_expression": "(MIT OR Apache-2.0) AND MIT"},
        {"license_ids": 3},
    ],
)
def test_a_licence_is_questioned_only_if_it_is_unknown(licensing: Any) -> None:
    looked_at = subject({**IMAGE, "licensing": licensing}, licences=frozenset({"MIT", "Apache-2.0"}))
    assert CheckCode.LICENCE_UNKNOWN not in codes(looked_at)


@pytest.mark.parametrize("expression", ["MIT WITH Some-exception", "NONE", "mit", "MIT OR Unheard-Of"])
def test_a_licence_that_the_service_refuses_is_questioned(expression: str) -> None:
    looked_at = subject({**IMAGE, "licensing": {"license_expression": expression}}, licences=frozenset({"MIT"}))
    assert CheckCode.LICENCE_UNKNOWN in codes(looked_at)


def test_no_licence_is_questioned_while_the_known_ones_are_not_known() -> None:
    assert CheckCode.LICENCE_UNKNOWN not in codes(subject({**IMAGE, "licensing": {"license_expression": "x"}}))


@pytest.mark.parametrize(
    ("looked_at", "absent"),
    [
        (subject(live_names=None), {CheckCode.NAME_FREE, CheckCode.NAME_TAKEN, CheckCode.NAME_UNKNOWN}),
        (subject(baselines=None), {CheckCode.BASELINE_KNOWN, CheckCode.BASELINE_UNKNOWN}),
        (subject({}, operation=Operation.DELETE), {CheckCode.REQUIRED, CheckCode.NSFW}),
        (subject({"parameters": 7}, category="text_generation", dialect=LEGACY), {CheckCode.TEXT_MODEL}),
        (
            subject(name="org/model", operation=Operation.UPDATE, dialect=LEGACY),
            {CheckCode.NAME_SLASH, CheckCode.NAME_UNREACHABLE},
        ),
        (subject(open_changes=(rival(model_name="pixel"), rival(category="blip"))), {CheckCode.OTHER_CHANGE}),
        (subject({**IMAGE, **file(file_url="https://cdn.huggingface.co/a")}), {CheckCode.HOST_UNKNOWN}),
        (subject({**IMAGE, **file(sha256sum=SHA.upper())}), {CheckCode.SHA256_MALFORMED}),
        (subject(IMAGE), {CheckCode.FILES_GOOD}),
        (
            subject({"type": "new"}, category="clip", dialect=LEGACY, choices={"LegacyClipRecord.type": ("new",)}),
            {CheckCode.VALUE_UNKNOWN},
        ),
        (subject({"parameters_count": 7}, category="text_generation"), {CheckCode.REQUIRED}),
        (subject({**IMAGE, "showcases": ["https://huggingface.co/1"]}), {CheckCode.VALUE_UNKNOWN}),
    ],
    ids=[
        "names unknown",
        "baselines unknown",
        "delete",
        "legacy text",
        "slash in a legacy update",
        "others' changes",
        "subdomain",
        "capitals",
        "no files",
        "a type the service has told",
        "parameters as the queue keeps them",
        "huggingface in v2",
    ],
)
def test_what_does_not_concern_a_record_is_not_said_of_it(looked_at: CheckedRecord, absent: set[CheckCode]) -> None:
    assert not absent & {check.code for check in run_checks(looked_at)}


def test_a_good_record_has_nothing_but_passes() -> None:
    checks = run_checks(subject())
    assert {check.verdict for check in checks} == {Verdict.PASS}
    assert not has_fail(checks)


@pytest.mark.parametrize("style", sorted(STYLES))
def test_every_style_of_the_draft_passes(style: str) -> None:
    assert not has_fail(run_checks(subject({**IMAGE, **file(), "style": style})))


def test_every_file_is_judged() -> None:
    record = {**IMAGE, "config": {"download": [{"file_name": f"{n}.ckpt", "file_url": "x"} for n in range(3)]}}
    found = [check.facts["file"] for check in run_checks(subject(record)) if check.code is CheckCode.LINK]
    assert found == ["0.ckpt", "1.ckpt", "2.ckpt"]


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


def test_a_misspelled_permission_is_corrected_where_it_stands() -> None:
    licensing = {"license_expression": "MIT", "commercial_use": "Allowed", "redistribution": "allowed"}
    record = {**IMAGE, **file(), "licensing": licensing}
    fix = next(check.fix for check in run_checks(subject(record)) if check.code is CheckCode.VALUE_UNKNOWN)
    assert fix is not None
    assert with_fix(record, fix) == {**record, "licensing": {**licensing, "commercial_use": "allowed"}}
