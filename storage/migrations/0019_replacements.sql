-- Changes that were sent again after a rejection or a purge: both cards name the other one.
CREATE TABLE replacement (
    change_id     INTEGER NOT NULL PRIMARY KEY,
    former_id     INTEGER NOT NULL,
    former_digest TEXT NOT NULL, -- of the content on its card, because ids can be reused
    rejected_by   TEXT,          -- the approver's Horde name; NULL after a purge
    reason        TEXT
) STRICT;

CREATE INDEX replacement_by_former ON replacement (former_id, former_digest);
