"""Messages that the bot sends by itself: direct messages and posts in channels."""
