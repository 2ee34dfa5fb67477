"""Headers of model files are read in parts, never whole, and only from the hosts that may be asked."""

import json
from collections.abc import AsyncIterator, Callable
from typing import override

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.host_models import tensor_header
from bot.sources.host_client import HostClient, HostError, make_host_client
from bot.sources.huggingface import FIRST_PART_BYTES, HuggingFace
from bot.sources.tensors import HEADER_BYTES_MAX, TensorHeader, parse_header

HEADER = tensor_header({"a.weight": [3, 4]})
LONG = tensor_header({f"blocks.{number}.attention.to_k.weight": [640, 2048] for number in range(2500)})
READ = TensorHeader({"a.weight": (3, 4)})

type Answer = Callable[[httpx.Request], httpx.Response]


class Endless(httpx.AsyncByteStream):
    """A whole model, of a host that ignores ranges."""

    def __init__(self) -> None:
        self.sent = 0

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield HEADER
        while True:
            self.sent += 65_536
            yield b"\0" * 65_536


async def read(answer: Answer) -> TensorHeader | None:
    transport = httpx.MockTransport(answer)
    async with make_host_client("https://huggingface.co", user_agent="test", transport=transport) as client:
        return await HuggingFace(HostClient("Moss Host", client)).tensors("fern-lab/moss", "main", "moss.safetensors")


def part_of(content: bytes, request: httpx.Request) -> httpx.Response:
    first, last = request.headers["range"].removeprefix("bytes=").split("-")
    return httpx.Response(206, stream=httpx.ByteStream(content[int(first) : int(last) + 1]))


def redirect(location: str) -> httpx.Response:
    return httpx.Response(302, headers={"location": location}, stream=httpx.ByteStream(b""))


async def test_a_header_is_read_through_the_redirect_to_the_storage() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        assert "authorization" not in request.headers
        is_first = request.url.host == "huggingface.co"
        return redirect("https://us.aws.cdn.hf.co/x?sig=1") if is_first else part_of(HEADER, request)

    assert await read(answer) == READ
    assert asked == ["huggingface.co", "us.aws.cdn.hf.co"]


@pytest.mark.parametrize(
    "location",
    [
        "https://storage.example.org/x",
        "https://hf.co.example.org/x",
        "http://us.aws.cdn.hf.co/x",
        "https://us.aws.cdn.hf.co:8443/x",
        "https://user@us.aws.cdn.hf.co/x",
        "https://127.0.0.1/x",
        "",
    ],
)
async def test_no_other_place_is_asked(location: str) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return redirect(location)

    with pytest.raises(HostError):
        await read(answer)
    assert len(asked) == (1 if location else 2), "an empty one leads back to the host itself"


async def test_a_long_header_takes_a_second_part() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["range"])
        return part_of(LONG, request)

    header = await read(answer)
    assert header is not None
    assert len(header.shapes) == 2500
    assert asked == [f"bytes=0-{FIRST_PART_BYTES - 1}", f"bytes={FIRST_PART_BYTES}-{len(LONG) - 1}"]


async def test_a_host_that_sends_the_whole_file_is_stopped() -> None:
    whole = Endless()
    assert await read(lambda _: httpx.Response(200, stream=whole)) == READ
    assert whole.sent <= 2 * FIRST_PART_BYTES


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"short",
        HEADER[:-1],
        (HEADER_BYTES_MAX + 1).to_bytes(8, "little") + b"{}",
        (2**63).to_bytes(8, "little") + b"{}",
        (4).to_bytes(8, "little") + b"{]]}",
        (9).to_bytes(8, "little") + b"<!doctype",
        (2).to_bytes(8, "little") + b"{}",
    ],
)
async def test_a_file_without_a_usual_header_says_nothing(content: bytes) -> None:
    assert await read(lambda request: part_of(content, request)) is None


@pytest.mark.parametrize("status", [401, 403, 404, 416, 429, 500])
async def test_a_refused_part_is_an_error(status: int) -> None:
    with pytest.raises(HostError):
        await read(lambda _: httpx.Response(status, stream=httpx.ByteStream(b"{}")))


@given(
    st.recursive(st.none() | st.integers() | st.text(), lambda each: st.lists(each) | st.dictionaries(st.text(), each))
)
def test_any_json_is_read_without_an_error(value: object) -> None:
    body = json.dumps({"a": value, "b": {"shape": value}}).encode()
    header = parse_header(len(body).to_bytes(8, "little") + body)
    assert header is None or set(header.shapes) <= {"a", "b"}
