"""A change as a card: in each of its states, its diff, its record, its checks, and all of it in full."""
