"""The generations of the service and how they differ: the one place that tells them apart."""

from dataclasses import dataclass

from bot.reference.document import ServiceDocument
from bot.reference.routes import RouteRegistry, registry_2, registry_3, registry_4, registry_8, v2_prefix

_FRAMEWORKS_OWN = "0.1.0"
"""What the framework writes as version where nobody set one: up to 3.0.0."""

_QUEUE_PATH = f"{v2_prefix}/pending_queue/changes"
_MY_CHANGES_PATH = f"{v2_prefix}/pending_queue/my_changes"
_LICENSES_PATH = f"{v2_prefix}/licensing/licenses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """What one generation of the service has, and how it behaves where the others do otherwise.

    Attributes:
        number: The first major version that behaves so.
        routes: Where everything is; what is not registered does not exist there.
        has_queue: Whether proposals wait for a review; without it nothing is ever written.
        conceals_roles: Whether a missing role is answered like a bad key (401), and the queue is shown to
            approvers alone.
        names_record_types: Whether the generic write routes must be told of which kind a record is: they guess
            it from the fields otherwise.
        converts_legacy: Whether a legacy deployment can be read in v2's words too, right from its start.
        writes_v2_beside_legacy: Whether a legacy deployment takes the categories that have no legacy form.
    """

    number: int
    routes: RouteRegistry
    has_queue: bool = True
    conceals_roles: bool = False
    names_record_types: bool = False
    converts_legacy: bool = False
    writes_v2_beside_legacy: bool = False


def generation_2() -> Generation:
    """Before the queue: writes take effect at once there (seen on 2.1.5)."""
    return Generation(number=2, routes=registry_2(), has_queue=False)


def generation_3() -> Generation:
    """The first with a queue (seen on 3.0.0)."""
    return Generation(number=3, routes=registry_3(), conceals_roles=True, names_record_types=True)


def generation_4() -> Generation:
    """Typed routes, roles told apart, one's own changes (seen on 4.1.0)."""
    return Generation(number=4, routes=registry_4())


def generation_8() -> Generation:
    """Baselines and licences of their own (seen on 8.6.2)."""
    return Generation(number=8, routes=registry_8(), converts_legacy=True, writes_v2_beside_legacy=True)


NEWEST = generation_8
"""What a service is taken for that does not tell."""


def generation_of(document: ServiceDocument) -> Generation:
    """Tell the generation by the paths that a service has; by its version where it lists none."""
    if not document.paths:
        return _by_version(document.version)
    if _QUEUE_PATH not in document.paths:
        return generation_2()
    if _MY_CHANGES_PATH not in document.paths:
        return generation_3()
    return generation_8() if _LICENSES_PATH in document.paths else generation_4()


def version_told(document: ServiceDocument) -> str:
    """Give the service's version, ``8.6.2``; of one that does not tell as much as its paths do, ``3.x``."""
    if document.version != _FRAMEWORKS_OWN:
        return document.version
    return f"{generation_of(document).number}.x"


def _by_version(version: str) -> Generation:
    major = version.partition(".")[0]
    if not major.isdecimal() or major == "0":  # the framework's own version tells nothing
        return NEWEST()
    known = (generation_8, generation_4, generation_3, generation_2)
    return next((build() for build in known if build().number <= int(major)), generation_2())
