"""Facts of file hosts: records filled from links, and checks of files."""
