-- The live record that an update or a delete began from; NULL for a create. What changed since can be told from it.

ALTER TABLE draft ADD COLUMN base TEXT;
