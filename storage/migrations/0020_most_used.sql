-- Approvals for changes and deletions of the most used models; NULL for one more than other changes need.
ALTER TABLE guild ADD COLUMN approvals_most_used INTEGER CHECK (approvals_most_used BETWEEN 1 AND 5);
