"""What people are told by direct message, once, and what they asked to be told of."""
