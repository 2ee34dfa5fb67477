-- Whom a post answers, where it answers somebody: what concerns a person is found by this column, and forgotten.
ALTER TABLE post ADD COLUMN user_id INTEGER;
