-- Every message that the bot sends by itself, one row each: cards, posts in channels and threads, direct messages.
-- A row is due while shown_revision < revision; whatever the message shows raises revision when it changes.
CREATE TABLE delivery (
    delivery_id     INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind            TEXT NOT NULL
        CHECK (kind IN ('card', 'outage', 'burst', 'reminder', 'digest', 'thread', 'announcement', 'refusal', 'outcome',
                        'direct_message')),
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
    next_at         INTEGER NOT NULL DEFAULT 0,
    nonce           TEXT NOT NULL DEFAULT (lower(hex(randomblob(10))))
) STRICT;

INSERT INTO delivery (kind, subject, guild_id, channel_id, change_id, revision, shown_revision, message_id, thread_id,
                      refusals, thread_refusals, nonce)
    SELECT 'card', card.change_id, guild_id, channel_id, card.change_id,
           -- A card kept what it shows of the change itself beside its revision; one number stands for both from now on.
           CASE WHEN message_id IS NOT NULL
                     AND (shown_status IS NOT status OR shown_digest IS NOT digest OR shown_revision < revision)
                THEN max(revision, shown_revision) + 2
                WHEN message_id IS NULL AND shown_revision > 0 THEN max(revision, shown_revision) + 2
                ELSE revision + 1 END,
           CASE WHEN message_id IS NOT NULL OR shown_revision > 0 THEN shown_revision + 1 ELSE 0 END,
           message_id, thread_id, failures, thread_failures, nonce
    FROM card JOIN tracked_change USING (change_id) ORDER BY card.change_id, guild_id;

INSERT INTO delivery (kind, subject, guild_id, channel_id, user_id, change_id, facts, revision, shown_revision,
                      message_id, refusals, next_at, nonce)
    SELECT kind, subject, guild_id, nullif(channel_id, 0), user_id, facts ->> '$.change_id', facts, revision,
           shown_revision, message_id, failures, next_at, nonce
    FROM post ORDER BY post_id;

UPDATE delivery SET facts = json_remove(json_set(facts, '$.statistics', facts -> '$.told'), '$.told')
    WHERE kind = 'digest' AND facts -> '$.told' IS NOT NULL;

-- The nonce stays: Discord drops the repeat of a message whose sending was not recorded.
INSERT INTO delivery (kind, subject, user_id, change_id, shown_revision, attempts, refusals, next_at, nonce)
    SELECT 'direct_message', about || ':' || about_id || ':' || status, user_id,
           CASE about WHEN 'change' THEN about_id END,
           state = 'done', CASE state WHEN 'ready' THEN attempts ELSE 0 END,
           CASE state WHEN 'dead' THEN 3 ELSE 0 END, next_at, 'notice-' || notice_id
    FROM notice ORDER BY notice_id;

DROP TABLE card;
DROP TABLE post;
DROP TABLE notice;

CREATE UNIQUE INDEX delivery_in_guild ON delivery (guild_id, kind, subject) WHERE guild_id IS NOT NULL;
CREATE UNIQUE INDEX delivery_to_person ON delivery (user_id, subject) WHERE kind = 'direct_message';
CREATE INDEX delivery_of_change ON delivery (change_id) WHERE change_id IS NOT NULL;
CREATE INDEX delivery_waiting ON delivery (next_at) WHERE shown_revision < revision;
