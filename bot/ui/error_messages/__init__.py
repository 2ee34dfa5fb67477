"""Message of each error: what happened, what changed, what to do now."""
