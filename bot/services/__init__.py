"""The decisions: no Discord, no SQL, no HTTP of their own."""
