"""The form for a draft's files."""

from collections.abc import Sequence
from typing import override

from bot.reference.records import FileEntry
from bot.services.forms_input import FilesAnswers
from bot.ui.forms.base import Form, OnDone, OnFailed


class FilesForm(Form[FilesAnswers]):
    """*Files*: links, digests and names, a line each; goes through ``bot.services.forms_input.files_revision``."""

    def __init__(
        self,
        files: Sequence[FileEntry],
        on_done: OnDone[FilesAnswers],
        on_failed: OnFailed,
        *,
        size_bytes: int | None = None,
    ) -> None:
        super().__init__("Files", on_done, on_failed)

    @override
    def values(self) -> FilesAnswers:
        raise NotImplementedError
