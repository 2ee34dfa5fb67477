-- The link that a draft was filled from, and what its hosts said: the card names the source of each value.

ALTER TABLE draft ADD COLUMN source TEXT;
