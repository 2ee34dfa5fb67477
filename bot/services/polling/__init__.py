"""Polls of the queue: its snapshot, and what is stored about changes that moved."""
