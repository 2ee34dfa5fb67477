-- What was sent stays until its change is live: rejected or purged, it can be corrected and sent again.
CREATE TABLE sent_proposal (
    intent_id  INTEGER NOT NULL PRIMARY KEY,
    user_id    INTEGER NOT NULL,
    change_id  INTEGER NOT NULL,
    operation  TEXT NOT NULL,
    category   TEXT NOT NULL,
    model_name TEXT NOT NULL,
    dialect    TEXT NOT NULL,
    record     TEXT NOT NULL,
    base       TEXT,
    why        TEXT NOT NULL,
    sent_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX sent_proposal_by_change ON sent_proposal (change_id);

-- The rejected or purged change that a draft takes up again, with who rejected it, when and why.
ALTER TABLE draft ADD COLUMN revises_change_id INTEGER;
ALTER TABLE draft ADD COLUMN revises_digest TEXT;
ALTER TABLE draft ADD COLUMN rejected_by TEXT;
ALTER TABLE draft ADD COLUMN ended_at INTEGER;
ALTER TABLE draft ADD COLUMN reject_reason TEXT;

CREATE UNIQUE INDEX draft_by_revised ON draft (user_id, revises_change_id, revises_digest)
    WHERE revises_change_id IS NOT NULL;

-- Refusals of Discord in a row to open a thread for a card.
ALTER TABLE card ADD COLUMN thread_failures INTEGER NOT NULL DEFAULT 0;
