-- Applied changes whose live record was not as approved when it was read afterwards.
CREATE TABLE live_difference (
    change_id INTEGER NOT NULL PRIMARY KEY,
    digest    TEXT NOT NULL, -- of the approved content, because ids can be reused
    fields    TEXT NOT NULL, -- a JSON array of paths; empty where the model as a whole differs
    read_at   INTEGER NOT NULL
) STRICT;
