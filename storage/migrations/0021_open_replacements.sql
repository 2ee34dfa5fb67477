-- A requestor can send another change in place of an own one that is still in the queue; the service cannot withdraw it.
ALTER TABLE draft ADD COLUMN revises_open INTEGER NOT NULL DEFAULT 0 CHECK (revises_open IN (0, 1));
ALTER TABLE replacement ADD COLUMN was_open INTEGER NOT NULL DEFAULT 0 CHECK (was_open IN (0, 1));
-- AI-Horde id of the account whose key sent the new change; only the owner of the former one can replace it.
ALTER TABLE replacement ADD COLUMN sent_by TEXT;
