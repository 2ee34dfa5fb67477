"""What people do: one module or package a command group, loaded by name."""
