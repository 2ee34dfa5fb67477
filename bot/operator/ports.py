"""Error of an unusable health port."""


class UnusablePortError(Exception):
    """The port for ``CURATOR_HEALTH_PORT`` cannot be opened."""

    def __init__(self, port: int, reason: str) -> None:
        super().__init__(
            f"port {port} on loopback cannot be opened: {reason}; set CURATOR_HEALTH_PORT to a free one, or to nothing"
        )
        self.port = port
