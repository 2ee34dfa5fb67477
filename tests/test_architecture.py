"""Architecture beyond `make check`: the finder of banned words, secrets, and calls that no module may make."""

import ast
from functools import cache
from pathlib import Path

import pytest

from scripts.check_words import BANNED, findings_in, long_docstrings

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for package in ("bot", "cogs", "storage") for path in (ROOT / package).rglob("*.py"))
LONGEST_FILE = 360
"""Lines."""


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def {}_asks() -> None: ...", BANNED[1]),
        ("# the key of some {}is known", "of\n    # which "),
        ('text = "It {}to them."', 'is "\n    "told '),
        ('""{} it is open."""', '"Whether'),
        ("log.info({}, reason=1)", '"poll failed"'),
    ],
)
def test_a_banned_word_is_found_in_names_docstrings_comments_texts_and_log_events(text: str, words: str) -> None:
    assert [finding for _, finding in findings_in(text.format(words))] != []


def test_a_docstring_whose_first_line_no_editor_shows_whole_is_found() -> None:
    code = 'def ask() -> None:\n    """{}.\n\n    More.\n    """\n'
    assert [line for line, _ in long_docstrings(code.format("a" * 90))] == [2]
    assert list(long_docstrings(code.format("a" * 89))) == []


def test_no_module_is_a_drawer_for_everything_or_too_long_to_read() -> None:
    for path in SOURCES:
        assert not {"utils", "helpers", "common"} & {path.stem, *path.parts}, name_of(path)
        assert len(path.read_text().splitlines()) <= LONGEST_FILE, name_of(path)


def test_a_secret_is_opened_only_where_it_is_used() -> None:
    opening = {name_of(path) for path in SOURCES if "get_secret_value" in path.read_text()}
    assert opening == {
        "bot/identity/key_lookup.py",  # compared with the anonymous key
        "bot/identity/horde.py",  # the header
        "bot/identity/roles.py",  # its shape
        "bot/operator/check.py",  # the token, to log in
        "bot/operator/commands.py",  # the token, to log in
        "bot/operator/keys.py",  # printed once, to be put into the settings
        "bot/operator/run.py",  # the token, to log in
        "bot/reference/transport.py",  # the header
        "bot/settings/values.py",  # their shapes
        "bot/sources/host_client.py",  # the header
        "cogs/account.py",  # handed on as it was typed
        "storage/keyring.py",  # the cipher
    }


@pytest.mark.parametrize("call", ["add_view", "wait_for_modal", "persistent_views"])
def test_no_view_of_discord_is_stored(call: str) -> None:
    assert not [name_of(path) for path in SOURCES if f".{call}(" in path.read_text()]


def test_no_class_keeps_a_view_or_an_interaction() -> None:
    """An object that outlives a press must not keep one: its token expires, and its message changes."""
    for path in SOURCES:
        if path.parts[-2] == "client" or "ui" in path.parts or "demo" in path.parts:
            continue
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                assert node.attr.lstrip("_") not in {"view", "interaction", "message"}, (name_of(path), node.lineno)


def test_time_is_asked_for_only_where_a_clock_is_made() -> None:
    asking = set()
    for path in SOURCES:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}:
                asking |= {name_of(path)} if isinstance(node.value, ast.Name) and node.value.id == "datetime" else set()
    assert asking <= {"bot/connections.py", "bot/reference/transport.py", "bot/demo/world.py", "bot/demo/pump.py"}, (
        asking
    )


def test_the_test_tree_mirrors_the_source() -> None:
    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tests").iterdir()}
    packages = {path.name for path in (ROOT / "bot").iterdir() if (path / "__init__.py").exists()}
    assert packages | {"storage"} <= tested


def test_no_two_modules_of_stories_give_a_model_one_name() -> None:
    """The stories share a service in which applied models stay, whichever module runs first."""
    used_in: dict[str, set[str]] = {}
    for path in (ROOT / "tests" / "stories").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and str(node.value).startswith("Story ") and node.value != "Story ":
                used_in.setdefault(str(node.value), set()).add(name_of(path))
    assert {name: modules for name, modules in used_in.items() if len(modules) > 1} == {}
