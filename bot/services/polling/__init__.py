"""The queue as last seen, the cards that show it, and what is said in channels because it moved."""
