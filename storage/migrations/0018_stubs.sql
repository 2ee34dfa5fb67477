-- Cards of former review channels become stubs; a message that cannot be drawn is given up after three faults.
CREATE TABLE delivery_new (
    delivery_id     INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind            TEXT NOT NULL
        CHECK (kind IN ('card', 'stub', 'outage', 'burst', 'reminder', 'digest', 'thread', 'announcement', 'refusal',
                        'outcome', 'direct_message')),
    subject         TEXT NOT NULL, -- unique within kind and server, or person: a change, a date, a change's status, …
    guild_id        INTEGER,       -- NULL for a direct message
    channel_id      INTEGER,       -- NULL for a direct message, and while the thread is still to be opened
    user_id         INTEGER,       -- the recipient, or the person that a post answers or names
    change_id       INTEGER,
    facts           TEXT NOT NULL DEFAULT '{}', -- JSON: what a post says; the other kinds read it when they are sent
    revision        INTEGER NOT NULL DEFAULT 1,
    shown_revision  INTEGER NOT NULL DEFAULT 0,
    message_id      INTEGER,
    thread_id       INTEGER,       -- of a card
    attempts        INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0), -- failed in a row, of any cause: the backoff
    refusals        INTEGER NOT NULL DEFAULT 0 CHECK (refusals >= 0), -- refused in a row by Discord: given up at three
    thread_refusals INTEGER NOT NULL DEFAULT 0 CHECK (thread_refusals >= 0),
    faults          INTEGER NOT NULL DEFAULT 0 CHECK (faults >= 0), -- times in a row that it could not be drawn
    next_at         INTEGER NOT NULL DEFAULT 0,
    nonce           TEXT NOT NULL DEFAULT (lower(hex(randomblob(10))))
) STRICT;

INSERT INTO delivery_new (delivery_id, kind, subject, guild_id, channel_id, user_id, change_id, facts, revision,
                          shown_revision, message_id, thread_id, attempts, refusals, thread_refusals, next_at, nonce)
    SELECT delivery_id, kind, subject, guild_id, channel_id, user_id, change_id, facts, revision,
           shown_revision, message_id, thread_id, attempts, refusals, thread_refusals, next_at, nonce
    FROM delivery;

DROP TABLE delivery;
ALTER TABLE delivery_new RENAME TO delivery;

CREATE UNIQUE INDEX delivery_in_guild ON delivery (guild_id, kind, subject) WHERE guild_id IS NOT NULL;
CREATE UNIQUE INDEX delivery_to_person ON delivery (user_id, subject) WHERE kind = 'direct_message';
CREATE INDEX delivery_of_change ON delivery (change_id) WHERE change_id IS NOT NULL;
CREATE INDEX delivery_waiting ON delivery (next_at) WHERE shown_revision < revision;

-- Hours (UTC) in which no role is pinged; NULL for none.
ALTER TABLE guild ADD COLUMN quiet_from INTEGER CHECK (quiet_from BETWEEN 0 AND 23);
ALTER TABLE guild ADD COLUMN quiet_until INTEGER CHECK (quiet_until BETWEEN 0 AND 23);
