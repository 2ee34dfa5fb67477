"""What the bot remembers: one SQLite file, opened once, keys in it only encrypted."""
