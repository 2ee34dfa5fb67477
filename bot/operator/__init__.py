"""What an operator asks for on the command line, one module a command; prints, and returns an exit code."""
