-- Discarded drafts, kept for a day so that discarding can be undone. `content` is the whole row of the draft.

CREATE TABLE discarded_draft (
    draft_id     INTEGER NOT NULL PRIMARY KEY,
    user_id      INTEGER NOT NULL,
    model_name   TEXT NOT NULL,
    discarded_at INTEGER NOT NULL,
    content      TEXT NOT NULL
) STRICT;

CREATE INDEX discarded_draft_by_user ON discarded_draft (user_id, discarded_at);
