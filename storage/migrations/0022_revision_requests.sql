-- What approvers asked the requestor of a pending change to do about it, without rejecting it; the last words of each.
CREATE TABLE revision_request (
    request_id     INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    change_id      INTEGER NOT NULL REFERENCES tracked_change (change_id) ON DELETE CASCADE,
    digest         TEXT NOT NULL, -- of the content that was read
    user_id        INTEGER NOT NULL,
    horde_user_id  TEXT NOT NULL,
    horde_username TEXT NOT NULL,
    words          TEXT NOT NULL,
    asked_at       INTEGER NOT NULL,
    UNIQUE (change_id, horde_user_id)
) STRICT;
