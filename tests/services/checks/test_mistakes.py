"""Each kind of mistake is named, its correction is right, and correct records have no line."""

from typing import Any

import pytest

from bot.reference.models import CanonicalFormat
from bot.services.checks import Check, CheckedRecord, Verdict, with_fix
from bot.services.checks.run import run_checks
from scripts.check_reference import TRUE_ON_A_NEW_MODEL, subjects_of
from tests.harness.reference_data import folders, legacy_records
from tests.services.checks.historical import HISTORICAL, NAMED_MIN
from tests.services.checks.mistaken_records import (
    IMAGE,
    TEXT,
    Mistake,
    checked,
    image,
    is_named,
    legacy_files,
    subject_of,
    text,
    v2_image,
)
from tests.services.checks.mistakes import MISTAKES

FOLDERS = folders()
WRONG_MAX = 0.02
"""Share of the records of a large category that may have a line in doubt."""
LARGE = 100


def lines(subject: CheckedRecord) -> list[Check]:
    return [check for check in run_checks(subject) if check.verdict is not Verdict.PASS]


def ids(case: Mistake) -> str:
    return f"{case.kind} {case.label}"


@pytest.mark.parametrize("case", MISTAKES, ids=ids)
def test_each_mistake_is_named_with_its_correction_and_without_a_credential(case: Mistake) -> None:
    found = lines(checked(case))
    assert is_named(case), [(check.verdict, check.code, dict(check.facts)) for check in found]
    if case.corrected is not None:
        offered = [check.fix for check in found if check.code in case.codes and check.fix is not None]
        assert case.corrected in [with_fix(case.record, fix) for fix in offered]
    for check in found:
        assert "hush" not in repr(check.facts)
        assert "hush" not in repr(check.fix)


def test_real_mistakes_are_named() -> None:
    missed = [ids(case) for case in HISTORICAL if not is_named(case)]
    assert len(HISTORICAL) - len(missed) >= NAMED_MIN, missed


@pytest.mark.parametrize(
    "subject",
    [
        subject_of(image()),
        subject_of(v2_image(), dialect=CanonicalFormat.V2),
        subject_of(text(), TEXT),
        *(
            subject_of(image(**legacy_files(url=url)))
            for url in (
                "https://huggingface.co/acme/lumen/resolve/main/lumen.safetensors?download=true",
                "https://huggingface.co/acme/lumen/resolve/main/a%20folder/lumen.safetensors",
                "https://huggingface.co/datasets/acme/lumen/resolve/main/lumen.safetensors",
                "https://civitai.com/api/download/models/333?fileId=4",
                "https://civitai.com/api/download/models/333?type=Model&format=SafeTensor&size=pruned&fp=fp16",
            )
        ),
        subject_of(image(**legacy_files("glow_lamp.safetensors"))),
        subject_of(text(url="https://huggingface.co/other/Lumen-12B-GGUF"), TEXT),
        subject_of(text(url="https://huggingface.co/acme/Lumen-12B?not-for-all-audiences=true"), TEXT),
        subject_of(image("Amber Dusk Night", homepage="https://civitai.com/models/1001?modelVersionId=7")),
    ],
)
def test_a_correct_record_has_no_line(subject: CheckedRecord) -> None:
    assert lines(subject) == []


def test_an_update_does_not_repeat_what_was_wrong_before() -> None:
    before = image(homepage="http://a.io", **legacy_files("lumen.ckpt", "https://a.io/x?token=old", "FIXME"))
    assert lines(subject_of({**before, "version": "2"}, before=before)) == []


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=FOLDERS)
def test_live_records_have_no_line_in_doubt(folder: Any) -> None:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for category, name, record in legacy_records(folder):
        found.setdefault(category, {})[name] = {"name": name, **record}
    for category in (IMAGE, TEXT):
        doubted: list[tuple[str, str]] = []
        for create, update in subjects_of(category, found[category]):
            assert [check.code for check in lines(update)] == []
            codes = [check.code for check in lines(create) if check.code not in TRUE_ON_A_NEW_MODEL]
            doubted += [(create.name, code) for code in codes[:1]]
        if len(found[category]) >= LARGE:
            assert len(doubted) <= WRONG_MAX * len(found[category]), doubted
