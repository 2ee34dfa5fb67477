"""Screens of drafts, visible to their owner only."""
