-- People are told of their drafts and of their unanswered proposals as well, each in the same outbox.
CREATE TABLE told (
    notice_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id   INTEGER NOT NULL,
    about     TEXT NOT NULL CHECK (about IN ('change', 'draft', 'proposal')),
    about_id  INTEGER NOT NULL, -- the change's, the draft's, or the intent's
    status    TEXT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('ready', 'sending', 'done', 'dead')),
    attempts  INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_at   INTEGER NOT NULL,
    UNIQUE (user_id, about, about_id, status)
) STRICT;

INSERT INTO told (notice_id, user_id, about, about_id, status, state, attempts, next_at)
    SELECT notice_id, user_id, 'change', change_id, status, state, attempts, next_at FROM notice;
DROP TABLE notice;
ALTER TABLE told RENAME TO notice;
CREATE INDEX notice_waiting ON notice (next_at) WHERE state = 'ready';

-- When its owner was told that it expires; forgotten with every change to the draft.
ALTER TABLE draft ADD COLUMN warned_at INTEGER;

-- What the service said of single fields: a JSON array of {"loc", "msg"}.
ALTER TABLE intent ADD COLUMN complaints TEXT NOT NULL DEFAULT '[]';
