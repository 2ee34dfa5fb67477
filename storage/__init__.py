"""Persistence: one SQLite file, opened once; API keys in it are encrypted."""
