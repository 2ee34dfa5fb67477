-- A file of schema 12 with cards, posts and notices in every state, as SQL; written by the program of that version.
BEGIN TRANSACTION;
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
CREATE TABLE card (
    guild_id     INTEGER NOT NULL,
    change_id    INTEGER NOT NULL REFERENCES tracked_change (change_id) ON DELETE CASCADE,
    channel_id   INTEGER NOT NULL,
    message_id   INTEGER,
    shown_status TEXT,
    shown_digest TEXT,
    failures     INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    nonce        TEXT NOT NULL DEFAULT (lower(hex(randomblob(10)))), revision INTEGER NOT NULL DEFAULT 0, shown_revision INTEGER NOT NULL DEFAULT 0, thread_id INTEGER, thread_failures INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (guild_id, change_id)
) STRICT, WITHOUT ROWID;
INSERT INTO "card" VALUES(77,41,770,NULL,NULL,NULL,0,'ab075c5ef61db9f8216f',0,0,NULL,0);
INSERT INTO "card" VALUES(77,42,770,542,'pending','digest42',0,'09e5236eb7bc7966f630',0,0,542,0);
INSERT INTO "card" VALUES(77,43,770,543,'pending','digest43',0,'3a542b1c28b658dc842b',0,0,NULL,0);
INSERT INTO "card" VALUES(77,44,770,544,'pending','digest44',0,'9c49058efcaed8ef6400',1,0,NULL,0);
INSERT INTO "card" VALUES(77,45,770,NULL,NULL,NULL,0,'0c6e13460cd1d59326fd',1,1,NULL,0);
INSERT INTO "card" VALUES(77,46,770,NULL,NULL,NULL,3,'5181daf9f2dc1211874b',0,0,NULL,0);
INSERT INTO "card" VALUES(77,47,770,547,'applied','digest47',0,'f6dd9e27be49d6e20727',0,0,NULL,0);
INSERT INTO "card" VALUES(77,48,770,548,'pending','digest48',0,'d62a050deae045505f82',0,0,NULL,0);
INSERT INTO "card" VALUES(78,41,780,NULL,NULL,NULL,0,'e8828fadea2317d2d6f9',0,0,NULL,0);
INSERT INTO "card" VALUES(78,42,780,642,'pending','digest42',0,'b6c856d0ece13413a2f8',0,0,NULL,0);
INSERT INTO "card" VALUES(78,43,780,643,'pending','digest43',0,'e862516b120ed45caf89',0,0,NULL,0);
INSERT INTO "card" VALUES(78,44,780,644,'pending','digest44',0,'aa33bf0601f72d0dddbc',1,0,NULL,0);
INSERT INTO "card" VALUES(78,45,780,645,'pending','digest45',0,'c4374f6ee909d40479b8',0,0,NULL,0);
INSERT INTO "card" VALUES(78,46,780,646,'pending','digest46',0,'3ffb8b9d598447fdab3f',0,0,NULL,0);
INSERT INTO "card" VALUES(78,47,780,647,'applied','digest47',0,'6d6aca7956be4ca9ec70',0,0,NULL,0);
INSERT INTO "card" VALUES(78,48,780,648,'pending','digest48',0,'dced527b21a26b61205a',0,0,NULL,0);
CREATE TABLE claim (
    change_id      INTEGER NOT NULL PRIMARY KEY REFERENCES tracked_change (change_id) ON DELETE CASCADE,
    digest         TEXT NOT NULL,
    user_id        INTEGER NOT NULL,
    horde_user_id  TEXT NOT NULL,
    horde_username TEXT NOT NULL,
    claimed_at     INTEGER NOT NULL,
    until          INTEGER NOT NULL
) STRICT;
CREATE TABLE cursor (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
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
, warned_at INTEGER, base TEXT, revises_change_id INTEGER, revises_digest TEXT, rejected_by TEXT, ended_at INTEGER, reject_reason TEXT, slips TEXT NOT NULL DEFAULT '{}') STRICT;
CREATE TABLE guild (
    guild_id          INTEGER NOT NULL PRIMARY KEY,
    review_channel_id INTEGER
, announcement_channel_id INTEGER, ping_role_id INTEGER, requestor_role_id INTEGER, approver_role_id INTEGER, self_approval TEXT NOT NULL DEFAULT 'warn'
    CHECK (self_approval IN ('allow', 'warn', 'block')), approvals_required INTEGER NOT NULL DEFAULT 1
    CHECK (approvals_required BETWEEN 1 AND 5), reminder_days INTEGER NOT NULL DEFAULT 7 CHECK (reminder_days BETWEEN 0 AND 90), has_digest INTEGER NOT NULL DEFAULT 0 CHECK (has_digest IN (0, 1)), has_threads INTEGER NOT NULL DEFAULT 0 CHECK (has_threads IN (0, 1))) STRICT;
