"""Client of the service's HTTP API."""
