"""The service's objection to a field appears at that field, with the form to correct it."""

import pytest

from bot.reference.errors import ConflictError, InvalidRequestError
from bot.reference.models import CanonicalFormat, ErrorDetail
from bot.services.checks import CheckCode, Section, Verdict
from bot.services.proposals.refusal_checks import field_errors_of, form_for, refusal_checks
from storage.intents import FieldError

V2 = CanonicalFormat.V2


def refusal(*details: tuple[tuple[str | int, ...], str]) -> InvalidRequestError:
    fields = tuple(ErrorDetail(loc=place, msg=message, type="x") for place, message in details)
    return InvalidRequestError("refused", status=422, fields=fields)


def test_each_complaint_is_about_its_place_in_the_record() -> None:
    error = refusal(
        (("body", "baseline"), "Field required"), (("body", "config", "download", 0, "file_url"), "Field required")
    )
    assert field_errors_of(error) == (
        FieldError(("baseline",), "Field required"),
        FieldError(("config", "download", "0", "file_url"), "Field required"),
    )
    checks = refusal_checks(field_errors_of(error), "image_generation", V2)
    assert {check.code for check in checks} == {CheckCode.REFUSED}
    assert {check.verdict for check in checks} == {Verdict.FAIL}
    assert [check.facts["field"] for check in checks] == ["baseline", "config.download.0.file_url"]
    assert [check.section for check in checks] == [Section.BASICS, Section.FILES]


@pytest.mark.parametrize(
    ("place", "form"),
    [
        (("name",), (Section.BASICS, 0)),
        (("tags", "0"), (Section.DETAILS, 0)),
        (("requirements", "min_steps"), (Section.DETAILS, 1)),
        (("licensing", "license_ids"), (Section.LICENSING, 0)),
        (("licensing", "obligations", "0"), (Section.LICENSING, 1)),
        (("size_on_disk_bytes",), (Section.FILES, 0)),
        (("config", "embedded_component_hashes"), (Section.FILES, 0)),
        (("nowhere",), (Section.BASICS, 0)),
        ((), (Section.BASICS, 0)),
    ],
)
def test_the_form_that_asks_for_a_place_mends_it(place: tuple[str, ...], form: tuple[Section, int]) -> None:
    assert form_for(place, "image_generation", V2) == form


@pytest.mark.parametrize(("dialect", "page"), [(V2, 1), (CanonicalFormat.LEGACY, 0)])
def test_the_form_is_that_of_the_drafts_format(dialect: CanonicalFormat, page: int) -> None:
    (check,) = refusal_checks([FieldError(("showcases", "0"), "No picture.")], "image_generation", dialect)
    assert (check.section, check.page) == (Section.DETAILS, page)


@pytest.mark.parametrize(
    ("sentence", "field"),
    [
        ("Unknown baseline 'sd99'. Publish it through /x before submitting models that use it.", "baseline"),
        ("Unknown license definition: LicenseRef-zzz", "licensing"),
        ("Model name must not be empty or whitespace-only.", "name"),
        ("Model name 'koboldcpp/Foo-7B' contains a backend prefix (aphrodite/, koboldcpp/).", "name"),
    ],
)
def test_a_sentence_without_a_place_is_about_the_field_that_it_names(sentence: str, field: str) -> None:
    assert field_errors_of(InvalidRequestError(sentence)) == (FieldError((field,), sentence),)


def test_a_complaint_about_the_whole_says_which_field_if_it_can() -> None:
    assert field_errors_of(refusal((("body",), "Value error, Unknown style: nope"))) == (
        FieldError(("style",), "Unknown style: nope"),
    )
    (check,) = refusal_checks(field_errors_of(refusal((("body",), "something else"))), "blip", V2)
    assert check.facts == {"field": "record", "said": "something else"}


@pytest.mark.parametrize("error", [InvalidRequestError("Change 1 is not pending"), ConflictError("exists")])
def test_other_refusals_are_about_no_field(error: InvalidRequestError | ConflictError) -> None:
    assert field_errors_of(error) == ()
