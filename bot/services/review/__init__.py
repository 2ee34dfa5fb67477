"""Deciding changes with the presser's own key: one or several, claims, counts, and what a lost answer became."""
