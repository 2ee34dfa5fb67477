"""The queue as lists: pages and filters, own proposals, history, statistics, and purges."""
