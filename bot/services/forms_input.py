"""What was typed into a form, read into a revision of a draft: pure, and kind about what cannot be read."""

from dataclasses import dataclass

from bot.errors import BotError
from bot.reference.models import CanonicalFormat
from bot.services.record_input import Revision


class InputError(BotError):
    """Something typed cannot be read; everything else was.

    Attributes:
        field: the label of the field, and the line where there are several.
        typed: what was typed there, whole.
        expected: what it should look like.
        kept: everything that could be read, so that nothing is lost.
    """

    def __init__(self, field: str, typed: str, expected: str, kept: Revision) -> None:
        super().__init__(field)
        self.field = field
        self.typed = typed
        self.expected = expected
        self.kept = kept


@dataclass(frozen=True, slots=True)
class BasicsAnswers:
    """Answers of a basics form as typed; ``None`` for what the form does not ask or was left open.

    ``nsfw`` is ``None`` until somebody chose.
    """

    category: str
    name: str
    baseline: str | None = None
    nsfw: bool | None = None
    parameters: str | None = None
    description: str | None = None
    files: str | None = None
    other_fields: str | None = None


@dataclass(frozen=True, slots=True)
class FilesAnswers:
    """Answers of the files form as typed: a line a file, in the same order in each."""

    links: str
    sha256: str
    names: str
    size: str


@dataclass(frozen=True, slots=True)
class RejectAnswers:
    """A canned reason, and the approver's own words."""

    choice: str
    words: str


def basics_revision(answers: BasicsAnswers, dialect: CanonicalFormat) -> Revision:
    """Read a basics form.

    Raises:
        InputError: a number, a line of files or a JSON object cannot be read; ``kept`` has the rest.
    """
    raise NotImplementedError


def files_revision(answers: FilesAnswers, dialect: CanonicalFormat) -> Revision:
    """Read the files form.

    Raises:
        InputError: more digests or names than links, or no size; ``kept`` has the rest.
    """
    raise NotImplementedError


def reject_reason(answers: RejectAnswers) -> str:
    """The reason that is sent, ``{choice}. {words}``, at most 500 characters.

    Raises:
        InputError: *Another reason* without words.
    """
    raise NotImplementedError
