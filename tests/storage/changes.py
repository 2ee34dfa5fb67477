"""Changes as a poll saw them."""

from datetime import datetime

from storage.cards import TrackedChange


def tracked_change(
    now: datetime,
    change_id: int = 42,
    status: str = "pending",
    digest: str = "d1",
    *,
    name: str = "Deliberate",
    by: str = "101",
) -> TrackedChange:
    """Return an update of a model that moved just now."""
    return TrackedChange(
        change_id=change_id,
        category="image_generation",
        model_name=name,
        operation="update",
        requested_by=by,
        requested_username="alice#101",
        requested_at=now,
        status=status,
        digest=digest,
        is_missing=False,
        updated_at=now,
    )
