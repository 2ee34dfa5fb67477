"""A server and its people: settings, mirrored roles, privacy, and live models looked up."""
