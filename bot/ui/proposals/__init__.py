"""A draft as its owner sees it."""
