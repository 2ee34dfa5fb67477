"""Detection of the service's generation by the client; HTTP is scripted at the transport."""

import json
from collections.abc import Callable, Iterator

import httpx
import pytest
import stamina
from pydantic import SecretStr

from bot.reference.client import ReferenceClient
from bot.reference.errors import (
    ApiError,
    ForbiddenError,
    NotFoundError,
    ReadOnlyError,
    UnauthorizedError,
    UnavailableError,
)
from bot.reference.models import CanonicalFormat, Operation
from bot.reference.routes import v2_prefix
from bot.reference.transport import Transport, make_http_client

KEY = SecretStr("a-made-up-key")
QUEUE = f"{v2_prefix}/pending_queue"
PAGE = {"items": [], "total": 0}
MODE = {"replicate_mode": "PRIMARY", "canonical_format": "v2", "writable": True}
OF_3 = {"info": {"version": "0.1.0"}, "paths": {f"{QUEUE}/changes": {}}}
OF_8 = {
    "info": {"version": "8.6.2"},
    "paths": {f"{QUEUE}/changes": {}, f"{QUEUE}/my_changes": {}, f"{v2_prefix}/licensing/licenses": {}},
}

type Answers = dict[str, tuple[int, object]]


class Scripted:
    """A service that answers from a table of paths and records its requests."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.is_away = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        if self.is_away:
            raise httpx.ConnectError("refused", request=request)
        status, body = self.answers.get(request.url.path, (404, {"detail": "Not Found"}))
        return httpx.Response(status, stream=httpx.ByteStream(json.dumps(body).encode()))


def client_of(answer: Callable[[httpx.Request], httpx.Response]) -> ReferenceClient:
    return ReferenceClient(Transport(make_http_client("http://service.example", transport=httpx.MockTransport(answer))))


async def propose(client: ReferenceClient) -> object:
    return await client.propose(
        KEY, operation=Operation.CREATE, category="clip", name="A", record={}, dialect=CanonicalFormat.V2
    )


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


async def test_the_document_is_read_once() -> None:
    service = Scripted({"/openapi.json": (200, OF_8), f"{QUEUE}/changes": (200, PAGE), "/replicate_mode": (200, MODE)})
    client = client_of(service)
    for _ in range(3):
        await client.changes(KEY)
        await client.deployment()
    assert service.asked.count("GET /openapi.json") == 1


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_service_without_a_public_document_counts_as_the_newest(status: int) -> None:
    service = Scripted({"/openapi.json": (status, {"detail": "No."}), f"{QUEUE}/my_changes": (200, PAGE)})
    assert (await client_of(service).my_changes(KEY)).total == 0


async def test_nothing_is_written_before_the_generation_is_known() -> None:
    service = Scripted({})
    service.is_away = True
    with pytest.raises(UnavailableError):
        await propose(client_of(service))
    assert {line.split()[0] for line in service.asked} == {"GET"}


@pytest.mark.parametrize(
    ("roles", "expected"),
    [([], ForbiddenError), (["requestor"], ForbiddenError), (["requestor", "approver"], UnauthorizedError)],
)
async def test_a_concealed_role_is_checked_before_the_key_is_called_invalid(
    roles: list[str], expected: type[ApiError]
) -> None:
    mine = {"user_id": "1", "username": "a#1", "roles": roles}
    refused = (401, {"detail": "Invalid API key"})
    service = Scripted(
        {"/openapi.json": (200, OF_3), f"{QUEUE}/changes": refused, f"{v2_prefix}/me/roles": (200, mine)}
    )
    with pytest.raises(expected):
        await client_of(service).changes(KEY)


async def test_an_unconfirmed_key_is_not_reported_as_a_missing_role() -> None:
    refused = (401, {"detail": "Invalid API key"})
    service = Scripted(
        {"/openapi.json": (200, OF_3), f"{v2_prefix}/clip/add": refused, f"{v2_prefix}/me/roles": refused}
    )
    with pytest.raises(UnauthorizedError):
        await propose(client_of(service))


async def test_a_401_of_a_newer_service_needs_no_check_of_roles() -> None:
    service = Scripted({"/openapi.json": (200, OF_8), f"{QUEUE}/changes": (401, {"detail": "Invalid API key"})})
    with pytest.raises(UnauthorizedError):
        await client_of(service).changes(KEY)
    assert not [line for line in service.asked if "me/roles" in line]


async def test_a_service_that_was_replaced_is_detected_again() -> None:
    service = Scripted({"/openapi.json": (200, OF_3), "/replicate_mode": (200, MODE)})
    client = client_of(service)
    assert (await client.deployment()).version == "3.x"
    service.answers |= {"/openapi.json": (200, OF_8), f"{v2_prefix}/clip/model/A": (200, {"name": "A"})}
    with pytest.raises(NotFoundError):
        await client.model("clip", "A")  # where generation 3 has it
    assert (await client.deployment()).version == "8.6.2"
    assert await client.model("clip", "A") == {"name": "A"}


async def test_a_bare_mode_means_no_queue_and_nothing_is_written() -> None:
    document = {"info": {"version": "0.1.0"}, "paths": {f"{v2_prefix}/{{model_category_name}}": {}}}
    service = Scripted({"/openapi.json": (200, document), "/replicate_mode": (200, "PRIMARY")})
    client = client_of(service)
    deployment = await client.deployment()
    assert (deployment.has_queue, deployment.takes_writes, deployment.version) == (False, False, "2.x")
    with pytest.raises(ReadOnlyError) as caught:
        await propose(client)
    assert caught.value.kind == "no_queue"
    assert {line.split()[0] for line in service.asked} == {"GET"}


async def test_unpublished_baselines_come_from_the_document() -> None:
    document = {**OF_3, "components": {"schemas": {"KNOWN_IMAGE_GENERATION_BASELINE": {"enum": ["flux_1"]}}}}
    assert await client_of(Scripted({"/openapi.json": (200, document)})).baselines() == ("flux_1",)


async def test_a_category_that_the_service_lacks_is_refused_without_a_write() -> None:
    document = {**OF_8, "components": {"schemas": {"MODEL_REFERENCE_CATEGORY": {"enum": ["blip"]}}}}
    service = Scripted({"/openapi.json": (200, document)})
    with pytest.raises(ApiError, match="no category 'clip'"):
        await propose(client_of(service))
    assert service.asked == ["GET /openapi.json"]
