"""Offline demo: the real service, stand-ins for AI-Horde and the file hosts, and a simulated Discord."""
