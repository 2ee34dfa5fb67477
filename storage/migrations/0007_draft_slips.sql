-- What was typed into a draft's forms and could not be read, by field: a form opens with it again.

ALTER TABLE draft ADD COLUMN slips TEXT NOT NULL DEFAULT '{}';
