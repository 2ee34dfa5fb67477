"""Civitai: models, versions and files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.sources.addresses import CivitaiAddress
from bot.sources.host_client import HostClient, HostError, HostProblem, HostRequest
from bot.sources.values import mapping, objects, sha256, text, texts, whole

VERSIONS_MAX: Final = 200
FILES_MAX: Final = 60

_WEIGHTS = frozenset({"Model", "Pruned Model", "Diffusion Model", "UNet"})
_UNSAFE = frozenset({"Danger"})


@dataclass(frozen=True, slots=True)
class CivitaiFile:
    """A file of a version.

    Attributes:
        name: a display name; files of one version may share it.
        size_bytes: ``None`` if unknown; exact only with ``is_size_exact``.
        sha256: lower case, ``None`` until Civitai has scanned the file.
    """

    file_id: int
    name: str = ""
    kind: str = ""
    file_format: str = ""
    extent: str = ""
    precision: str = ""
    size_bytes: int | None = None
    is_size_exact: bool = False
    sha256: str | None = None
    is_primary: bool = False
    is_unsafe: bool = False

    @property
    def is_weights(self) -> bool:
        """Return whether it is the model itself and not an addition such as a VAE."""
        return self.kind in _WEIGHTS or not self.kind

    def fits(self, traits: tuple[str, ...]) -> bool:
        """Return whether it has the type, format, size and precision that an address names."""
        own = (self.kind, self.file_format, self.extent, self.precision)
        return all(wanted.lower() in ("", part.lower()) for wanted, part in zip(traits, own, strict=False))


@dataclass(frozen=True, slots=True)
class CivitaiVersion:
    """A version of a model.

    Attributes:
        base_kind: ``Standard``, ``Inpainting``, ``Refiner`` or ``Pix2Pix``.
        early_access_until: ISO time, empty without early access.
        nsfw_level: sum of 1, 2, 4 (R), 8 (X), 16 (XXX) and 32.
        mode: ``Archived`` or ``TakenDown``, else empty.
    """

    version_id: int
    model_id: int | None = None
    name: str = ""
    base_model: str = ""
    base_kind: str = ""
    availability: str = ""
    early_access_until: str = ""
    usage: str = ""
    trained_words: tuple[str, ...] = ()
    nsfw_level: int = 0
    files: tuple[CivitaiFile, ...] = ()
    model_name: str = ""
    model_kind: str = ""
    is_model_nsfw: bool = False
    mode: str = ""

    @property
    def is_early_access(self) -> bool:
        """Return whether only supporters can download it now."""
        return self.availability == "EarlyAccess" or bool(self.early_access_until)

    @property
    def is_download_off(self) -> bool:
        """Return whether its uploader lets it be used on Civitai only."""
        return self.usage not in ("", "Download")

    def file_of(self, address: CivitaiAddress) -> CivitaiFile | None:
        """Return the file that an address names, None if it names none or several."""
        if address.file_id is not None:
            return next((file for file in self.files if file.file_id == address.file_id), None)
        weights = [file for file in self.files if file.is_weights and file.fits(address.traits)]
        return weights[0] if len(weights) == 1 else None


@dataclass(frozen=True, slots=True)
class CivitaiModel:
    """A model's page, published versions newest first; absent switches are None."""

    model_id: int
    name: str = ""
    kind: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    is_nsfw: bool = False
    nsfw_level: int = 0
    is_minor: bool = False
    is_person: bool = False
    mode: str = ""
    commercial_use: tuple[str, ...] = ()
    needs_credit: bool | None = None
    allows_derivatives: bool | None = None
    versions: tuple[CivitaiVersion, ...] = ()


class Civitai:
    """Reads of Civitai's public API.

    Every method raises ``HostError`` if the host gives no usable answer.
    """

    def __init__(self, client: HostClient) -> None:
        self._client = client

    async def model(self, model_id: int) -> CivitaiModel:
        """Read a model with its versions."""
        return parse_model(await self._object(f"/api/v1/models/{model_id}"), model_id)

    async def version(self, version_id: int) -> CivitaiVersion:
        """Read a version with its files."""
        return parse_version(await self._object(f"/api/v1/model-versions/{version_id}"), version_id)

    async def by_hash(self, sha256_hex: str) -> CivitaiVersion | None:
        """Find the oldest version with a file of this sha256, ``None`` if there is none."""
        try:
            answer = await self._object(f"/api/v1/model-versions/by-hash/{sha256_hex}")
        except HostError as error:
            if error.problem is HostProblem.MISSING:
                return None
            raise
        version_id = whole(answer.get("id"))
        return None if not version_id else parse_version(answer, version_id)

    async def needs_login(self, version_id: int, file_id: int | None) -> bool | None:
        """Return whether a download needs an account, ``None`` if Civitai does not say."""
        params = () if file_id is None else (("modelFileId", str(file_id)),)
        answer = await self._object(f"/api/v1/model-versions/mini/{version_id}", params)
        needed = answer.get("requireAuth")
        return needed if isinstance(needed, bool) else None

    async def _object(self, path: str, params: tuple[tuple[str, str], ...] = ()) -> Mapping[str, Any]:
        answer = await self._client.read_json(HostRequest(path, params))
        if not isinstance(answer, dict):
            raise HostError(self._client.name, HostProblem.UNREADABLE)
        return answer


