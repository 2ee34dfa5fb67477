"""Decisions on one or several changes, claims, counted approvals, and decisions whose answer was lost."""