INSERT INTO "guild" VALUES(77,770,771,NULL,NULL,NULL,'warn',1,7,0,1);
INSERT INTO "guild" VALUES(78,780,NULL,NULL,NULL,NULL,'warn',1,7,0,0);
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
, complaints TEXT NOT NULL DEFAULT '[]') STRICT;
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
, last_used_at INTEGER, warned_at INTEGER, denials INTEGER NOT NULL DEFAULT 0 CHECK (denials >= 0), denied_at INTEGER, disabled_at INTEGER) STRICT;
CREATE TABLE list_filter (
    filter_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    content   TEXT NOT NULL UNIQUE, -- JSON
    used_at   INTEGER NOT NULL
) STRICT;
CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
CREATE TABLE mirrored_role (
    guild_id INTEGER NOT NULL,
    user_id  INTEGER NOT NULL,
    role_id  INTEGER NOT NULL,
    is_sure  INTEGER NOT NULL CHECK (is_sure IN (0, 1)),
    PRIMARY KEY (guild_id, user_id, role_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE "notice" (
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
INSERT INTO "notice" VALUES(1,1111,'change',43,'approved','ready',1,1772368260000000);
INSERT INTO "notice" VALUES(2,1111,'change',47,'applied','done',1,1772368200000000);
INSERT INTO "notice" VALUES(3,1111,'change',48,'rejected','sending',1,1772368200000000);
INSERT INTO "notice" VALUES(4,4444,'change',48,'rejected','dead',1,1772368200000000);
INSERT INTO "notice" VALUES(5,1111,'draft',1,'expires','ready',1,1772368200000000);
INSERT INTO "notice" VALUES(6,4444,'link',2,'expires','ready',1,1772368200000000);
INSERT INTO "notice" VALUES(7,1111,'proposal',3,'not_queued','ready',1,1772368200000000);
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
    nonce          TEXT NOT NULL DEFAULT (lower(hex(randomblob(10)))), user_id INTEGER,
    UNIQUE (guild_id, kind, subject)
) STRICT;
INSERT INTO "post" VALUES(1,77,542,'thread','42:542:why','{"status":"why","why":"sharper"}',1,0,NULL,0,1772368200000000,'0c85c5bf8c1ee405f918',1111);
INSERT INTO "post" VALUES(2,77,0,'thread','43:digest43:approved','{"status":"approved","by":"carol#303","change_id":43}',1,0,NULL,0,1772368200000000,'ad9dce764be37a7bcf46',NULL);
INSERT INTO "post" VALUES(3,77,0,'thread','47:digest47:applied','{"status":"applied","name":"Model 47","change_id":47}',1,0,NULL,0,1772368200000000,'e78230d11d262d444dbb',NULL);
INSERT INTO "post" VALUES(4,77,771,'announcement','47:digest47:applied','{"status":"applied","name":"Model 47","change_id":47,"card":[770,547]}',1,0,NULL,0,1772368200000000,'d294158964c1beeb4d71',NULL);
INSERT INTO "post" VALUES(5,77,542,'thread','42:digest42:told','{"status":"told","ping":1111,"change_id":42}',1,0,NULL,0,1772368200000000,'ba1d35d2d88b921391e2',1111);
INSERT INTO "post" VALUES(6,77,770,'reminder','2026-03-01','{"days":7}',1,1,901,0,1772368200000000,'b93d611f2a2392280d32',NULL);
INSERT INTO "post" VALUES(7,77,770,'outage','1772366400','{"since":1772366400,"until":1772367000}',2,1,900,0,1772368200000000,'18911e7ba95fa9fa6da7',NULL);
INSERT INTO "post" VALUES(8,78,780,'outage','1772366400','{"since":1772366400,"until":1772367000}',2,0,NULL,0,1772368200000000,'b5bc3fb16ebda70b5b8d',NULL);
INSERT INTO "post" VALUES(9,78,780,'burst','1-20','{"count":20}',1,0,NULL,3,1772368200000000,'0bed5290dc303a0bed0c',NULL);
INSERT INTO "post" VALUES(10,77,770,'outcome','9','{"items":[]}',1,0,NULL,0,1772368260000000,'ebae602f6921d3b5d3c5',4444);
CREATE TABLE purge (
    purge_id   INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id    INTEGER NOT NULL,
    content    TEXT NOT NULL, -- JSON: what the queue is narrowed to
    change_ids TEXT NOT NULL, -- a JSON array, ascending
    state      TEXT NOT NULL CHECK (state IN ('offered', 'sent', 'done', 'refused')),
    offered_at INTEGER NOT NULL,
    sent_at    INTEGER
) STRICT;
CREATE TABLE selection (
    selection_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id      INTEGER NOT NULL,
    verb         TEXT NOT NULL CHECK (verb IN ('approve', 'reject', 'apply', 'purge')),
    chosen       TEXT NOT NULL, -- a JSON array of [change_id, digest], in order
    created_at   INTEGER NOT NULL
) STRICT;
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
INSERT INTO "tracked_change" VALUES(41,'image_generation','Model 41','update','101','alice#101',1772368200000000,'pending','digest41',0,1772368200000000);
INSERT INTO "tracked_change" VALUES(42,'image_generation','Model 42','update','101','alice#101',1772368200000000,'pending','digest42',0,1772368200000000);
INSERT INTO "tracked_change" VALUES(43,'image_generation','Model 43','update','101','alice#101',1772368200000000,'approved','digest43',0,1772368200000000);
INSERT INTO "tracked_change" VALUES(44,'image_generation','Model 44','update','101','alice#101',1772368200000000,'pending','digest44',0,1772368200000000);
INSERT INTO "tracked_change" VALUES(45,'image_generation','Model 45','update','101','alice#101',1772368200000000,'pending','digest45',0,1772368200000000);
INSERT INTO "tracked_change" VALUES(46,'image_generation','Model 46','update','101','alice#101',1772368200000000,'pending','digest46',0,1772368200000000);
INSERT INTO "tracked_change" VALUES(47,'image_generation','Model 47','update','101','alice#101',1772368200000000,'applied','digest47',0,1772368200000000);
INSERT INTO "tracked_change" VALUES(48,'image_generation','Model 48','update','101','alice#101',1772368200000000,'rejected','digest48',0,1772368200000000);
CREATE INDEX link_by_key ON link (key_id);
CREATE INDEX draft_by_user ON draft (user_id, updated_at);
CREATE INDEX intent_unresolved ON intent (intent_id) WHERE state IN ('prepared', 'sent', 'unknown');
CREATE INDEX intent_by_change ON intent (change_id) WHERE kind = 'propose' AND state = 'queued';
CREATE INDEX intent_by_draft ON intent (draft_id) WHERE draft_id IS NOT NULL;
CREATE VIEW open_change AS
    SELECT * FROM tracked_change WHERE status NOT IN ('applied', 'rejected', 'purged');
CREATE INDEX card_by_change ON card (change_id);
CREATE INDEX post_waiting ON post (next_at) WHERE shown_revision < revision;
CREATE INDEX subscription_by_subject ON subscription (kind, category, subject);
CREATE INDEX sent_proposal_by_change ON sent_proposal (change_id);
CREATE UNIQUE INDEX draft_by_revised ON draft (user_id, revises_change_id, revises_digest)
    WHERE revises_change_id IS NOT NULL;
CREATE INDEX notice_waiting ON notice (next_at) WHERE state = 'ready';
CREATE VIEW linked_user AS
    SELECT user_id, horde_user_id, horde_username, generation, roles, roles_read_at, linked_at, is_visible, disabled_at
    FROM link;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('notice',7);
INSERT INTO "sqlite_sequence" VALUES('post',10);
COMMIT;
PRAGMA user_version=12;
PRAGMA application_id=1213026882;
