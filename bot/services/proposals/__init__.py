"""From a form, a file or a live model to one change in the queue: drafts, checks, and one request."""
