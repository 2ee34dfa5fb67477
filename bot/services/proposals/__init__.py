"""Proposals: drafts, their checks, and one request to the queue."""
