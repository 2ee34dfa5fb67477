"""The scripted service beside made-up Hugging Face and Civitai, without sockets."""

from email.message import Message
from inspect import isawaitable
from typing import override

import httpx

from bot.demo.hosts_stand_in import HostsStandIn
from tests.harness.scripted_service import ScriptedService
from tests.services.conftest import App

HOSTS = ("huggingface.co", "civitai.com")


class ServiceAndHosts(ScriptedService):
    """Answers for the service as scripted, and for both hosts as their stand-in does."""

    def __init__(self) -> None:
        super().__init__()
        self.hosts = HostsStandIn()

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host not in HOSTS:
            return await super().handle_async_request(request)
        if (meanwhile := self.meanwhile.pop(request.url.host, None)) is not None:
            happening = meanwhile(request)
            if isawaitable(happening):
                await happening
        form = (await request.aread()).decode()
        status, content_type, body = self.hosts.reply(request.url.raw_path.decode(), Message(), form)
        return httpx.Response(status, headers={"content-type": content_type}, stream=httpx.ByteStream(body))


async def with_hosts(app: App) -> HostsStandIn:
    """Start the app again before a service and hosts that answer; return the hosts."""
    service = ServiceAndHosts()
    service.user_id = "101"
    app.service = service
    app.settings = app.settings.model_copy(update={"ask_file_hosts": True})
    await app.restart()
    return service.hosts
