"""The form for a draft's files."""

from collections.abc import Sequence
from typing import override

from bot.reference.records import FileEntry
from bot.services.forms_input import NOT_KNOWN, FilesAnswers
from bot.ui.forms.base import PARAGRAPH_MAX, Form, OnDone, OnFailed, paragraph, short


class FilesForm(Form):
    """*Files*: links, digests and names, a line each; read by ``bot.services.forms_input.files_revision``."""

    def __init__(
        self,
        files: Sequence[FileEntry],
        on_done: OnDone[FilesAnswers],
        on_failed: OnFailed,
        *,
        size_bytes: int | None = None,
    ) -> None:
        """Make the form.

        Args:
            files: those the draft has.
            on_done: as for every form.
            on_failed: likewise.
            size_bytes: of all files, ``None`` where nobody stated it.
        """
        super().__init__("Files", on_done, on_failed)
        self._before = _columns(files)
        self._links = self.ask(
            "Download links",
            paragraph(default=self._before[0]),
            "One per line, https, straight to the file.",
        )
        self._sha256 = self.ask(
            "sha256",
            paragraph(default=self._before[1]),
            "One per line, same order. 64 hex digits each.",
        )
        self._names = self.ask(
            "File names",
            paragraph(default=self._before[2]),
            "One per line, same order. Empty: taken from the link.",
        )
        self._size = self.ask(
            "Size of all files",
            short(
                default=str(size_bytes) if size_bytes else "",
                placeholder="7.27 GB, or bytes",
                required=False,
                max_length=30,
            ),
        )

    @override
    def values(self) -> FilesAnswers:
        typed = (self._links.value, self._sha256.value, self._names.value)
        if any(len(column) > PARAGRAPH_MAX for column in self._before):
            typed = self._before  # a form shows a part of it; what it cannot show it must not lose
        return FilesAnswers(*typed, self._size.value)


def _columns(files: Sequence[FileEntry]) -> tuple[str, str, str]:
    links = "\n".join(file.file_url for file in files)
    digests = "\n".join(file.sha256 or NOT_KNOWN for file in files)
    return links, digests, "\n".join(file.file_name or NOT_KNOWN for file in files)
