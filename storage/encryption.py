"""AES-256-GCM with associated data; the only cipher code.

An encrypted value is ``0x01 | key id (u32, big-endian) | nonce (12) | ciphertext | tag (16)``, the format of Google
Tink's AES256_GCM with the TINK prefix; Tink can read our values, and we can read Tink's.
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
    """The row that an encrypted API key belongs to; elsewhere it cannot be decrypted.

    Attributes:
        generation: grows with each relink of this user, so that a former key cannot be restored.
        origin: ``scheme://host:port`` of the service the key was given for.
    """

    user_id: int
    horde_user_id: str
    generation: int
    origin: str

    def associated_data(self, install_id: bytes) -> bytes:
        """Return 82 bytes of fixed width, so that no two bindings are equal."""
        origin = hashlib.sha256(self.origin.encode()).digest()
        horde_user_id = int(self.horde_user_id)
        return _BINDING.pack(_CREDENTIAL, install_id, self.user_id, horde_user_id, self.generation, origin)


def seal(cipher: AESGCM, key_id: int, plaintext: bytes, associated_data: bytes) -> bytes:
    """Encrypt; the result is 33 bytes longer than ``plaintext``."""
    nonce = os.urandom(_NONCE_BYTES)
    return _HEADER.pack(_VERSION, key_id) + nonce + cipher.encrypt(nonce, plaintext, associated_data)


def key_id_of(sealed: bytes) -> int:
    """Return the id of the encrypting key.

    Raises SealBrokenError if it is not an encrypted value.
    """
    if len(sealed) < _OVERHEAD:
        raise SealBrokenError
    version, key_id = _HEADER.unpack_from(sealed)
    if version != _VERSION:
        raise SealBrokenError
    return int(key_id)


def unseal(cipher: AESGCM, sealed: bytes, associated_data: bytes) -> bytes:
    """Decrypt.

    Raises SealBrokenError if the value or its associated data changed.
    """
    key_id_of(sealed)
    nonce_end = _HEADER.size + _NONCE_BYTES
    try:
        return cipher.decrypt(sealed[_HEADER.size : nonce_end], sealed[nonce_end:], associated_data)
    except InvalidTag as error:
        raise SealBrokenError from error
