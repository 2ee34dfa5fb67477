import importlib
import pkgutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

import bot
import cogs
import storage.errors
from bot.errors import BotError
from bot.identity import errors as identity
from bot.identity.standing import Role
from bot.operator.command_settings import UnusablePortError
from bot.reference import errors as reference
from bot.reference.models import ErrorDetail
from bot.reference.names import InvalidModelNameError, UnaddressableNameError
from bot.services import errors as services
from bot.services.changes import CardState
from bot.services.forms.forms_input import InputError, InvalidInput
from bot.services.reader_key import ReaderKeyError
from bot.services.records.json_input import RecordJsonError
from bot.services.records.schema import Violation
from bot.sources.addresses import AddressError, AddressProblem
from bot.ui.error_messages.attempts import Attempt, Verb
from bot.ui.error_messages.table import MESSAGES, explain, fault
from bot.ui.glyphs import Theme
from tests.ui.cases import named_cases
from tests.ui.inert import text_length
from tests.ui.samples import STANDING
from tests.ui.screens_errors import APPROVE, QUEUE

WHOLE_FILE = ("size", "empty", "not_loaded", "encoding", "syntax", "not_object")
KINDS: tuple[reference.RefusalKind, ...] = get_args(reference.RefusalKind.__value__)

PATH = Path("curator.db")
EXAMPLES: list[Exception] = [
    reference.UnauthorizedError("Invalid API key", status=401),
    reference.ForbiddenError("no", status=403),
    reference.NotFoundError("Change not found", status=404),
    reference.NotFoundError("Not Found", status=404),
    reference.ConflictError("exists", status=409),
    reference.InvalidRequestError("no", status=422, fields=(ErrorDetail(loc=("body", "x"), msg="y"),) * 9),
    reference.InvalidRequestError("is not pending", status=400),
    *(reference.ReadOnlyError("the service's words", kind=kind) for kind in KINDS),
    reference.UnavailableError("connection refused", retry_after_s=7),
    reference.UnavailableError("Auth service timed out", status=503),
    reference.ServiceAwayError("The service cannot be reached.", next_try_at=datetime(2026, 3, 1, tzinfo=UTC)),
    ReaderKeyError(),
    reference.IndeterminateError("timed out"),
    reference.MalformedReplyError("not JSON"),
    reference.OversizedReplyError("The answer is too large."),
    InvalidModelNameError("Model name must not be empty or whitespace-only."),
    UnaddressableNameError("a/b"),
    identity.NotLinkedError(1),
    identity.MissingRoleError(Role.APPROVER, STANDING),
    identity.KeyShapeError(),
    identity.AnonymousKeyError(),
    identity.SharedKeyError("alice#101 (Shared Key: test)"),
    identity.UnknownKeyError(),
    identity.AccountTakenError("alice#101"),
    identity.TooManyAttemptsError(timedelta(minutes=4)),
    identity.HordeUnavailableError(),
    identity.UnreadableKeyError(1),
    identity.InvalidKeyError(),
    services.DraftGoneError(7),
    services.DraftsFullError(25, {"name": "Kept"}),
    services.ServerOnlyError(),
    services.ServerNotServedError(),
    services.RateLimitError(10, datetime(2026, 3, 1, tzinfo=UTC)),
    services.ReadLimitError(20, datetime(2026, 3, 1, tzinfo=UTC)),
    services.ReadLimitError(None, datetime(2026, 3, 1, tzinfo=UTC)),
    services.OwnChangeError(42),
    services.SelectionGoneError(),
    services.StillSendingError(1),
    services.NumbersError("twelve", 25),
    services.ListGoneError(),
    services.ChoiceGoneError(),
    services.ManageServerError(),
    services.UnknownRequestorError("unknown"),
    services.PurgeCountError("4", 3),
    services.PurgeGoneError(),
    *(
        RecordJsonError(problem, "line 1, column 2")
        for problem in (*WHOLE_FILE, "several", "wrong_category", "wrong_model")
    ),
    RecordJsonError("fields", violations=(Violation("config.download[0].file_url", "is missing"),) * 9),
    services.CategoryMissingError(),
    services.LinkAndRecordError(),
    services.CategoryNotTakenError("lora", ("clip", "blip")),
    services.UnknownModelError("lora", "Nearly `this`", ("Almost this",)),
    services.UnknownModelError("lora", "Nothing like it"),
    *(AddressError(problem) for problem in AddressProblem),
    AddressError(AddressProblem.OTHER_HOST, "models.example`.org"),
    services.NoRecordError(),
    services.UnknownModeError("@everyone", ("allow", "warn", "block")),
    services.OneQuietHourError(22),
    services.BlockNeedsApproversError(1, 2),
    services.BlockNeedsApproversError(0, 2),
    services.RoleNotGrantableError(3001),
    services.RoleNotGrantableError(3001, ("administrator", *(f"manage_{number}" for number in range(9)))),
    services.FollowError("nothing"),
    services.FollowError("several"),
    services.FollowError("category", "Deliberate"),
    services.SubscriptionsFullError(25),
    services.NotYourProposalError(42),
    services.NotRevisableError(42, CardState.PENDING),
    services.NotRevisableError(42, CardState.APPLIED),
    InputError(InvalidInput("Parameters", "many", "a number")),
    storage.errors.ClosedError(),
    storage.errors.DiskError(PATH, is_full=True),
    storage.errors.WipeError(PATH, is_full=False),
    storage.errors.DamagedError(PATH, "it ends too early"),
    storage.errors.LockedError(PATH),
    storage.errors.UnusableFileError(PATH, "it is read-only"),
    storage.errors.DraftUnavailableError(7, None),
]
BASES = {BotError, reference.ApiError, identity.IdentityError}
"""Never raised themselves."""
UNSEEN_STORAGE_ERRORS = {
    # At the start, where the operator reads the text of the error.
    UnusablePortError,
    storage.errors.InvalidKeysError,
    storage.errors.MissingKeyError,
    storage.errors.WrongKeyError,
    storage.errors.KeyInUseError,
    storage.errors.IncompleteInstallationError,
    storage.errors.InsecurePermissionsError,
    storage.errors.ForeignFileError,
    storage.errors.MissingFileError,
    storage.errors.TargetTakenError,
    storage.errors.RetiredKeyError,
    storage.errors.NewerSchemaError,
    # A service catches it and raises one of its own.
    storage.errors.AccountTakenError,
    storage.errors.UnreadableKeyError,
    storage.errors.SealBrokenError,
    storage.errors.TooManyDraftsError,
    storage.errors.TooManySubscriptionsError,
    storage.errors.SendingError,
    # A bug of ours.
    storage.errors.IntentStateError,
    # Bases, never raised themselves.
    storage.errors.StorageError,
    storage.errors.StartError,
    storage.errors.ConfigurationError,
}


