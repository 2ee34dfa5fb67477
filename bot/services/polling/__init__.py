"""Polls of the queue: its snapshot in memory, the changes that moved, and those that are missing."""
