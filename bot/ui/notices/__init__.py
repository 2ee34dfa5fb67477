"""What people are told unasked, by direct message or in a channel."""
