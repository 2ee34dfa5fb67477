-- What a server decides about reviewing. Reminders: after so many days pending, 0 for none.
ALTER TABLE guild ADD COLUMN announcement_channel_id INTEGER;
ALTER TABLE guild ADD COLUMN ping_role_id INTEGER;
ALTER TABLE guild ADD COLUMN requestor_role_id INTEGER;
ALTER TABLE guild ADD COLUMN approver_role_id INTEGER;
ALTER TABLE guild ADD COLUMN self_approval TEXT NOT NULL DEFAULT 'warn'
    CHECK (self_approval IN ('allow', 'warn', 'block'));
ALTER TABLE guild ADD COLUMN approvals_required INTEGER NOT NULL DEFAULT 1
    CHECK (approvals_required BETWEEN 1 AND 5);
ALTER TABLE guild ADD COLUMN reminder_days INTEGER NOT NULL DEFAULT 7 CHECK (reminder_days BETWEEN 0 AND 90);
ALTER TABLE guild ADD COLUMN has_digest INTEGER NOT NULL DEFAULT 0 CHECK (has_digest IN (0, 1));
ALTER TABLE guild ADD COLUMN has_threads INTEGER NOT NULL DEFAULT 0 CHECK (has_threads IN (0, 1));

-- A card shows more than status and content: who claimed it, who approved so far, which other changes are open.
-- Whatever moves these raises the revision; the drawing worker records which one the message shows.
ALTER TABLE card ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE card ADD COLUMN shown_revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE card ADD COLUMN thread_id INTEGER;

-- An approver works on a change; others see it. It ends by itself, and with the content that was claimed.
CREATE TABLE claim (
    change_id      INTEGER NOT NULL PRIMARY KEY REFERENCES tracked_change (change_id) ON DELETE CASCADE,
    digest         TEXT NOT NULL,
    user_id        INTEGER NOT NULL,
    horde_user_id  TEXT NOT NULL,
    horde_username TEXT NOT NULL,
    claimed_at     INTEGER NOT NULL,
    until          INTEGER NOT NULL
) STRICT;

-- Presses on Approve where a server wants more than one: the last that is needed is sent to the service.
CREATE TABLE approval (
    guild_id       INTEGER NOT NULL,
    change_id      INTEGER NOT NULL REFERENCES tracked_change (change_id) ON DELETE CASCADE,
    digest         TEXT NOT NULL,
    user_id        INTEGER NOT NULL,
    horde_user_id  TEXT NOT NULL,
    horde_username TEXT NOT NULL,
    pressed_at     INTEGER NOT NULL,
    PRIMARY KEY (guild_id, change_id, digest, horde_user_id)
) STRICT, WITHOUT ROWID;

-- Several changes chosen at once, each with the digest of what was shown: too many for the id of a button.
CREATE TABLE selection (
    selection_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id      INTEGER NOT NULL,
    verb         TEXT NOT NULL CHECK (verb IN ('approve', 'reject', 'apply', 'purge')),
    chosen       TEXT NOT NULL, -- a JSON array of [change_id, digest], in order
    created_at   INTEGER NOT NULL
) STRICT;

-- What is said in a channel, one row each, kept until it stands there. revision as on cards: a post may be rewritten.
CREATE TABLE post (
    post_id        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    guild_id       INTEGER NOT NULL,
    channel_id     INTEGER NOT NULL,
    kind           TEXT NOT NULL
        CHECK (kind IN ('outage', 'burst', 'reminder', 'digest', 'thread', 'announcement', 'refusal', 'outcome')),
    subject        TEXT NOT NULL, -- what makes it the same post: a date, a change and its status, …
    facts          TEXT NOT NULL, -- JSON: what it says
    revision       INTEGER NOT NULL DEFAULT 1,
    shown_revision INTEGER NOT NULL DEFAULT 0,
    message_id     INTEGER,
    failures       INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    next_at        INTEGER NOT NULL,
    nonce          TEXT NOT NULL DEFAULT (lower(hex(randomblob(10)))),
    UNIQUE (guild_id, kind, subject)
) STRICT;

CREATE INDEX post_waiting ON post (next_at) WHERE shown_revision < revision;

CREATE TABLE subscription (
    subscription_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id         INTEGER NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('category', 'model', 'requestor')),
    category        TEXT NOT NULL DEFAULT '', -- of a category or a model; empty for a requestor
    subject         TEXT NOT NULL,            -- the model's name, or the requestor's Horde user id; empty for a category
    label           TEXT NOT NULL,            -- the requestor's Horde name as last seen; else as subject
    created_at      INTEGER NOT NULL,
    UNIQUE (user_id, kind, category, subject)
) STRICT;

CREATE INDEX subscription_by_subject ON subscription (kind, category, subject);
