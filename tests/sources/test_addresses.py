import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.addresses import (
    AddressError,
    AddressProblem,
    CivitaiAddress,
    HuggingFaceAddress,
    find_address,
    parse_address,
)

REPO = HuggingFaceAddress("fern-lab/Moss_v2.1")
FILE = HuggingFaceAddress("fern-lab/Moss_v2.1", "main", "moss v2.safetensors")
TRAITS = CivitaiAddress(None, 9330, None, ("Model", "SafeTensor", "pruned", "fp16"))
SECRET = "civitai-secret-9d1f"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://huggingface.co/fern-lab/Moss_v2.1", REPO),
        ("HTTP://HuggingFace.co/fern-lab/Moss_v2.1/", REPO),
        ("huggingface.co/fern-lab/Moss_v2.1?library=diffusers#files", REPO),
        ("www.huggingface.co/fern-lab/Moss_v2.1", REPO),
        ("https://hf.co/fern-lab/Moss_v2.1:Q4_K_M", REPO),
        ("https://huggingface.co./fern-lab/Moss_v2.1", REPO),
        ("ollama run hf.co/fern-lab/Moss_v2.1:Q4_K_M", REPO),
        ("fern-lab/Moss_v2.1", REPO),
        (" fern-lab/Moss_v2.1:Q5_K_S ", REPO),
        ("hf://fern-lab/Moss_v2.1", REPO),
        ("hf://fern-lab/Moss_v2.1@main/moss%20v2.safetensors", FILE),
        ("https://huggingface.co/fern-lab/Moss_v2.1/commits/main", REPO),
        ("https://huggingface.co/fern-lab/Moss_v2.1/discussions/4", REPO),
        ("https://huggingface.co/fern-lab/Moss_v2.1/blob/main/moss%20v2.safetensors", FILE),
        ("https://huggingface.co/fern-lab/Moss_v2.1/resolve/main/moss%20v2.safetensors?download=true", FILE),
        ("<https://huggingface.co/fern-lab/Moss_v2.1/raw/main/moss%20v2.safetensors>", FILE),
        ("https://huggingface.co/fern-lab/Moss_v2.1/tree/main?show_file_info=moss+v2.safetensors", FILE),
        (
            "https://huggingface.co/fern-lab/Moss_v2.1/tree/main/old",
            HuggingFaceAddress("fern-lab/Moss_v2.1", "main"),
        ),
        (
            "https://huggingface.co/fern-lab/Moss_v2.1/blob/refs%2Fpr%2F7/a/b.gguf",
            HuggingFaceAddress("fern-lab/Moss_v2.1", "refs/pr/7", "a/b.gguf"),
        ),
        (
            "https://huggingface.co/fern-lab/Moss_v2.1/blob/refs/pr/7/b.gguf",
            HuggingFaceAddress("fern-lab/Moss_v2.1", "refs/pr/7", "b.gguf"),
        ),
        ("https://huggingface.co/gpt2", HuggingFaceAddress("gpt2")),
        ("[the page](https://huggingface.co/fern-lab/Moss_v2.1) looks good", REPO),
        ("Look at **https://huggingface.co/fern-lab/Moss_v2.1**, please.", REPO),
        ("(https://huggingface.co/fern-lab/Moss_v2.1)", REPO),
        ("`https://huggingface.co/fern-lab/Moss_v2.1`", REPO),
        ("link:https://huggingface.co/fern-lab/Moss_v2.1", REPO),
        ("https://civitai.com/models/4821", CivitaiAddress(4821)),
        ("https://civitai.com/models/4821/moss-xl?modelVersionId=9330", CivitaiAddress(4821, 9330)),
        ("civitai.red/models/4821", CivitaiAddress(4821)),
        ("https://www.civitai.green/models/4821", CivitaiAddress(4821)),
        (f"https://civitai.com/api/download/models/9330?token={SECRET}", CivitaiAddress(None, 9330)),
        (f"https://civitai.com/api/download/models/9330?fileId=77&token={SECRET}", CivitaiAddress(None, 9330, 77)),
        (
            f"https://civitai.com/api/download/models/9330?type=Model&format=SafeTensor&size=pruned&fp=fp16&token={SECRET}",
            TRAITS,
        ),
        ("https://civitai.com/api/download/models/9330?type=a%0Ab&format=SafeTensor", CivitaiAddress(None, 9330)),
        ("https://civitai.com/api/v1/models/4821", CivitaiAddress(4821)),
        ("https://civitai.com/api/v1/model-versions/9330", CivitaiAddress(None, 9330)),
        ("https://civitai.com/model-versions/9330", CivitaiAddress(None, 9330)),
        ("urn:air:sdxl:checkpoint:civitai:4821@9330", CivitaiAddress(4821, 9330)),
        ("sdxl:checkpoint:civitai:4821@9330+77", CivitaiAddress(4821, 9330, 77)),
    ],
)
def test_every_form_that_people_paste_becomes_ids(text: str, address: object) -> None:
    assert parse_address(text) == address
    assert find_address(text) is not None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", AddressProblem.NO_LINK),
        ("just words, and/or more", AddressProblem.NO_LINK),
        ("https://hf-mirror.com/fern-lab/Moss", AddressProblem.OTHER_HOST),
        ("https://huggingface.co.evil.example/fern-lab/Moss", AddressProblem.OTHER_HOST),
        ("https://evilhuggingface.co/fern-lab/Moss", AddressProblem.OTHER_HOST),
        ("https://evil.example/?u=https://huggingface.co/fern-lab/Moss", AddressProblem.OTHER_HOST),
        ("https://evil.example/huggingface.co/fern-lab/Moss", AddressProblem.OTHER_HOST),
        ("https://xn--huggngface-c6a.co/fern-lab/Moss", AddressProblem.OTHER_HOST),
        ("https://hugg\u0131ngface.co/fern-lab/Moss", AddressProblem.OTHER_HOST),
        ("http://169.254.169.254/latest/meta-data", AddressProblem.OTHER_HOST),
        ("file://huggingface.co/etc/passwd", AddressProblem.NO_LINK),
        ("https://user:pw@huggingface.co/fern-lab/Moss", AddressProblem.NOT_A_MODEL),
        ("https://huggingface.co@evil.example/fern-lab/Moss", AddressProblem.OTHER_HOST),
        ("https://huggingface.co:8443/fern-lab/Moss", AddressProblem.NOT_A_MODEL),
        ("https://huggingface.co/fern-lab/../api/whoami", AddressProblem.NOT_A_MODEL),
        ("https://huggingface.co/fern-lab/%2e%2e/x", AddressProblem.NOT_A_MODEL),
        ("https://huggingface.co/fern-lab/Moss/blob/main/..%2f..%2fx", AddressProblem.NOT_A_MODEL),
        ("https://huggingface.co/fern-lab/Moss/blob/main/a%00b", AddressProblem.NOT_A_MODEL),
        ("https://huggingface.co/fern-lab/Moss/blob/main/%ff", AddressProblem.NOT_A_MODEL),
        ("https://huggingface.co/fern-lab/" + "x" * 97, AddressProblem.NOT_A_MODEL),
        ("https://huggingface.co/datasets/fern-lab/Moss", AddressProblem.NOT_A_MODEL),
        ("https://huggingface.co/spaces/fern-lab/Moss", AddressProblem.NOT_A_MODEL),
        ("https://huggingface.co/docs/hub", AddressProblem.NOT_A_MODEL),
        ("https://huggingface.co/settings/tokens", AddressProblem.NOT_A_MODEL),
        ("https://huggingface.co/models?search=moss", AddressProblem.NOT_A_MODEL),
        ("https://huggingface.co/", AddressProblem.NOT_A_MODEL),
        ("hf://datasets/fern-lab/Moss", AddressProblem.NOT_A_MODEL),
        ("https://civitai.com/images/4821", AddressProblem.NOT_A_MODEL),
        ("https://civitai.com/user/moss", AddressProblem.NOT_A_MODEL),
        ("https://civitai.com/models/2147483648", AddressProblem.NOT_A_MODEL),
        ("https://civitai.com/models/0", AddressProblem.NOT_A_MODEL),
        ("https://civitai.com/models/4821x", AddressProblem.NOT_A_MODEL),
        ("https://civitai.com/models/٤٨٢١", AddressProblem.NOT_A_MODEL),
        (f"https://civitai.com/models/4821?{'&' * 60}", AddressProblem.NOT_A_MODEL),
        (f"https://huggingface.co/fern-lab/Moss?{'a=1&' * 60}", AddressProblem.NOT_A_MODEL),
    ],
)
def test_what_is_no_model_of_a_known_host_is_refused_with_its_reason(text: str, problem: AddressProblem) -> None:
    with pytest.raises(AddressError) as caught:
        parse_address(text)
    assert caught.value.problem is problem
    assert find_address(text) is None


