"""Commands and background tasks: one module or package per command group, loaded by name."""
