"""simcord's pages below a path: each of their addresses works there, for no other caller."""

import re
from inspect import signature
from urllib.parse import urljoin

import aiohttp
import pytest
from simcord.preview import Preview
from simcord.preview._server import PreviewServer

from bot.demo.people import ABE, RITA
from bot.demo.preview_mount import CAPABILITY, STATIC_FOLDER, below_a_path
from bot.demo.stage import Stage


def test_the_bridge_is_made_of_the_parts_that_we_replace() -> None:
    assert list(signature(PreviewServer.__init__).parameters) == ["self", "preview", "port"]
    for name in ("start", "close", "_authorized", "_multipart_action", "_delete_page", "_state", "_commands"):
        assert callable(getattr(PreviewServer, name))
    for name in ("_action_result", "_action", "_asset"):
        assert callable(getattr(PreviewServer, name))
    assert list(signature(Preview._open_page).parameters) == ["self", "viewer_id", "target_id"]
    assert list(signature(Preview._action).parameters) == ["self", "context_id", "body"]
    assert PreviewServer._SECURITY_HEADERS["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in PreviewServer._SECURITY_HEADERS["Content-Security-Policy"]
    assert PreviewServer._STATIC_FILES["/"] == "index.html"


def test_simcord_asks_for_no_path_that_we_do_not_route() -> None:
    asked = set()
    for path in STATIC_FOLDER.iterdir():
        if path.name.endswith((".js", ".html", ".css")):
            asked |= set(re.findall(r"""["'`](/[a-z][^"'`?$]*)""", path.read_text()))
    routed = {"/api/pages/", "/api/pages", "/api/state", "/api/commands", "/api/action-result", "/api/action"}
    assert asked - routed - {"/api/assets/"} <= set(PreviewServer._STATIC_FILES)


@pytest.mark.parametrize("name", ["index.html", "app.js", "transport.js", "assets.js", "media.js", "preview.css"])
def test_no_absolute_address_is_left(name: str) -> None:
    text = (STATIC_FOLDER / name).read_text()
    assert re.search(r"""["'`]/[a-z]""", text)
    assert not re.search(r"""["'`]/[a-z]""", below_a_path(text))


def test_markup_and_relative_addresses_stay_as_they_are() -> None:
    text = """<a href="./x"></a> import "./dom.js"; const a = b / c; re = /x/; "a/b" `${x}/y`"""
    assert below_a_path(text) == text


async def test_each_person_gets_their_own_page_for_any_request(stage: Stage) -> None:
    base = f"{stage.url}as/abe/model-talk/"
    headers = {"X-Simcord-Capability": CAPABILITY}
    wish = {"viewer_id": str(stage.world.member(RITA).id)}
    async with aiohttp.ClientSession() as session:
        async with session.post(urljoin(base, "api/pages"), json=wish, headers=headers) as answer:
            page = await answer.json()
        assert page["viewerId"] == str(stage.world.member(ABE).id)
        async with session.get(base) as answer:
            assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
            html = await answer.text()
        assert "/stage.css" in html
        for address in re.findall(r'(?:src|href)="([^"#]+)"', html):
            async with session.get(urljoin(base, address)) as answer:
                assert answer.status == 200, address


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Simcord-Capability": "guess"},
        {"X-Simcord-Capability": CAPABILITY, "Host": "evil.example"},
        {"X-Simcord-Capability": CAPABILITY, "Origin": "https://evil.example"},
    ],
)
async def test_another_site_gets_nothing(stage: Stage, headers: dict[str, str]) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("api/pages", "api/action"):
            async with session.post(f"{stage.url}as/rita/model-talk/{path}", json={}, headers=headers) as answer:
                assert answer.status == 401
