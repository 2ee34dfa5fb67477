"""Answers of both hosts, in their real shape with made-up names, and broken ones."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import civitai, huggingface
from bot.sources.civitai import Civitai
from bot.sources.host_client import HostClient, HostError, HostProblem, make_host_client
from bot.sources.huggingface import HuggingFace

SHA = "5b1f" * 16
COMMIT = "0c" * 20
REPO: dict[str, Any] = {
    "id": "fern-lab/moss-xl",
    "sha": COMMIT,
    "gated": False,
    "author": "fern-lab",
    "pipeline_tag": "text-to-image",
    "tags": ["diffusers", "anime", "not-for-all-audiences", "base_model:finetune:fern-lab/base", "license:openrail++"],
    "config": {"diffusers": {"_class_name": "StableDiffusionXLPipeline"}},
    "cardData": {"license": "openrail++", "base_model": "fern-lab/base", "instance_prompt": "moss style"},
    "siblings": [
        {"rfilename": "README.md", "size": 900, "blobId": "ab" * 20},
        {"rfilename": "moss.safetensors", "size": 134, "lfs": {"sha256": SHA.upper(), "size": 6_900_000_000}},
    ],
}
TEXT_REPO: dict[str, Any] = {
    "id": "fern-lab/Moss-7B",
    "gated": "manual",
    "pipeline_tag": "text-generation",
    "config": {
        "architectures": ["MistralForCausalLM"],
        "tokenizer_config": {"chat_template": [{"name": "tool"}, {"name": "default", "template": "[INST]"}]},
    },
    "cardData": {"base_model": ["fern-lab/Base-7B"], "license": ["apache-2.0"]},
    "safetensors": {"parameters": {"BF16": 7_241_732_096}, "total": 7_241_732_096},
}
FILE: dict[str, Any] = {
    "id": 77,
    "name": "mossXL_v3.safetensors",
    "type": "Model",
    "sizeKB": 6_738_281.25,
    "metadata": {"format": "SafeTensor", "size": "pruned", "fp": "fp16"},
    "pickleScanResult": "Success",
    "virusScanResult": "Success",
    "hashes": {"SHA256": SHA.upper(), "AutoV2": "5B1F5B1F5B"},
    "primary": True,
}
VERSION: dict[str, Any] = {
    "id": 9330,
    "modelId": 4821,
    "name": "v3",
    "baseModel": "SDXL 1.0",
    "baseModelType": "Standard",
    "availability": "Public",
    "nsfwLevel": 7,
    "trainedWords": ["moss", "moss", "green light"],
    "model": {"name": "Moss XL", "type": "Checkpoint", "nsfw": False, "poi": False},
    "files": [FILE],
}
MODEL: dict[str, Any] = {
    "id": 4821,
    "name": "Moss XL",
    "type": "Checkpoint",
    "nsfw": True,
    "nsfwLevel": 15,
    "description": "<p>Green.</p>",
    "creator": {"username": "fern"},
    "tags": ["anime", "style"],
    "allowCommercialUse": "{Image,RentCivit}",
    "modelVersions": [{key: VERSION[key] for key in VERSION if key not in ("model", "modelId")}],
}

type Answering = Callable[[httpx.Request], httpx.Response]


def answered(body: Any, status: int = 200) -> httpx.Response:
    return httpx.Response(status, stream=httpx.ByteStream(json.dumps(body).encode()))


def hub(answer: Answering) -> HuggingFace:
    client = make_host_client("https://huggingface.co", user_agent="x", transport=httpx.MockTransport(answer))
    return HuggingFace(HostClient("Hugging Face", client))


def civ(answer: Answering) -> Civitai:
    client = make_host_client("https://civitai.com", user_agent="x", transport=httpx.MockTransport(answer))
    return Civitai(HostClient("Civitai", client))


async def test_a_repository_is_read_with_its_files() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return answered(REPO)

    repo = await hub(answer).repo("fern-lab/moss-xl", "refs/pr/2")
    assert asked == ["https://huggingface.co/api/models/fern-lab/moss-xl/revision/refs%2Fpr%2F2?blobs=true"]
    assert (repo.repo, repo.commit, repo.is_gated, repo.author) == ("fern-lab/moss-xl", COMMIT, False, "fern-lab")
    assert (repo.licences, repo.base_models, repo.base_relation) == (("openrail++",), ("fern-lab/base",), "finetune")
    assert (repo.pipeline_class, repo.trigger) == ("StableDiffusionXLPipeline", ("moss style",))
    assert repo.is_marked_nsfw
    assert [(file.path, file.size_bytes, file.sha256) for file in repo.files] == [
        ("README.md", 900, None),
        ("moss.safetensors", 6_900_000_000, SHA),
    ]


async def test_a_text_repository_tells_parameters_template_and_that_it_is_gated() -> None:
    repo = await hub(lambda _: answered(TEXT_REPO)).repo_card("fern-lab/Moss-7B")
    assert (repo.parameters, repo.chat_template, repo.is_gated) == (7_241_732_096, "[INST]", True)
    assert (repo.architectures, repo.base_models) == (("MistralForCausalLM",), ("fern-lab/Base-7B",))


@pytest.mark.parametrize(
    "change",
    [{"config": {"quantization_config": {"bits": 4}}}, {"safetensors": {"parameters": {"I32": 5}, "total": 5}}],
)
def test_packed_weights_tell_no_parameter_count(change: dict[str, Any]) -> None:
    assert huggingface.parse_repo({**TEXT_REPO, **change}, "x/y").parameters is None


async def test_one_file_is_asked_for_by_its_path() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.content == b"paths=old%2Fmoss+v1.ckpt&expand=true"
        entry = {"type": "file", "path": "old/moss v1.ckpt", "size": 5, "lfs": {"oid": SHA, "size": 5}}
        return answered([entry | {"securityFileStatus": {"status": "unsafe"}}])

    file = await hub(answer).file("fern-lab/moss-xl", "main", "old/moss v1.ckpt")
    assert file == huggingface.HubFile("old/moss v1.ckpt", 5, SHA, is_unsafe=True)
    assert await hub(lambda _: answered([])).file("fern-lab/moss-xl", "main", "gone.safetensors") is None


@pytest.mark.parametrize(
    ("config", "tokens"),
    [
        ({"max_position_embeddings": 32768}, 32768),
        ({"max_position_embeddings": 32768, "seq_length": 8192}, 8192),
        ({"text_config": {"max_position_embeddings": 131072}}, 131072),
        (
            {
                "max_position_embeddings": 32768,
                "rope_scaling": {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32768},
            },
            131072,
        ),
        ({"max_position_embeddings": "many"}, None),
        ({"rope_scaling": {"type": "yarn", "factor": 1e300, "original_max_position_embeddings": 1}}, None),
        ({}, None),
    ],
)
async def test_the_context_window_is_read_from_the_configuration(config: dict[str, Any], tokens: int | None) -> None:
    assert await hub(lambda _: answered(config)).context_window("fern-lab/Moss-7B") == tokens


async def test_a_version_is_read_with_its_files() -> None:
    version = await civ(lambda _: answered(VERSION)).version(9330)
    assert (version.version_id, version.model_id, version.name, version.base_model) == (9330, 4821, "v3", "SDXL 1.0")
    assert (version.trained_words, version.model_name, version.model_kind) == (
        ("moss", "green light"),
        "Moss XL",
        "Checkpoint",
    )
    [file] = version.files
    assert (file.file_id, file.size_bytes, file.is_size_exact, file.sha256) == (77, 6_900_000_000, True, SHA)
    assert (file.file_format, file.extent, file.precision, file.is_primary) == ("SafeTensor", "pruned", "fp16", True)
    assert file.is_weights
    assert not file.is_unsafe


async def test_a_model_is_read_with_its_versions() -> None:
    model = await civ(lambda _: answered(MODEL)).model(4821)
    assert (model.name, model.kind, model.tags) == ("Moss XL", "Checkpoint", ("anime", "style"))
    assert (model.is_nsfw, model.nsfw_level, model.commercial_use) == (True, 15, ("Image", "RentCivit"))
    [version] = model.versions
    assert (version.version_id, version.model_id, version.model_name, len(version.files)) == (9330, 4821, "Moss XL", 1)


async def test_a_version_is_found_by_a_files_sha256() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == f"/api/v1/model-versions/by-hash/{SHA}"
        return answered(VERSION)

    found = await civ(answer).by_hash(SHA)
    assert found is not None
    assert found.model_id == 4821
    assert await civ(lambda _: answered({"error": "Model not found"}, 404)).by_hash(SHA) is None


async def test_the_short_answer_tells_if_a_download_needs_a_login() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.raw_path == b"/api/v1/model-versions/mini/9330?modelFileId=77"
        return answered({"requireAuth": True})

    assert await civ(answer).needs_login(9330, 77) is True
    assert await civ(lambda _: answered({"requireAuth": "yes"})).needs_login(9330, None) is None


@pytest.mark.parametrize(
    ("kilobytes", "size", "is_exact"),
    [(6775430.353515625, 6938040682, True), (6775430.35, 6938040678, False), (0, None, False), ("7", None, False)],
)
def test_a_rounded_size_is_no_exact_size(kilobytes: Any, size: int | None, is_exact: bool) -> None:  # noqa: FBT001
    file = civitai.parse_file({"id": 1, "sizeKB": kilobytes})
    assert file is not None
    assert (file.size_bytes, file.is_size_exact) == (size, is_exact)


async def test_a_file_that_is_not_scanned_yet_has_no_sha256() -> None:
    [file] = civitai.parse_version(
        {**VERSION, "files": [{**FILE, "hashes": {}, "pickleScanResult": "Pending"}]}, 1
    ).files
    assert file.sha256 is None


@pytest.mark.parametrize("body", [[], "text", 3, None])
async def test_an_answer_of_another_shape_is_unreadable(body: Any) -> None:
    for reading in (
        hub(lambda _: answered(body)).repo("a/b"),
        civ(lambda _: answered(body)).model(1),
        civ(lambda _: answered(body)).version(1),
    ):
        with pytest.raises(HostError) as caught:
            await reading
        assert caught.value.problem is HostProblem.UNREADABLE


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def broken(answer: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An answer in which some fields are missing and some have any value."""

    def part(value: Any) -> st.SearchStrategy[Any]:
        if isinstance(value, dict):
            return JSON | st.fixed_dictionaries({}, optional={key: part(inner) for key, inner in value.items()})
        if isinstance(value, list):
            return JSON | st.lists(part(value[0]), max_size=3)
        return st.just(value) | JSON

    return st.fixed_dictionaries({}, optional={key: part(inner) for key, inner in answer.items()})


@given(broken({**REPO, **TEXT_REPO, "gguf": {"total": 1, "context_length": 8192, "chat_template": "x"}}))
def test_no_value_of_a_repository_breaks_its_reading(answer: dict[str, Any]) -> None:
    repo = huggingface.parse_repo(answer, "fern-lab/moss")
    assert repo.repo
    assert all(len(file.sha256 or SHA) == 64 for file in repo.files)


@given(broken(MODEL), broken(VERSION))
def test_no_value_of_a_model_breaks_its_reading(model: dict[str, Any], version: dict[str, Any]) -> None:
    civitai.parse_model(model, 1)
    assert civitai.parse_version(version, 7).version_id > 0
