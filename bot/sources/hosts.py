"""Both hosts behind one value, and their opening and closing."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

import httpx
from pydantic import SecretStr

from bot.sources.addresses import CIVITAI, HUGGING_FACE
from bot.sources.civitai import Civitai
from bot.sources.host_client import HostClient, make_host_client
from bot.sources.huggingface import HuggingFace

_CIVITAI_URL: Final = "https://civitai.com"
_MATURE_URL: Final = "https://civitai.red"
"""Civitai's address for all content, asked without a token about what the first one does not have."""


@dataclass(frozen=True, slots=True, repr=False)
class Hosts:
    """The hosts that can be asked."""

    hugging_face: HuggingFace
    civitai: Civitai


@asynccontextmanager
async def open_hosts(
    *,
    hugging_face_url: str,
    civitai_url: str,
    civitai_token: SecretStr | None,
    user_agent: str,
    transport: httpx.AsyncBaseTransport | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> AsyncIterator[Hosts]:
    """Open one HTTP client for each host; all are closed when the block ends.

    Without a token Civitai is asked without an account.
    """
    async with AsyncExitStack() as stack:
        hub, civitai, mature = [
            await stack.enter_async_context(make_host_client(url, user_agent=user_agent, transport=transport))
            for url in (hugging_face_url, civitai_url, _MATURE_URL)
        ]
        fallback = HostClient(CIVITAI, mature, monotonic=monotonic) if civitai_url == _CIVITAI_URL else None
        yield Hosts(
            HuggingFace(HostClient(HUGGING_FACE, hub, monotonic=monotonic)),
            Civitai(HostClient(CIVITAI, civitai, token=civitai_token, monotonic=monotonic, fallback=fallback)),
        )
