"""What the deployment in front of us is, which dialect it takes, and which writes it refuses."""

from dataclasses import dataclass

from bot.reference.errors import ReadOnlyError, RefusalKind, no_queue
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
"""The ten categories that both dialects can write."""

V2_ONLY_CATEGORIES: frozenset[str] = frozenset(
    {"controlnet_annotator", "video_generation", "audio_generation", "lora", "ti"}
)
"""Categories without a legacy form: always written through v2, also on a legacy deployment (8.6.2)."""

CATEGORIES: tuple[str, ...] = (
    *LEGACY_CATEGORIES,
    "controlnet_annotator",
    "video_generation",
    "audio_generation",
    "lora",
    "ti",
)
"""All fifteen categories, those that people propose most first."""

_REPLICA = "This instance is in REPLICA mode and does not support write operations. "
_REPLICA_DATA = _REPLICA + "Only PRIMARY instances can modify data."
_REPLICA_QUEUE = _REPLICA + "Only PRIMARY instances can queue model changes."
_LEGACY_WRITES = (
    "This instance cannot process legacy writes. "
    "PRIMARY deployments with legacy canonical format must enable legacy write support."
)


@dataclass(frozen=True, slots=True)
class Deployment:
    """What ``/replicate_mode`` says, and the service's version where its document tells it.

    Attributes:
        mode: Owner of the reference, or a copy.
        canonical_format: A ``CanonicalFormat``, or the service's word when this client does not know it.
        writable: Whether it says it takes writes.
        version: For example ``8.6.2``; None when unknown.
        has_queue: Whether proposals wait for a review at all; not so before 3.0.0.
        categories: Those in which a model can be proposed; older services have fewer.
    """

    mode: ReplicateMode
    canonical_format: CanonicalFormat | str
    writable: bool
    version: str | None = None
    has_queue: bool = True
    categories: tuple[str, ...] = CATEGORIES

    @property
    def takes_writes(self) -> bool:
        """Whether any write can get through."""
        return self.mode is ReplicateMode.PRIMARY and self.writable and self.has_queue

    def dialect_for(self, category: str) -> CanonicalFormat:
        """Name the dialect in which records of this category are read and written here.

        Raises:
            ReadOnlyError: The deployment's format is one this client does not speak.
        """
        if category in V2_ONLY_CATEGORIES:
            return CanonicalFormat.V2
        if not isinstance(self.canonical_format, CanonicalFormat):
            raise _refusal(_unknown_format(self.canonical_format), "format")
        return self.canonical_format


def assert_canonical_write_enabled(
    canonical_format: CanonicalFormat,
    *,
    deployment: Deployment,
    category: str | None = None,
) -> None:
    """Refuse a write through this dialect's routes where the service would, in its words.

    A category without a legacy form is exempt from the format rule of v2.

    Raises:
        ReadOnlyError: A replica, or the other format is canonical here.
    """
    if not deployment.has_queue:
        raise no_queue()
    if not deployment.takes_writes:
        raise _refusal(_REPLICA_DATA if canonical_format is CanonicalFormat.V2 else _LEGACY_WRITES, "replica")
    if canonical_format is CanonicalFormat.V2 and category in V2_ONLY_CATEGORIES:
        return
    if deployment.canonical_format != canonical_format:
        raise _refusal(
            "This deployment does not expose write operations for this API. "
            f"Expected canonical_format='{canonical_format}', got '{deployment.canonical_format}'.",
            "format",
        )


def assert_pending_queue_write_enabled(deployment: Deployment) -> None:
    """Refuse queue decisions where the service would, in its words.

    Raises:
        ReadOnlyError: A replica, or a canonical format that has no queue.
    """
    if not deployment.has_queue:
        raise no_queue()
    match deployment.canonical_format:
        case CanonicalFormat.V2:
            text = _REPLICA_QUEUE
        case CanonicalFormat.LEGACY:
            text = _LEGACY_WRITES
        case other:
            raise _refusal(_unknown_format(other), "format")
    if not deployment.takes_writes:
        raise _refusal(text, "replica")


def _unknown_format(canonical_format: str) -> str:
    return (
        "Pending queue writes are not available for the configured canonical format. "
        f"canonical_format='{canonical_format}'"
    )


def _refusal(text: str, kind: RefusalKind) -> ReadOnlyError:
    return ReadOnlyError(text, kind=kind)
