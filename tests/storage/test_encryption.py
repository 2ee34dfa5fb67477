"""The sealed form, held against an independent implementation of the same format."""

import struct
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from tink import aead, proto_keyset_format, secret_key_access
from tink.proto import aes_gcm_pb2, tink_pb2

from storage.encryption import Binding, key_id_of, seal, unseal
from storage.errors import SealBrokenError

KEY_IDS = st.integers(1, 2**32 - 1)
KEYS = st.binary(min_size=32, max_size=32)
BINDINGS = st.builds(
    Binding,
    user_id=st.integers(0, 2**64 - 1),
    horde_user_id=st.integers(0, 2**64 - 1).map(str),
    generation=st.integers(1, 2**32 - 1),
    origin=st.text(),
)


def _tink(key_id: int, key: bytes) -> aead.Aead:
    """Google Tink's own AEAD for this key, with the prefix it calls TINK."""
    aead.register()
    keyset = tink_pb2.Keyset(primary_key_id=key_id)
    keyset.key.add(
        key_id=key_id,
        status=tink_pb2.ENABLED,
        output_prefix_type=tink_pb2.TINK,
        key_data=tink_pb2.KeyData(
            type_url="type.googleapis.com/google.crypto.tink.AesGcmKey",
            value=aes_gcm_pb2.AesGcmKey(version=0, key_value=key).SerializeToString(),
            key_material_type=tink_pb2.KeyData.SYMMETRIC,
        ),
    )
    handle = proto_keyset_format.parse(keyset.SerializeToString(), secret_key_access.TOKEN)
    return handle.primitive(aead.Aead)


@given(key_id=KEY_IDS, key=KEYS, plaintext=st.binary(max_size=80), data=st.binary(max_size=100))
def test_tink_opens_what_we_seal_and_we_open_what_tink_seals(
    key_id: int, key: bytes, plaintext: bytes, data: bytes
) -> None:
    oracle = _tink(key_id, key)
    assert oracle.decrypt(seal(AESGCM(key), key_id, plaintext, data), data) == plaintext
    theirs = oracle.encrypt(plaintext, data)
    assert key_id_of(theirs) == key_id
    assert unseal(AESGCM(key), theirs, data) == plaintext


@given(key=KEYS, plaintext=st.binary(max_size=80), binding=BINDINGS, bit=st.integers(0))
def test_no_single_bit_of_a_sealed_value_may_be_another(
    key: bytes, plaintext: bytes, binding: Binding, bit: int
) -> None:
    data = binding.associated_data(bytes(16))
    sealed = seal(AESGCM(key), 7, plaintext, data)
    assert len(sealed) == 33 + len(plaintext)
    place, mask = divmod(bit % (8 * len(sealed)), 8)
    altered = bytearray(sealed)
    altered[place] ^= 1 << mask
    if key_id_of(sealed) == 7 and 1 <= place <= 4:
        assert key_id_of(bytes(altered)) != 7, "the id is not covered by the tag: it chooses the key"
        return
    with pytest.raises(SealBrokenError):
        unseal(AESGCM(key), bytes(altered), data)


@given(one=BINDINGS, other=BINDINGS, install=st.binary(min_size=16, max_size=16))
def test_two_different_places_never_read_the_same(one: Binding, other: Binding, install: bytes) -> None:
    assert (one == other) == (one.associated_data(install) == other.associated_data(install))


def test_the_binding_is_laid_out_as_written_down() -> None:
    data = Binding(5, "101", 3, "https://models.example:443").associated_data(b"I" * 16)
    assert data[:14] == b"curator\0cred\0\x01"
    assert data[14:30] == b"I" * 16
    assert struct.unpack(">QQI", data[30:50]) == (5, 101, 3)
    assert len(data) == 82


@pytest.mark.parametrize(
    "mutilate",
    [lambda _: b"", lambda blob: blob[:32], lambda blob: b"\x02" + blob[1:], lambda blob: blob + b"\0"],
    ids=["nothing", "too short", "another version", "something appended"],
)
def test_what_is_no_sealed_value_is_refused(mutilate: Callable[[bytes], bytes]) -> None:
    cipher = AESGCM(b"k" * 32)
    with pytest.raises(SealBrokenError):
        unseal(cipher, mutilate(seal(cipher, 1, b"", b"")), b"")


def test_the_same_key_sealed_twice_looks_different() -> None:
    cipher = AESGCM(b"k" * 32)
    assert seal(cipher, 1, b"same", b"") != seal(cipher, 1, b"same", b"")
