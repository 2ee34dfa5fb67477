-- What a list of the queue is narrowed to: too long for the id of a button, and nobody's in particular.
CREATE TABLE list_filter (
    filter_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    content   TEXT NOT NULL UNIQUE, -- JSON
    used_at   INTEGER NOT NULL
) STRICT;

-- What a purge would take away, as its dry run said; sent at most once. The ids bind it to what was shown.
CREATE TABLE purge (
    purge_id   INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id    INTEGER NOT NULL,
    content    TEXT NOT NULL, -- JSON: what the queue is narrowed to
    change_ids TEXT NOT NULL, -- a JSON array, ascending
    state      TEXT NOT NULL CHECK (state IN ('offered', 'sent', 'done', 'refused')),
    offered_at INTEGER NOT NULL,
    sent_at    INTEGER
) STRICT;
