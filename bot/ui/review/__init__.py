"""Questions before decisions, and their results."""
