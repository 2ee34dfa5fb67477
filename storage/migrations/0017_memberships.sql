-- In which servers linked people are: their Discord accounts are mentioned on cards there only.
CREATE TABLE membership (
    guild_id   INTEGER NOT NULL,
    user_id    INTEGER NOT NULL,
    is_member  INTEGER NOT NULL CHECK (is_member IN (0, 1)),
    checked_at INTEGER NOT NULL,
    PRIMARY KEY (guild_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER membership_of_link AFTER DELETE ON link
BEGIN
    DELETE FROM membership WHERE user_id = OLD.user_id;
END;
