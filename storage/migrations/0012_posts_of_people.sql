-- What a thread says to or of somebody is theirs as well: found by this column, told and forgotten with them.
UPDATE post SET user_id = facts ->> '$.ping' WHERE kind = 'thread' AND facts ->> '$.status' = 'told';
UPDATE post SET user_id = (SELECT user_id FROM intent
                           WHERE change_id = post.facts ->> '$.change_id' AND kind = 'propose' AND state = 'queued'
                           ORDER BY intent_id DESC LIMIT 1)
    WHERE kind = 'thread' AND facts ->> '$.status' = 'why' AND facts ->> '$.why' IS NOT NULL;
