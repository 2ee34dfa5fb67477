"""Polls of the queue: its snapshot in memory, and what is stored about each change that moved."""
