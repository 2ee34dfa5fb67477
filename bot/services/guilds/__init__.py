"""Settings of a Discord server, and the Discord roles given there."""
