"""Offline demo: the real service, stand-ins for the hosts, and a simulated Discord."""
