-- Discord roles that the bot gave for queue roles: it takes what it gave, also after the person has unlinked.
-- Written before Discord is asked; is_sure once Discord has done it.
CREATE TABLE mirrored_role (
    guild_id INTEGER NOT NULL,
    user_id  INTEGER NOT NULL,
    role_id  INTEGER NOT NULL,
    is_sure  INTEGER NOT NULL CHECK (is_sure IN (0, 1)),
    PRIMARY KEY (guild_id, user_id, role_id)
) STRICT, WITHOUT ROWID;
