"""Drawing: converts service values to Discord components and texts."""
