"""Two processes of the service behind one address, which share a folder and no queue."""

from typing import override

import httpx

from bot.demo.reference_service import ReferenceService
from tests.harness.lossy import LossyTransport


class DividedTransport(LossyTransport):
    """Real sockets; requests to the first service go to both in turn, but for writes.

    Attributes:
        takes: Which of them takes what is written, 0 or 1; what is read next comes from the other.
    """

    def __init__(self, *services: ReferenceService) -> None:
        super().__init__()
        self.takes = 0
        self._ports = [httpx.URL(service.origin).port for service in services]
        self._turn = 0

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.port == self._ports[0]:
            turn = self._turn if request.method == "GET" else self.takes
            request.url = request.url.copy_with(port=self._ports[turn])
            self._turn = 1 - turn
        return await super().handle_async_request(request)
