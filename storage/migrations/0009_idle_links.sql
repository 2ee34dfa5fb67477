-- A key that nobody uses is a risk for nothing: links expire, after a word before.
ALTER TABLE link ADD COLUMN last_used_at INTEGER;
ALTER TABLE link ADD COLUMN warned_at INTEGER;
UPDATE link SET last_used_at = max(linked_at, coalesce(roles_read_at, 0));

CREATE TABLE told (
    notice_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id   INTEGER NOT NULL,
    about     TEXT NOT NULL CHECK (about IN ('change', 'draft', 'proposal', 'link')),
    about_id  INTEGER NOT NULL, -- the change's, the draft's, the intent's; of a link its generation
    status    TEXT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('ready', 'sending', 'done', 'dead')),
    attempts  INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_at   INTEGER NOT NULL,
    UNIQUE (user_id, about, about_id, status)
) STRICT;

INSERT INTO told SELECT notice_id, user_id, about, about_id, status, state, attempts, next_at FROM notice;
DROP TABLE notice;
ALTER TABLE told RENAME TO notice;
CREATE INDEX notice_waiting ON notice (next_at) WHERE state = 'ready';
