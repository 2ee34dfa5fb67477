"""Findings of the checks: each with its facts, and none where it does not apply."""

from dataclasses import replace
from typing import Any

import pytest

from bot.reference.models import CanonicalFormat, Operation
from bot.services.checks import Check, CheckCode, CheckedRecord, Verdict, has_fail, with_fix
from bot.services.checks.run import run_checks
from bot.services.forms.fields_table import STYLES
from bot.services.usage import UsageFacts
from tests.services.checks.checked_records import IMAGE, LEGACY, SHA, V2, codes, file, rival, subject
from tests.services.checks.findings import FOUND
from tests.services.checks.mistakes import MISTAKES


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
    says = "give a new code a mistake in mistakes_in_fields.py or mistakes_in_files.py"
    assert {check.code for _, check in FOUND.values()} | of_a_mistake == set(CheckCode) - of_the_draft, says


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


def test_a_misspelled_permission_is_corrected_where_it_stands() -> None:
    licensing = {"license_expression": "MIT", "commercial_use": "Allowed", "redistribution": "allowed"}
    record = {**IMAGE, **file(), "licensing": licensing}
    fix = next(check.fix for check in run_checks(subject(record)) if check.code is CheckCode.VALUE_UNKNOWN)
    assert fix is not None
    assert with_fix(record, fix) == {**record, "licensing": {**licensing, "commercial_use": "allowed"}}
