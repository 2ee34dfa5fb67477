"""Screens of errors."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from bot.identity.errors import (
    AccountTakenError,
    HordeUnavailableError,
    MissingRoleError,
    NotLinkedError,
    SharedKeyError,
    UnknownKeyError,
)
from bot.identity.standing import Role
from bot.reference.errors import (
    ConflictError,
    IndeterminateError,
    InvalidRequestError,
    ReadOnlyError,
    ServiceAwayError,
    UnavailableError,
    no_queue_error,
)
from bot.reference.models import (
    ErrorDetail,
)
from bot.services.reader_key import ReaderKeyError, ReaderProblem
from bot.ui.components import Card, Markup
from bot.ui.error_messages.attempts import Attempt, Verb
from bot.ui.error_messages.table import fault
from bot.ui.glyphs import Theme
from tests.ui.samples import (
    ALICE,
    CHANNEL,
    NOW,
    REPLICA_TEXT,
    STANDING,
    refusal,
)

QUEUE = Attempt(
    Verb.QUEUE,
    user_id=ALICE,
    horde_name="alice#101",
    operation="create",
    category="image_generation",
    name="Pixel Illustrious",
    draft_kept=True,
)


APPROVE = Attempt(Verb.APPROVE, user_id=ALICE, horde_name="alice#101", change_id=42, ask_channel_id=CHANNEL)


def _errors() -> dict[str, Callable[[Theme], Card | Markup]]:
    fields = (
        ErrorDetail(loc=("body", "baseline"), msg="Field required"),
        ErrorDetail(loc=("body", "nsfw"), msg="Field required"),
    )
    link = Attempt(Verb.LINK, user_id=ALICE)
    cases: dict[str, tuple[Exception, Attempt]] = {
        "10a-refused-public": (ReadOnlyError(REPLICA_TEXT, kind="replica", status=503), QUEUE),
        "10a2-refused-format": (ReadOnlyError(REPLICA_TEXT, kind="format", status=503), QUEUE),
        "10a3-refused-no-queue": (no_queue_error(), QUEUE),
        **{f"10a4-refused-{problem}": (ReaderKeyError(problem), QUEUE) for problem in ReaderProblem},
        "10b-refused-role": (MissingRoleError(Role.APPROVER, STANDING), APPROVE),
        "10c-not-linked": (NotLinkedError(ALICE), APPROVE),
        "10d-not-confirmed": (HordeUnavailableError(), APPROVE),
        "10f-away": (UnavailableError("connection refused"), QUEUE),
        "10f2-away-longer": (
            ServiceAwayError("The service cannot be reached.", next_try_at=NOW + timedelta(seconds=40)),
            QUEUE,
        ),
        "10g-taken": (ConflictError("Model already exists"), QUEUE),
        "10h-fields": (InvalidRequestError("Field required", status=422, fields=fields), QUEUE),
        "10i-shared": (SharedKeyError("alice#101 (Shared Key: x)"), link),
        "10j-account-taken": (AccountTakenError("alice#101"), link),
        "10k-unknown-key": (UnknownKeyError(), APPROVE),
        "10l-unclear": (IndeterminateError("timed out"), APPROVE),
    }
    return {name: partial(refusal, error, attempt) for name, (error, attempt) in cases.items()}


ERROR_SCREENS: Mapping[str, Callable[[Theme], Card | Markup]] = {
    **_errors(),
    "10e-fault": lambda theme: fault("7f3a-91c2", APPROVE, theme),
}
