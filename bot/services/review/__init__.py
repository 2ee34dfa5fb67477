"""Decisions on changes, claims, counted approvals, and decisions with a lost answer."""
