"""Reads a reference with the workers' library of this interpreter, as a worker would; prints what it has as JSON.

Stands alone: it runs in the virtual environment of each release. ``AIWORKER_CACHE_HOME`` names the folder, in which
``horde_model_reference`` has the v2 files, and ``horde_model_reference/legacy`` the legacy ones.
"""

import importlib.metadata
import json
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any


def main() -> None:
    """Print each category's models, or the error that costs all of them."""
    is_first = importlib.metadata.version("horde-model-reference").startswith("0.")
    readers = _first_readers() if is_first else _readers()
    found: dict[str, Any] = {}
    for category, read in readers.items():
        try:
            found[category] = {name: record.model_dump(mode="json") for name, record in read().items()}
        except Exception as error:  # noqa: BLE001 - any error costs a worker the category
            found[category] = f"{type(error).__name__}: {error}"[:600]
    sys.stdout.write(json.dumps(found))


def _first_readers() -> dict[str, Callable[[], Mapping[str, Any]]]:
    """Return readers of 0.10, which converts the legacy files itself."""
    from horde_model_reference.legacy.convert_all_legacy_dbs import (  # noqa: PLC0415 - only in this release
        convert_all_legacy_model_references,
    )
    from horde_model_reference.model_reference_manager import ModelReferenceManager  # noqa: PLC0415

    def read(category: str) -> Mapping[str, Any]:
        convert_all_legacy_model_references()
        make: Any = ModelReferenceManager
        manager = make(download_and_convert_legacy_dbs=False)
        references = {str(key): value for key, value in manager.all_model_references.items()}
        return references[category].root if references.get(category) else {}

    return {category: partial(read, category) for category in sys.argv[1:]}


def _readers() -> dict[str, Callable[[], Mapping[str, Any]]]:
    """Return readers of the releases that read v2 files."""
    from horde_model_reference import MODEL_REFERENCE_CATEGORY  # noqa: PLC0415 - with the environment set
    from horde_model_reference.model_reference_manager import ModelReferenceManager  # noqa: PLC0415

    manager = ModelReferenceManager(offline=True)
    known = {category.value: category for category in MODEL_REFERENCE_CATEGORY}
    return {
        category: partial(manager.get_model_reference, known[category])
        for category in sys.argv[1:]
        if category in known
    }


main()
