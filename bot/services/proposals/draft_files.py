"""Files of a draft that are checked with their hosts."""

from bot.reference.models import CanonicalFormat, Operation
from bot.reference.records import FileEntry
from bot.services.links.host_checks import files_to_check
from storage.drafts import Draft


def checked_files(draft: Draft) -> tuple[FileEntry, ...]:
    """Return the files to check with their hosts; none for a delete."""
    return () if draft.operation == Operation.DELETE else files_to_check(draft.record, CanonicalFormat(draft.dialect))
