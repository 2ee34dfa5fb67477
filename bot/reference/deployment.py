"""Deployment of the service: its mode, its dialect, and the writes it refuses; pure."""

from dataclasses import dataclass

from pydantic import BaseModel, TypeAdapter

from bot.reference.errors import ReadOnlyError, no_queue_error
from bot.reference.models import CanonicalFormat, ReplicateMode

LEGACY_CATEGORIES: tuple[str, ...] = (
    "image_generation",
    "text_generation",
    "controlnet",
    "clip",
    "blip",
    "codeformer",
    "esrgan",
    "gfpgan",
    "safety_checker",
    "miscellaneous",
)
"""The ten categories that exist in both dialects."""

_V2_ONLY = ("controlnet_annotator", "video_generation", "audio_generation", "lora", "ti")
V2_ONLY_CATEGORIES: frozenset[str] = frozenset(_V2_ONLY)
"""Categories without a legacy form: written through v2 on a legacy deployment too (8.6.2)."""

CATEGORIES: tuple[str, ...] = (*LEGACY_CATEGORIES, *_V2_ONLY)
"""All fifteen categories, the most proposed first."""

_REPLICA = "This instance is in REPLICA mode and does not support write operations. "
_REPLICA_DATA = _REPLICA + "Only PRIMARY instances can modify data."
_REPLICA_QUEUE = _REPLICA + "Only PRIMARY instances can queue model changes."
_LEGACY_WRITES = (
    "This instance cannot process legacy writes. "
    "PRIMARY deployments with legacy canonical format must enable legacy write support."
)


@dataclass(frozen=True, slots=True)
class Deployment:
    """A running deployment, from ``/replicate_mode`` and the service's OpenAPI document.

    Attributes:
        mode: primary (owner of the reference) or replica (copy).
        canonical_format: the service's own word when this client does not know it.
        writable: the deployment says that it takes writes.
        version: for example ``8.6.2``; None when unknown.
        has_queue: proposals wait for a review; false before 3.0.0.
        categories: those in which a model can be proposed; older services have fewer.
    """

    mode: ReplicateMode
    canonical_format: CanonicalFormat | str
    writable: bool
    version: str | None = None
    has_queue: bool = True
    categories: tuple[str, ...] = CATEGORIES

    @property
    def takes_writes(self) -> bool:
        """True if the deployment takes any write."""
        return self.mode is ReplicateMode.PRIMARY and self.writable and self.has_queue

    def dialect_for(self, category: str) -> CanonicalFormat:
        """Return the dialect in which this deployment reads and writes records of a category.

        Raises:
            ReadOnlyError: the deployment's format is unknown to this client.
        """
        if category in V2_ONLY_CATEGORIES:
            return CanonicalFormat.V2
        if not isinstance(self.canonical_format, CanonicalFormat):
            raise ReadOnlyError(_unknown_format(self.canonical_format), kind="format")
        return self.canonical_format


class _ReplicateMode(BaseModel):
    replicate_mode: ReplicateMode
    canonical_format: str
    writable: bool


_MODE_REPLY: TypeAdapter[ReplicateMode | _ReplicateMode] = TypeAdapter(ReplicateMode | _ReplicateMode)


def read_deployment(body: bytes | str) -> Deployment:
    """Parse the JSON of ``/replicate_mode``: an object, or before the queue only the mode.

    Raises:
        ValueError: neither.
    """
    found = _MODE_REPLY.validate_json(body)
    if isinstance(found, ReplicateMode):
        return Deployment(mode=found, canonical_format=CanonicalFormat.V2, writable=False, has_queue=False)
    folded = found.canonical_format.lower()  # 3.0.0 says LEGACY
    return Deployment(
        mode=found.replicate_mode,
        canonical_format=CanonicalFormat(folded) if folded in set(CanonicalFormat) else found.canonical_format,
        writable=found.writable,
    )


def assert_canonical_write_enabled(
    canonical_format: CanonicalFormat,
    *,
    deployment: Deployment,
    category: str | None = None,
) -> None:
    """Refuse a write through this dialect's routes where the service would, with its text.

    A category without a legacy form is exempt from the format rule of v2.

    Raises:
        ReadOnlyError: a replica, or a deployment with another canonical format.
    """
    if not deployment.has_queue:
        raise no_queue_error()
    if not deployment.takes_writes:
        text = _REPLICA_DATA if canonical_format is CanonicalFormat.V2 else _LEGACY_WRITES
        raise ReadOnlyError(text, kind="replica")
    if canonical_format is CanonicalFormat.V2 and category in V2_ONLY_CATEGORIES:
        return
    if deployment.canonical_format != canonical_format:
        raise ReadOnlyError(
            "This deployment does not expose write operations for this API. "
            f"Expected canonical_format='{canonical_format}', got '{deployment.canonical_format}'.",
            kind="format",
        )


def assert_pending_queue_write_enabled(deployment: Deployment) -> None:
    """Refuse queue decisions where the service would, with its text.

    Raises:
        ReadOnlyError: a replica, or a canonical format without a queue.
    """
    if not deployment.has_queue:
        raise no_queue_error()
    match deployment.canonical_format:
        case CanonicalFormat.V2:
            text = _REPLICA_QUEUE
        case CanonicalFormat.LEGACY:
            text = _LEGACY_WRITES
        case other:
            raise ReadOnlyError(_unknown_format(other), kind="format")
    if not deployment.takes_writes:
        raise ReadOnlyError(text, kind="replica")


def _unknown_format(canonical_format: str) -> str:
    return (
        "Pending queue writes are not available for the configured canonical format. "
        f"canonical_format='{canonical_format}'"
    )
