"""Live models: search, details, and their weekly check with the file hosts."""
