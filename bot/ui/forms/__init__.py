"""Forms: one new modal per press."""
