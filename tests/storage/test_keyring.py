"""The operator's keys as the setting writes them."""

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretBytes, SecretStr

from storage.encryption import Binding
from storage.errors import InvalidKeysError, SealBrokenError
from storage.keyring import (
    EXAMPLE_KEY,
    CredentialKey,
    Keyring,
    derived_key,
    generate_key,
    origin_of,
    parse_keys,
)

BINDING = Binding(1, "101", 1, "https://models.example:443")
RANDOM_BYTES = st.binary(min_size=32, max_size=32).filter(lambda key: len(set(key)) > 1 and key != bytes(range(32)))


def _text(key_id: int, secret: bytes) -> str:
    return f"k{key_id}:{base64.urlsafe_b64encode(secret).rstrip(b'=').decode()}"


def test_a_generated_key_is_accepted_and_no_two_are_alike() -> None:
    texts = {generate_key().get_secret_value() for _ in range(50)}
    assert len(texts) == 50
    for text in texts:
        assert re.fullmatch(r"k[1-9][0-9]*:[A-Za-z0-9_-]{43}", text)
    assert len(parse_keys(SecretStr(",".join(texts)))) == 50


@pytest.mark.parametrize("drawn", [0, 2**32 - 2], ids=["lowest", "highest"])
def test_a_generated_key_is_accepted_with_the_lowest_and_the_highest_id(
    drawn: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda _: drawn)
    (key,) = parse_keys(generate_key())
    assert key.key_id == drawn + 1


@given(st.dictionaries(st.integers(1, 2**32 - 1), RANDOM_BYTES, min_size=1, max_size=5))
def test_every_list_of_good_keys_is_read_in_its_order(secrets: dict[int, bytes]) -> None:
    keys = parse_keys(SecretStr(" , ".join(_text(key_id, secret) for key_id, secret in secrets.items())))
    assert [(key.key_id, key.secret.get_secret_value()) for key in keys] == list(secrets.items())


HKDF_OF_0_TO_31 = "fc5597ce315f18645e02b9e43e4762c3931a7fe46d463adb43c9aaaef908cd4e"
GOOD = _text(5, bytes(range(1, 33)))


FORM = "it must read k<id>:<43 characters of base64url>"


@pytest.mark.parametrize(
    ("text", "position", "problem"),
    [
        ("", 0, "there is none"),
        ("  ", 0, "there is none"),
        (f"{GOOD},", 2, FORM),
        (f"{GOOD},{GOOD}", 0, "two of them have the same id"),
        (f"{GOOD},k05:{GOOD[3:]}", 2, FORM),
        (f"k0:{GOOD[3:]}", 1, FORM),
        (f"k4294967296:{GOOD[3:]}", 1, "its id is above 4294967295"),
        (GOOD[:-1], 1, FORM),
        (f"{GOOD}A", 1, FORM),
        (f"{GOOD}=", 1, FORM),
        (GOOD[3:], 1, FORM),
        (f"k5:{GOOD[3:-1]}+", 1, FORM),
        (f"k\N{ARABIC-INDIC DIGIT FIVE}:{GOOD[3:]}", 1, FORM),
        (_text(5, b"\0" * 32), 1, "its bytes are not random"),
        (_text(5, b"z" * 32), 1, "its bytes are not random"),
        (EXAMPLE_KEY, 1, "it is the example of the documentation"),
        (f"{GOOD},{EXAMPLE_KEY.replace('k1:', 'k9:')}", 2, "it is the example of the documentation"),
    ],
)
def test_a_bad_list_is_refused_with_position_and_problem_and_never_repeated(
    text: str, position: int, problem: str
) -> None:
    with pytest.raises(InvalidKeysError) as refusal:
        parse_keys(SecretStr(text))
    assert f": {problem}; make one with the command `keys generate`" in str(refusal.value)
    assert (refusal.value.position, refusal.value.exit_code) == (position, 78)
    assert all(part[5:] not in str(refusal.value) for part in text.split(",") if len(part) > 10)


@given(text=st.text(max_size=80))
def test_any_other_text_is_refused_without_an_echo(text: str) -> None:
    with pytest.raises(InvalidKeysError) as refusal:
        parse_keys(SecretStr(f"k1:{text}"))
    assert len(text) < 4 or text not in str(refusal.value)


def test_neither_keys_nor_keyring_print_what_they_hold() -> None:
    keys = parse_keys(generate_key())
    secret = keys[0].secret.get_secret_value()
    for shown in (repr(keys), str(keys), repr(Keyring(keys, bytes(16)))):
        assert repr(secret)[2:-1] not in shown
        assert secret.hex() not in shown


@given(api_key=st.text(min_size=1, max_size=64), install=st.binary(min_size=16, max_size=16))
def test_what_is_sealed_opens_in_its_own_installation_only(api_key: str, install: bytes) -> None:
    keys = [CredentialKey(1, SecretBytes(bytes(range(1, 33))))]
    sealed = Keyring(keys, install).seal(SecretStr(api_key), BINDING)
    assert Keyring(keys, install).open(sealed, BINDING).get_secret_value() == api_key
    other = bytes([install[0] ^ 1]) + install[1:]
    with pytest.raises(SealBrokenError):
        Keyring(keys, other).open(sealed, BINDING)


def test_the_first_key_seals_and_each_opens_its_own() -> None:
    old, new = parse_keys(SecretStr(f"{_text(1, bytes(range(1, 33)))},{_text(2, bytes(range(2, 34)))}"))
    sealed = Keyring([old], bytes(16)).seal(SecretStr("an api key"), BINDING)
    both = Keyring([new, old], bytes(16))
    assert both.open(sealed, BINDING).get_secret_value() == "an api key"
    assert int.from_bytes(both.seal(SecretStr("an api key"), BINDING)[1:5]) == 2
    with pytest.raises(SealBrokenError):
        Keyring([new], bytes(16)).open(sealed, BINDING)


def test_the_check_value_of_an_older_version_is_accepted() -> None:
    sealed = bytes.fromhex(
        "0100000001a8aa554896d54c850f2cdc4d74ec93116996d4ba8bdf306cb4190782b30f10d5f4619ac6bf59082f4f6f979622"
    )
    assert Keyring([CredentialKey(1, SecretBytes(bytes(range(1, 33))))], bytes(16)).is_check_of(1, sealed)


def test_the_operators_key_itself_seals_nothing() -> None:
    """A key derived for this one purpose does (HKDF-SHA256; the figure was computed apart, by RFC 5869)."""
    key = CredentialKey(1, SecretBytes(bytes(range(32))))
    assert derived_key(key).hex() == HKDF_OF_0_TO_31
    assert derived_key(key) != key.secret.get_secret_value()


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Models.AIHorde.net/api", "https://models.aihorde.net:443"),
        ("https://models.aihorde.net:443/api/", "https://models.aihorde.net:443"),
        ("http://127.0.0.1:19800/api", "http://127.0.0.1:19800"),
        ("http://localhost", "http://localhost:80"),
        ("http://[::1]:8080/api", "http://[::1]:8080"),
        ("https://models.aihorde.net:443", "https://models.aihorde.net:443"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: str) -> None:
    assert origin_of(url) == origin
    assert origin_of(origin) == origin


@pytest.mark.parametrize("url", ["", "models.aihorde.net", "/api", "ftp://x"])
def test_what_has_no_origin_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"^a service's URL has a scheme and a host$"):
        origin_of(url)
