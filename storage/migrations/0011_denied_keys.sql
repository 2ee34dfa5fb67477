-- A key that AI-Horde says nobody has: how often it said so, since when, and from when on the key is not used any more.
ALTER TABLE link ADD COLUMN denials INTEGER NOT NULL DEFAULT 0 CHECK (denials >= 0);
ALTER TABLE link ADD COLUMN denied_at INTEGER;
ALTER TABLE link ADD COLUMN disabled_at INTEGER;

DROP VIEW linked_user;
CREATE VIEW linked_user AS
    SELECT user_id, horde_user_id, horde_username, generation, roles, roles_read_at, linked_at, is_visible, disabled_at
    FROM link;
