"""Minimal environment of the real service for each deployment, without network."""

import json
import os
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path


class Mode(StrEnum):
    """Deployment of the service."""

    V2 = "v2"
    LEGACY = "legacy"
    REPLICA = "replica"


def service_environment(
    folder: Path,
    ai_horde_url: str,
    mode: Mode,
    *,
    requestor_ids: Sequence[str],
    approver_ids: Sequence[str],
) -> dict[str, str]:
    """Return a clean environment, without the caller's variables (`HORDE_URL`, `.env` switches)."""
    prefix = "HORDE_MODEL_REFERENCE_"
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "AI_HORDE_URL": ai_horde_url,
        "AIWORKER_CACHE_HOME": str(folder),
        "LOGS_FOLDER": str(folder / "logs"),
        f"{prefix}MAKE_FOLDERS": "true",
        f"{prefix}ENABLE_GITHUB_FALLBACK": "false",
        f"{prefix}REPLICATE_MODE": "REPLICA" if mode is Mode.REPLICA else "PRIMARY",
        f"{prefix}CANONICAL_FORMAT": "LEGACY" if mode is Mode.LEGACY else "v2",
        f"{prefix}OFFLINE": "true" if mode is Mode.REPLICA else "false",
        # The service takes JSON arrays of strings only.
        f"{prefix}PENDING_QUEUE__REQUESTOR_IDS": json.dumps(list(requestor_ids)),
        f"{prefix}PENDING_QUEUE__APPROVER_IDS": json.dumps(list(approver_ids)),
    }
