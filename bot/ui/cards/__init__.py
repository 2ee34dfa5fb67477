"""Review cards of changes, with their diff, record and checks, and the full view."""
