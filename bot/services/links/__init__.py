"""Facts of a link: what the host of a model says, as values of a record's fields."""
