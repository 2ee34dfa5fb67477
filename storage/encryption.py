"""AES-256-GCM, and what a sealed key is bound to; the only cipher code there is.

A sealed value is ``0x01 | key id (u32, big-endian) | nonce (12) | ciphertext | tag (16)``, byte for byte what
Google Tink writes for AES256_GCM with its TINK prefix: its implementation can read ours, and ours its.
"""

import hashlib
import os
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import SealBrokenError

_HEADER = struct.Struct(">BI")
_VERSION = 0x01
_NONCE_BYTES = 12
_TAG_BYTES = 16
_OVERHEAD = _HEADER.size + _NONCE_BYTES + _TAG_BYTES

_BINDING = struct.Struct(">14s16sQQI32s")
_CREDENTIAL = b"curator\0cred\0\x01"


@dataclass(frozen=True, slots=True)
class Binding:
    """Where a sealed API key belongs. Moved to another row, person, server or time, it does not open.

    Attributes:
        generation: grows with each relink of this user, so that a former key cannot be put back.
        origin: ``scheme://host:port`` of the service the key was given for.
    """

    user_id: int
    horde_user_id: str
    generation: int
    origin: str

    def associated_data(self, install_id: bytes) -> bytes:
        """82 bytes of fixed width, so that no two bindings read the same."""
        origin = hashlib.sha256(self.origin.encode()).digest()
        horde_user_id = int(self.horde_user_id)
        return _BINDING.pack(_CREDENTIAL, install_id, self.user_id, horde_user_id, self.generation, origin)


def seal(cipher: AESGCM, key_id: int, plaintext: bytes, associated_data: bytes) -> bytes:
    """The sealed value, 33 bytes longer than ``plaintext``."""
    nonce = os.urandom(_NONCE_BYTES)
    return _HEADER.pack(_VERSION, key_id) + nonce + cipher.encrypt(nonce, plaintext, associated_data)


def key_id_of(sealed: bytes) -> int:
    """The id of the key that opens it. Raises SealBrokenError where it is no sealed value at all."""
    if len(sealed) < _OVERHEAD:
        raise SealBrokenError
    version, key_id = _HEADER.unpack_from(sealed)
    if version != _VERSION:
        raise SealBrokenError
    return int(key_id)


def unseal(cipher: AESGCM, sealed: bytes, associated_data: bytes) -> bytes:
    """The plaintext. Raises SealBrokenError when a bit of it, or of what it is bound to, is another."""
    key_id_of(sealed)
    nonce_end = _HEADER.size + _NONCE_BYTES
    try:
        return cipher.decrypt(sealed[_HEADER.size : nonce_end], sealed[nonce_end:], associated_data)
    except InvalidTag as error:
        raise SealBrokenError from error
