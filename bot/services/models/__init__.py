"""Live models: names, search and details."""
