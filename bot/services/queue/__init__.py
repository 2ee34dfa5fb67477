"""The queue as lists: pages and filters, one's own proposals, the past, figures, and what is purged."""
