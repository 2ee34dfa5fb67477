-- Each press asks whether its message is recorded.
CREATE INDEX delivery_of_message ON delivery (message_id) WHERE message_id IS NOT NULL;