def parse_model(answer: Mapping[str, Any], requested: int) -> CivitaiModel:
    """Parse a model's answer; its versions get the model's name and type."""
    model_id = whole(answer.get("id")) or requested
    return CivitaiModel(
        model_id=model_id,
        name=text(answer.get("name"), 300),
        kind=text(answer.get("type"), 60),
        description=text(answer.get("description"), 20_000),
        tags=texts(answer.get("tags"), 60),
        is_nsfw=answer.get("nsfw") is True,
        nsfw_level=whole(answer.get("nsfwLevel")) or 0,
        is_minor=answer.get("minor") is True,
        is_person=answer.get("poi") is True,
        mode=text(answer.get("mode"), 40),
        commercial_use=_switches(answer.get("allowCommercialUse")),
        needs_credit=None if (free := _switch(answer.get("allowNoCredit"))) is None else not free,
        allows_derivatives=_switch(answer.get("allowDerivatives")),
        versions=tuple(
            parse_version({**each, "modelId": model_id, "model": answer}, version_id)
            for each in objects(answer.get("modelVersions"), VERSIONS_MAX)
            if (version_id := whole(each.get("id")))
        ),
    )


def parse_version(answer: Mapping[str, Any], requested: int) -> CivitaiVersion:
    """Parse a version's answer."""
    model = mapping(answer.get("model"))
    files = (parse_file(each) for each in objects(answer.get("files"), FILES_MAX))
    return CivitaiVersion(
        version_id=whole(answer.get("id")) or requested,
        model_id=whole(answer.get("modelId")) or None,
        name=text(answer.get("name"), 100),
        base_model=text(answer.get("baseModel"), 60),
        base_kind=text(answer.get("baseModelType"), 40),
        availability=text(answer.get("availability"), 40),
        early_access_until=text(answer.get("earlyAccessEndsAt"), 40),
        usage=text(answer.get("usageControl"), 40),
        trained_words=texts(answer.get("trainedWords"), 300),
        nsfw_level=whole(answer.get("nsfwLevel")) or 0,
        files=tuple(each for each in files if each is not None),
        model_name=text(model.get("name"), 300),
        model_kind=text(model.get("type"), 60),
        is_model_nsfw=model.get("nsfw") is True,
        mode=text(model.get("mode"), 40),
    )


def parse_file(answer: Mapping[str, Any]) -> CivitaiFile | None:
    """Parse a file, ``None`` without an id."""
    file_id = whole(answer.get("id"))
    if not file_id:
        return None
    details, kilobytes = mapping(answer.get("metadata")), answer.get("sizeKB")
    size, is_exact = _bytes(kilobytes)
    return CivitaiFile(
        file_id=file_id,
        name=text(answer.get("name"), 300),
        kind=text(answer.get("type"), 40),
        file_format=text(details.get("format"), 40),
        extent=text(details.get("size"), 40),
        precision=text(details.get("fp") or details.get("quantType"), 40),
        size_bytes=size,
        is_size_exact=is_exact,
        sha256=sha256(mapping(answer.get("hashes")).get("SHA256")),
        is_primary=answer.get("primary") is True,
        is_unsafe=any(text(answer.get(scan)) in _UNSAFE for scan in ("pickleScanResult", "virusScanResult")),
    )


def _bytes(kilobytes: Any) -> tuple[int | None, bool]:
    """Return bytes from ``sizeKB``, which is exact if it was not rounded."""
    if isinstance(kilobytes, bool) or not isinstance(kilobytes, int | float):
        return None, False
    exact = whole(kilobytes * 1024)
    if exact is not None:
        return exact or None, exact > 0
    rounded = whole(round(kilobytes * 1024)) if -(2**43) < kilobytes < 2**43 else None
    return rounded or None, False


def _switch(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _switches(value: Any) -> tuple[str, ...]:
    """Return a list that comes as JSON or as the text ``{Image,RentCivit}``."""
    if isinstance(value, str):
        value = value.strip("{}").split(",")
    return texts(value, 40)
