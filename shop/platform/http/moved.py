"""What has another address now (RFC 9110, 15.4.2)."""


class Moved(Exception):
    """Raised by a route that declares `moves`; `location` is a path of this host."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location