def subclasses(kind: type[Exception]) -> set[type[Exception]]:
    """The class and all below it that belong to the product; the demo's errors are read on its command line."""
    below = {kind}.union(*(subclasses(child) for child in kind.__subclasses__()))
    return {each for each in below if each.__module__.startswith(("bot.", "cogs.", "storage."))} - {
        each for each in below if each.__module__.startswith("bot.demo.")
    }


def import_everything() -> None:
    for package in (bot, cogs, storage):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)


def shown(view: ui.LayoutView) -> str:
    return "\n".join(item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay))


def test_every_error_that_can_be_raised_has_its_message() -> None:
    import_everything()
    assert [kind for kind in subclasses(BotError) - BASES if not set(MESSAGES).intersection(kind.__mro__)] == []


def test_every_error_of_storage_has_its_message_or_a_reason_why_it_reaches_no_person() -> None:
    with_message = {
        kind for kind in subclasses(storage.errors.StorageError) if set(MESSAGES).intersection(kind.__mro__)
    }
    assert with_message | UNSEEN_STORAGE_ERRORS == subclasses(storage.errors.StorageError)
    assert with_message & UNSEEN_STORAGE_ERRORS == set()


def test_every_message_has_an_example_here() -> None:
    assert set(MESSAGES) <= {type(error) for error in EXAMPLES}


def assert_three_parts(error: Exception, attempt: Attempt) -> None:
    explanation = explain(error, attempt, Theme())
    assert explanation is not None
    text = shown(explanation.view)
    assert text.startswith("## ")
    assert text.count("**Changed:** ") == 1
    assert text.count("**Now:** ") == 1
    is_unsure = "**Changed:** unknown." in text or "**Changed:** unknown;" in text
    assert not (is_unsure and text.startswith("## Not ")), "the heading would say what is not known"
    assert "!" not in text
    assert ".." not in text.replace("…", "")


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_every_failure_says_what_happened_what_changed_and_what_to_do(error: Exception) -> None:
    with named_cases() as case:
        for verb in Verb:
            for attempt in (Attempt(verb), Attempt(verb, 1, "alice#101", "update", "blip", "x", 42, draft_kept=True)):
                with case(f"{error!r} at {attempt}"):
                    assert_three_parts(error, attempt)


