"""What the bot decides: the service as Python, who may do what, and how it looks."""
