"""The operator's credential keys: parsing, generation, and encryption of API keys."""

import base64
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import override
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretBytes, SecretStr

from storage.encryption import Binding, key_id_of, seal, unseal
from storage.errors import InvalidKeysError, SealBrokenError

_KEY_TEXT = re.compile(r"k([1-9][0-9]{0,9}):([A-Za-z0-9_-]{43})", re.ASCII)
_KEY_BYTES = 32
_MAX_KEY_ID = 2**32 - 1
_PURPOSE = b"curator/cred/v1"
_CHECK = b"curator\0check\0\x01"
_CHECK_TEXT = b"curator-key-check"
_DEFAULT_PORTS = {"http": 80, "https": 443}

EXAMPLE_KEY = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
"""The documentation's example key. It is refused, because people will paste it."""


@dataclass(frozen=True, slots=True)
class CredentialKey:
    """One of the operator's keys.

    Attributes:
        key_id: 1 to 2^32-1, part of every value that the key encrypts.
        secret: 32 random bytes.
    """

    key_id: int
    secret: SecretBytes


def generate_key() -> SecretStr:
    """Generate a key in the setting's form: ``k<id>:<43 characters of base64url>``."""
    material = base64.urlsafe_b64encode(AESGCM.generate_key(bit_length=256)).rstrip(b"=").decode()
    return SecretStr(f"k{secrets.randbelow(_MAX_KEY_ID) + 1}:{material}")


def parse_keys(text: SecretStr) -> tuple[CredentialKey, ...]:
    """Parse the setting's comma-separated keys; the first one encrypts.

    Raises InvalidKeysError, without repeating the text, for an empty list, an invalid form, a duplicate id, the
    documentation's example, or a key of one repeated byte.
    """
    parts = [part.strip() for part in text.get_secret_value().strip().split(",")]
    if parts == [""]:
        raise InvalidKeysError("there is none")
    keys = tuple(_parse_key(part, position) for position, part in enumerate(parts, start=1))
    if len({key.key_id for key in keys}) != len(keys):
        raise InvalidKeysError("two of them have the same id")
    return keys


def _parse_key(text: str, position: int) -> CredentialKey:
    match = _KEY_TEXT.fullmatch(text)
    if match is None:
        raise InvalidKeysError("it must read k<id>:<43 characters of base64url>", position=position)
    if EXAMPLE_KEY.endswith(match[2]):
        raise InvalidKeysError("it is the example of the documentation", position=position)
    key_id = int(match[1])
    if key_id > _MAX_KEY_ID:
        raise InvalidKeysError(f"its id is above {_MAX_KEY_ID}", position=position)
    secret = base64.urlsafe_b64decode(f"{match[2]}=")
    if len(secret) != _KEY_BYTES or len(set(secret)) == 1:
        raise InvalidKeysError("its bytes are not random", position=position)
    return CredentialKey(key_id, SecretBytes(secret))


def origin_of(url: str) -> str:
    """Return ``scheme://host:port`` of a URL.

    Raises ValueError without a host.
    """
    parts = urlsplit(url)
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    if parts.hostname is None or port is None:
        raise ValueError("a service's URL has a scheme and a host")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}"


def derived_key(key: CredentialKey) -> bytes:
    """Derive the 32-byte encryption key: HKDF-SHA256 of the operator's key for this purpose."""
    return HKDF(SHA256(), length=_KEY_BYTES, salt=None, info=_PURPOSE).derive(key.secret.get_secret_value())


class Keyring:
    """Cipher of one installation's API keys. The first key encrypts; each decrypts its own."""

    def __init__(self, keys: Sequence[CredentialKey], install_id: bytes) -> None:
        self._ciphers: Mapping[int, AESGCM] = {key.key_id: AESGCM(derived_key(key)) for key in keys}
        self._install_id = install_id
        self.primary_id = keys[0].key_id

    @property
    def key_ids(self) -> frozenset[int]:
        """Return the ids of all keys."""
        return frozenset(self._ciphers)

    def seal(self, api_key: SecretStr, binding: Binding) -> bytes:
        """Encrypt with the primary key, bound to its row; 33 bytes longer than the key."""
        aad = binding.associated_data(self._install_id)
        return seal(self._ciphers[self.primary_id], self.primary_id, api_key.get_secret_value().encode(), aad)

    def open(self, sealed: bytes, binding: Binding) -> SecretStr:
        """Decrypt an API key.

        Raises SealBrokenError if the value or its binding changed.
        """
        plaintext = unseal(self._cipher_for(sealed), sealed, binding.associated_data(self._install_id))
        return SecretStr(plaintext.decode())

    def seal_check(self, key_id: int) -> bytes:
        """Return a check value, by which a start detects a wrong key."""
        return seal(self._ciphers[key_id], key_id, _CHECK_TEXT, self._check_data(key_id))

    def is_check_of(self, key_id: int, sealed: bytes) -> bool:
        """Return whether ``sealed`` is a check value of the current key with this id."""
        try:
            return unseal(self._ciphers[key_id], sealed, self._check_data(key_id)) == _CHECK_TEXT
        except SealBrokenError:
            return False

    @override
    def __repr__(self) -> str:
        return f"<Keyring of {len(self._ciphers)} keys, k{self.primary_id} first>"

    def _cipher_for(self, sealed: bytes) -> AESGCM:
        cipher = self._ciphers.get(key_id_of(sealed))
        if cipher is None:
            raise SealBrokenError
        return cipher

    def _check_data(self, key_id: int) -> bytes:
        return _CHECK + self._install_id + key_id.to_bytes(4)
