"""Subject of a draft's host checks."""

from bot.reference.models import CanonicalFormat, Operation
from bot.services.links.host_checks import subject_of
from bot.services.links.host_findings import HostSubject
from storage.drafts import Draft


def draft_subject(draft: Draft) -> HostSubject:
    """Return what hosts can check of a draft; nothing of a delete."""
    if draft.operation == Operation.DELETE:
        return HostSubject()
    return subject_of(draft.record, draft.category, CanonicalFormat(draft.dialect))
