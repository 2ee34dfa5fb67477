-- One word for Discord roles that follow queue roles: they are synced.
ALTER TABLE mirrored_role RENAME TO synced_role;
