"""The service as Python: the only package that speaks HTTP to it."""