def test_only_the_services_refusal_of_a_write_is_public() -> None:
    with named_cases() as case:
        for error in EXAMPLES:
            for attempt in (QUEUE, APPROVE, Attempt(Verb.LOOK), Attempt(Verb.EDIT), Attempt(Verb.LINK)):
                with case(f"{error!r} at {attempt}"):
                    explanation = explain(error, attempt, Theme())
                    assert explanation is not None
                    expected = isinstance(error, reference.ReadOnlyError) and attempt.verb.is_write
                    assert explanation.is_public is expected


def test_an_outage_is_never_called_a_bad_key() -> None:
    for error in (
        identity.HordeUnavailableError(),
        reference.UnavailableError("Auth service unavailable"),
        reference.UnauthorizedError("Invalid API key"),
    ):
        explanation = explain(error, APPROVE, Theme())
        assert explanation is not None
        assert "stays linked" in shown(explanation.view)
        assert "does not know" not in shown(explanation.view)


def test_a_service_that_is_away_is_told_with_the_next_try() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    away = reference.ServiceAwayError("The service cannot be reached.", next_try_at=at)
    explanation = explain(away, QUEUE, Theme())
    assert explanation is not None
    text = shown(explanation.view)
    assert "Not queued: the service does not answer" in text
    assert f"**Now:** press *Submit* again; next try <t:{at.timestamp():.0f}:R>." in text


def test_an_unforeseen_error_is_a_fault_with_a_number() -> None:
    assert explain(RuntimeError("boom"), APPROVE, Theme()) is None
    text = shown(fault("7f3a-91c2", APPROVE, Theme()))
    assert "`7f3a-91c2`" in text
    assert "**Changed:** unknown" in text
    assert "**Changed:** nothing." in shown(fault("7f3a-91c2", Attempt(Verb.LOOK), Theme()))


@pytest.mark.parametrize("verb", [Verb.APPROVE, Verb.CLAIM, Verb.WITHDRAW, Verb.ASK, Verb.SET, Verb.SHOW_ME])
def test_a_disk_that_fails_between_two_writes_leaves_open_whether_it_was_done(verb: Verb) -> None:
    explanation = explain(storage.errors.DiskError(PATH, is_full=True), Attempt(verb), Theme())
    assert explanation is not None
    text = shown(explanation.view)
    assert text.startswith("## The bot's disk is full or failing")
    assert "**Changed:** unknown" in text


@pytest.mark.parametrize("verb", [Verb.LINK, Verb.FORGET])
def test_a_disk_that_fails_says_whether_it_was_done_or_only_not_wiped(verb: Verb) -> None:
    def message(kind: type[storage.errors.DiskError]) -> str:
        explanation = explain(kind(PATH, is_full=True), Attempt(verb), Theme())
        assert explanation is not None
        return shown(explanation.view)

    assert "**Changed:** nothing." in message(storage.errors.DiskError)
    assert "**Changed:** as you asked, but the old data is not wiped" in message(storage.errors.WipeError)


def test_a_long_slip_comes_back_as_a_file_so_that_nothing_typed_is_lost() -> None:
    typed = '{"version": ' * 300
    explanation = explain(InputError(InvalidInput("Other fields", typed, "one JSON object")), QUEUE, Theme())
    assert explanation is not None
    (file,) = explanation.files
    assert file.fp.read().decode() == typed


@given(st.text(), st.text())
def test_the_services_words_and_strangers_names_stay_inert(words: str, name: str) -> None:
    attempt = Attempt(Verb.APPROVE, 1, name, "create", name, name, 42)
    for error in (
        reference.ReadOnlyError(words, kind="replica", status=503),
        reference.InvalidRequestError(words, status=422, fields=(ErrorDetail(loc=(words,), msg=words),)),
        identity.AccountTakenError(words),
        InputError(InvalidInput(words, words, "a number")),
    ):
        explanation = explain(error, attempt, Theme())
        assert explanation is not None
        text = shown(explanation.view)
        assert text_length(explanation.view) < 2500
        for line in text.split("\n"):
            assert line.startswith(("## ", "-# ", "> ", "**", "`", "It ")) or line.endswith(".")


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_that_the_bot_makes_itself_is_not_called_an_answer(kind: reference.RefusalKind) -> None:
    for status, is_answer in ((503, True), (None, False)):
        explanation = explain(reference.ReadOnlyError("Some words.", kind=kind, status=status), QUEUE, Theme())
        assert explanation is not None
        assert ("The service answered" in shown(explanation.view)) is is_answer
