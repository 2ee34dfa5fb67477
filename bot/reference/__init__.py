"""The model reference service as Python; the only package that speaks HTTP with it."""
