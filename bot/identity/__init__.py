"""From a Discord user to an account of AI-Horde and its roles in the queue."""
