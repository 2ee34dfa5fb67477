"""Form fields as tables, and conversion between typed text and values; pure."""