@pytest.mark.parametrize(
    "text",
    [
        f"https://civitai.com/api/download/models/9330?token={SECRET}",
        f"https://civitai.com/models/4821?token={SECRET}",
        f"https://civitai.com/images/1?token={SECRET}",
        f"https://other.example/?token={SECRET}",
        f"https://{SECRET}@civitai.com/models/1",
    ],
)
def test_a_token_in_a_link_is_kept_nowhere(text: str) -> None:
    try:
        found: object = parse_address(text)
        shown = f"{found!r} {parse_address(text).page}"
    except AddressError as error:
        shown = f"{error!r} {error} {vars(error)}"
    assert SECRET not in shown


def test_the_first_link_of_a_message_counts() -> None:
    text = "From https://example.org, see https://civitai.com/models/4821 and https://huggingface.co/fern-lab/Moss"
    assert parse_address(text) == CivitaiAddress(4821)


@pytest.mark.parametrize(
    "address", [REPO, FILE, CivitaiAddress(4821), CivitaiAddress(4821, 9330), CivitaiAddress(None, 9330, 7), TRAITS]
)
def test_the_page_of_an_address_names_the_same_model(address: HuggingFaceAddress | CivitaiAddress) -> None:
    assert parse_address(address.page) == address


PARAMETERS = st.integers(0, 99).map(lambda count: f"https://civitai.com/models/4821?{'x=1&' * count}")


@given(st.text(max_size=300) | PARAMETERS | st.text(alphabet="htps:/.@%2e#?[]()<>huginface.coctv ", max_size=300))
def test_any_text_is_parsed_or_refused_and_leads_to_the_known_hosts_alone(text: str) -> None:
    try:
        page = parse_address(text).page
    except AddressError:
        return
    assert page.startswith(("https://huggingface.co/", "https://civitai.com/"))
    assert "/../" not in page
