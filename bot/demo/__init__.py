"""The offline world: the real service, an AI-Horde stand-in and a simulated Discord."""
