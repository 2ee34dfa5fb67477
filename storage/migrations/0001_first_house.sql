-- What the bot remembers. Times are whole microseconds since 1970 (UTC); JSON is kept as text.
-- Discord's ids are INTEGER; a Horde user id is TEXT of digits, as the service writes it.

CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- One row for each credential key this file has ever been unlocked with: tells a wrong key from a damaged row.
CREATE TABLE key_check (
    key_id INTEGER NOT NULL PRIMARY KEY CHECK (key_id BETWEEN 1 AND 4294967295),
    sealed BLOB NOT NULL
) STRICT;

CREATE TABLE link (
    user_id        INTEGER NOT NULL PRIMARY KEY,
    horde_user_id  TEXT NOT NULL UNIQUE,
    horde_username TEXT NOT NULL,
    generation     INTEGER NOT NULL CHECK (generation BETWEEN 1 AND 4294967295),
    key_id         INTEGER NOT NULL,
    sealed_key     BLOB NOT NULL,
    roles          TEXT NOT NULL DEFAULT '[]',
    roles_read_at  INTEGER,
    linked_at      INTEGER NOT NULL,
    is_visible     INTEGER NOT NULL DEFAULT 1 CHECK (is_visible IN (0, 1))
) STRICT;

CREATE INDEX link_by_key ON link (key_id);

-- All but the key: most readers have no business with it.
CREATE VIEW linked_user AS
    SELECT user_id, horde_user_id, horde_username, generation, roles, roles_read_at, linked_at, is_visible FROM link;

CREATE TABLE draft (
    draft_id   INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id    INTEGER NOT NULL,
    guild_id   INTEGER,
    operation  TEXT NOT NULL CHECK (operation IN ('create', 'update', 'delete')),
    category   TEXT NOT NULL,
    model_name TEXT NOT NULL,
    dialect    TEXT NOT NULL CHECK (dialect IN ('v2', 'legacy')),
    record     TEXT NOT NULL,
    why        TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('open', 'sending', 'unknown')),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX draft_by_user ON draft (user_id, updated_at);

-- draft_id is no foreign key: the draft goes when its change is queued, the intent keeps the trace.
CREATE TABLE intent (
    intent_id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    interaction_id    INTEGER NOT NULL UNIQUE,
    user_id           INTEGER NOT NULL,
    horde_user_id     TEXT NOT NULL,
    kind              TEXT NOT NULL CHECK (kind IN ('propose', 'approve', 'reject', 'apply')),
    draft_id          INTEGER,
    guild_id          INTEGER,
    channel_id        INTEGER,
    operation         TEXT NOT NULL,
    category          TEXT NOT NULL,
    model_name        TEXT NOT NULL,
    payload           TEXT NOT NULL,
    why               TEXT NOT NULL,
    highest_change_id INTEGER NOT NULL,
    state             TEXT NOT NULL
        CHECK (state IN ('prepared', 'sent', 'queued', 'refused', 'unknown', 'not_queued', 'done')),
    change_id         INTEGER,
    reason            TEXT,
    created_at        INTEGER NOT NULL,
    sent_at           INTEGER,
    resolved_at       INTEGER
) STRICT;

CREATE INDEX intent_unresolved ON intent (intent_id) WHERE state IN ('prepared', 'sent', 'unknown');
CREATE INDEX intent_by_change ON intent (change_id) WHERE kind = 'propose' AND state = 'queued';
CREATE INDEX intent_by_draft ON intent (draft_id) WHERE draft_id IS NOT NULL;

CREATE TABLE guild (
    guild_id          INTEGER NOT NULL PRIMARY KEY,
    review_channel_id INTEGER
) STRICT;

CREATE TABLE tracked_change (
    change_id          INTEGER NOT NULL PRIMARY KEY,
    category           TEXT NOT NULL,
    model_name         TEXT NOT NULL,
    operation          TEXT NOT NULL,
    requested_by       TEXT NOT NULL,
    requested_username TEXT,
    requested_at       INTEGER NOT NULL,
    status             TEXT NOT NULL,
    digest             TEXT NOT NULL,
    missing_sweeps     INTEGER NOT NULL CHECK (missing_sweeps >= 0),
    updated_at         INTEGER NOT NULL
) STRICT;

-- Nothing follows the three; what the service calls pending, approved or applying is open.
CREATE VIEW open_change AS
    SELECT * FROM tracked_change WHERE status NOT IN ('applied', 'rejected', 'purged');

-- One message for each change and server. shown_* is what the message says now; NULL while there is none.
CREATE TABLE card (
    guild_id     INTEGER NOT NULL,
    change_id    INTEGER NOT NULL REFERENCES tracked_change (change_id) ON DELETE CASCADE,
    channel_id   INTEGER NOT NULL,
    message_id   INTEGER,
    shown_status TEXT,
    shown_digest TEXT,
    failures     INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    nonce        TEXT NOT NULL DEFAULT (lower(hex(randomblob(10)))),
    PRIMARY KEY (guild_id, change_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX card_by_change ON card (change_id);

CREATE TABLE notice (
    notice_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id   INTEGER NOT NULL,
    change_id INTEGER NOT NULL,
    status    TEXT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('ready', 'sending', 'done', 'dead')),
    attempts  INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_at   INTEGER NOT NULL,
    UNIQUE (user_id, change_id, status)
) STRICT;

CREATE INDEX notice_waiting ON notice (next_at) WHERE state = 'ready';

CREATE TABLE cursor (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
