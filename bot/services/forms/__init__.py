"""Fields as tables, and values as people type and read them; pure."""
