"""Credentials in texts are found, replaced, and left out of addresses; nothing else changes."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.credentials import credential_in, redacted, redacted_text, without_credentials
from bot.reference.models import ChangeStatus, Operation, PendingChange

CARRIERS = {
    "https://civitai.com/api/download/models/1?type=Model&token=hush&fp=fp16": (
        "https://civitai.com/api/download/models/1?type=Model&fp=fp16"
    ),
    "https://a.io/x?token=hush": "https://a.io/x",
    "https://a.io/x?TOKEN=hush&download=true": "https://a.io/x?download=true",
    "https://a.io/x?api_key=hush": "https://a.io/x",
    "https://a.io/x?x=1;api-key=hush": "https://a.io/x?x=1",
    "https://a.io/x?%74oken=hush": "https://a.io/x",
    "https://a.io/x?a=1&amp;token=hush": "https://a.io/x?a=1",
    "https://a.io/x#access_token=hush": "https://a.io/x",
    "https://bob:hush@a.io/x": "https://a.io/x",
    "https://hush@a.io/x": "https://a.io/x",
    "bob:hush@a.io/x": "a.io/x",
    "https://a.io/x?next=https%3A%2F%2Fb.io%2F%3Ftoken%3Dhush": "https://a.io/x",
    "https://s3.io/x?X-Amz-Algorithm=a&X-Amz-Signature=hush&response-content-type=b": "https://s3.io/x",
    "https://b.io/x?sv=1&se=2&sr=b&sp=r&sig=hush": "https://b.io/x",
    "https://cdn.discordapp.com/attachments/1/2/x.safetensors?ex=1&is=2&hm=hush&": (
        "https://cdn.discordapp.com/attachments/1/2/x.safetensors"
    ),
    "https://a.io/x?Expires=1&Key-Pair-Id=2&Signature=hush": "https://a.io/x",
    "hf_hushhushhushhushhush": "",
}


@pytest.mark.parametrize("text", CARRIERS)
def test_a_credential_is_found_replaced_and_left_out(text: str) -> None:
    assert credential_in(text) is not None
    replaced = redacted_text(text)
    assert "hush" not in replaced
    assert credential_in(replaced) is not None
    assert redacted_text(replaced) == replaced
    assert without_credentials(text) == CARRIERS[text]
    assert without_credentials(replaced) == CARRIERS[text]


@pytest.mark.parametrize(
    "text",
    [
        "https://huggingface.co/a/b/resolve/main/c.safetensors?download=true",
        "https://civitai.com/api/download/models/1?fileId=2",
        "https://civitai.com/models/1?modelVersionId=2",
        "https://huggingface.co/a/b?not-for-all-audiences=true",
        "Write to bob@a.io, or use key=value pairs; tokens = 4096.",
        "mailto:bob@a.io",
        "Preset: Llam@ception",
        "https://a.io/@bob/model",
        "https://a.io/x?token=",
    ],
)
def test_what_is_no_credential_stays(text: str) -> None:
    assert credential_in(text) is None
    assert redacted_text(text) == text
    assert without_credentials(text) == text


def test_a_change_of_the_queue_is_read_without_credentials() -> None:
    change = PendingChange(
        change_id=1,
        category="image_generation",
        model_name="Pixel",
        operation=Operation.CREATE,
        payload={"config": {"download": [{"file_url": "https://a.io/x?token=hush"}]}, "https://u:hush@b.io": 1},
        requested_by="1",
        requested_at=1,
        status=ChangeStatus.PENDING,
    )
    assert "hush" not in change.model_dump_json()


@given(
    st.recursive(st.none() | st.text() | st.integers(), lambda each: st.lists(each) | st.dictionaries(st.text(), each))
)
def test_any_value_is_redacted_once_and_for_all(value: object) -> None:
    once = redacted(value)
    assert redacted(once) == once
    json.dumps(once)


@pytest.mark.parametrize("beginning", ["eyJ-", "eyJabcdefgh-", "hf_", "sk-", "https://a@", "?token", "&a=%3d"])
def test_a_long_text_of_beginnings_of_credentials_is_read_at_once(beginning: str) -> None:
    text = beginning * (200_000 // len(beginning))
    began = time.process_time()
    redacted({"description": text})
    assert time.process_time() - began < 2, "the poll would stand still"
