"""Lists of the queue, history and purges."""
